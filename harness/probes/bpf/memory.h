/* SPDX-License-Identifier: MIT */
/*
 * The peak of the tree's resident memory: the last size of each address space is kept and its
 * changes are added to one total. The kernel batches its counters per CPU, so a space is known to
 * within 32 pages per CPU and counter; pages shared between processes count once in each. As most
 * page faults change a batch alone, a task first compares with what it has seen itself.
 */
#define ADDRESS_SPACES_MAX 16384

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, ADDRESS_SPACES_MAX);
    __type(key, __u64);
    __type(value, __s64);
} address_spaces SEC(".maps");

static __always_inline void change_rss(__s64 pages)
{
    __s64 now = __sync_fetch_and_add(&control.rss_pages, pages) + pages;
    if (now > control.rss_peak_pages) control.rss_peak_pages = now;
    if (!control.timeline) return;
    __s64 untold = now - control.rss_told_pages;
    if (untold < RSS_STEP_PAGES && untold > -RSS_STEP_PAGES) return;
    control.rss_told_pages = now;
    struct pb_timeline_event event = {.time_ns = bpf_ktime_get_ns(),
                                      .value = now > 0 ? (__u64)now * control.page_size : 0,
                                      .kind = PB_TIMELINE_RSS};
    tell(&event);
}

static __always_inline __s64 resident_pages(const struct mm_struct *mm)
{
    enum { FILE, ANONYMOUS, SWAP, SHARED };
    __s64 n = mm->rss_stat[FILE].count + mm->rss_stat[ANONYMOUS].count + mm->rss_stat[SHARED].count;
    return n > 0 ? n : 0;
}

PB_TRACEPOINT(rss_stat)
int BPF_PROG(on_rss_stat, struct mm_struct *mm)
{
    struct task_struct *task = bpf_get_current_task_btf();
    if (!control.sample || task->mm != mm) return 0;
    struct pb_task_state *state = tree_task(task);
    if (!state) return 0;
    __u64 key = (__u64)mm;
    __s64 pages = resident_pages(mm);
    if (state->rss_space == key && state->rss_pages == pages) return 0;
    state->rss_space = key;
    state->rss_pages = pages;
    __s64 *last = bpf_map_lookup_elem(&address_spaces, &key);
    if (!last) {
        if (bpf_map_update_elem(&address_spaces, &key, &pages, BPF_NOEXIST) == 0) change_rss(pages);
    } else if (*last != pages) {
        __s64 change = pages - __sync_lock_test_and_set(last, pages);
        change_rss(change);
    }
    return 0;
}

/* The last user of an address space may be anybody. */
PB_TRACEPOINT(exit_mmap)
int BPF_PROG(on_exit_mmap, struct mm_struct *mm)
{
    __u64 key = (__u64)mm;
    __s64 *last = bpf_map_lookup_elem(&address_spaces, &key);
    if (!last) return 0;
    __s64 pages = *last;
    if (bpf_map_delete_elem(&address_spaces, &key) == 0) change_rss(-pages);
    return 0;
}
