/* SPDX-License-Identifier: MIT */
/*
 * The peak of the tree's resident memory: the last size of each address space is kept and its
 * changes are added to one total. The kernel batches its counters per CPU, so a space is known to
 * within 32 pages per CPU and counter; pages shared between processes count once in each. Most page
 * faults change a batch alone: each CPU remembers what it has seen last, and has nothing to do
 * while neither that nor the total has changed.
 */
#define ADDRESS_SPACES_MAX 16384

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, ADDRESS_SPACES_MAX);
    __type(key, __u64);
    __type(value, __s64);
} address_spaces SEC(".maps");

struct seen_space {
    __u64 key;
    __s64 pages;
    __u64 rss_changes;
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct seen_space);
} seen_space SEC(".maps");

static __always_inline void change_rss(__s64 pages)
{
    __s64 now = __sync_fetch_and_add(&control.rss_pages, pages) + pages;
    __sync_fetch_and_add(&control.rss_changes, 1);
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

static __always_inline void set_space(__u64 key, __s64 pages)
{
    __s64 *last = bpf_map_lookup_elem(&address_spaces, &key);
    if (!last) {
        if (pages && bpf_map_update_elem(&address_spaces, &key, &pages, BPF_NOEXIST) == 0)
            change_rss(pages);
    } else if (*last != pages) {
        __s64 change = pages - __sync_lock_test_and_set(last, pages);
        change_rss(change);
    }
}

PB_TRACEPOINT(rss_stat)
int BPF_PROG(on_rss_stat, struct mm_struct *mm)
{
    struct task_struct *task = bpf_get_current_task_btf();
    if (!control.sample || task->mm != mm) return 0;
    __u32 zero = 0;
    __u64 key = (__u64)mm;
    __s64 pages = resident_pages(mm);
    struct seen_space *seen = bpf_map_lookup_elem(&seen_space, &zero);
    if (!seen) return 0;
    if (seen->key == key && seen->pages == pages && seen->rss_changes == control.rss_changes)
        return 0;
    if (!is_in_tree(task)) return 0;
    /* What changes from here on is not seen yet. */
    *seen = (struct seen_space){key, pages, control.rss_changes};
    set_space(key, pages);
    return 0;
}

/* The last user of an address space may be anybody. */
PB_TRACEPOINT(exit_mmap)
int BPF_PROG(on_exit_mmap, struct mm_struct *mm)
{
    if (!control.sample) return 0;
    __u64 key = (__u64)mm;
    __s64 *last = bpf_map_lookup_elem(&address_spaces, &key);
    if (!last) return 0;
    __s64 pages = *last;
    if (bpf_map_delete_elem(&address_spaces, &key) == 0) change_rss(-pages);
    return 0;
}
