/* SPDX-License-Identifier: MIT */
/*
 * The peak of the tree's resident memory. The size of each address space is noted and its changes
 * are added to one total: at the scheduler's ticks, and before a process ends. What a space had
 * between two looks and gave back is known from the kernel's own high-water mark. (The tracepoint
 * rss_stat would show each change, but fires with nearly every page fault, at 70 ns each: 3 % of a
 * fork. A clock's own interrupts cost a virtual machine some 26 us each: the tick comes anyway.)
 * The kernel batches its counters per CPU, so a space is known to within 32 pages per CPU and
 * counter; pages shared between processes count once in each.
 */
#define LARGE_PAGES 256 /* before such a one ends, the others are looked at, too */

struct space {
    __s64 pages;   /* when it was looked at last */
    __s64 highest; /* ever, as far as is known */
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, PB_SPACES_MAX);
    __type(key, __u64);
    __type(value, struct space);
} address_spaces SEC(".maps");

static __always_inline void tell_rss(__s64 now)
{
    if (!control.timeline) return;
    __s64 untold = now - control.rss_told_pages;
    if (untold < RSS_STEP_PAGES && untold > -RSS_STEP_PAGES) return;
    control.rss_told_pages = now;
    struct pb_timeline_event event = {.time_ns = bpf_ktime_get_ns(),
                                      .value = now > 0 ? (__u64)now * control.page_size : 0,
                                      .kind = PB_TIMELINE_RSS};
    tell(&event);
}

static __always_inline void note_total(__s64 given_back)
{
    __s64 now = control.rss_pages, total = now + given_back, peak = control.rss_peak_pages;
    for (int i = 0; i < 16 && total > peak; i++) { /* another CPU may raise it at the same time */
        __s64 before = __sync_val_compare_and_swap(&control.rss_peak_pages, peak, total);
        if (before == peak) break;
        peak = before;
    }
    tell_rss(now);
}

/* Before 6.2 the counters were others; the memory group is lost there. */
static __always_inline __s64 resident_pages(struct mm_struct *mm)
{
    enum { FILE, ANONYMOUS, SWAP, SHARED };
    if (!bpf_core_field_exists(mm->rss_stat[FILE].count)) return 0;
    __s64 n = BPF_CORE_READ(mm, rss_stat[FILE].count) +
              BPF_CORE_READ(mm, rss_stat[ANONYMOUS].count) +
              BPF_CORE_READ(mm, rss_stat[SHARED].count);
    return n > 0 ? n : 0;
}

/* Returns what it had more since the last look, but gave back. */
static __always_inline __s64 look_at(struct mm_struct *mm, struct space *space)
{
    __s64 pages = resident_pages(mm), highest = BPF_CORE_READ(mm, hiwater_rss);
    __s64 before = __sync_lock_test_and_set(&space->pages, pages);
    if (pages != before) __sync_fetch_and_add(&control.rss_pages, pages - before);
    __s64 given_back = highest > space->highest && highest > pages ? highest - pages : 0;
    if (highest < pages) highest = pages;
    /* Noted before whoever looks at the same time may take it for noted. */
    if (given_back > 0) note_total(given_back);
    if (highest > space->highest) space->highest = highest;
    return given_back;
}

struct look {
    __s64 left; /* to be looked at */
    __s64 given_back;
};

static long look_at_one(struct bpf_map *map, const __u64 *key, struct space *space,
                        struct look *look)
{
    __s64 given_back = look_at((struct mm_struct *)*key, space);
    if (given_back > look->given_back) look->given_back = given_back;
    return --look->left <= 0;
}

static __always_inline void look_at_all(void)
{
    struct look look = {.left = control.spaces};
    bpf_for_each_map_elem(&address_spaces, look_at_one, &look, 0);
    note_total(look.given_back);
}

/* A new address space of the tree. A copy begins with the high-water mark of its own size. */
static __always_inline void add_space(struct task_struct *task)
{
    struct mm_struct *mm = task->mm;
    if (!control.keeps_spaces || !mm) return;
    __u64 key = (__u64)mm;
    struct space space = {.highest = mm->hiwater_rss};
    if (bpf_map_update_elem(&address_spaces, &key, &space, BPF_NOEXIST) == 0)
        __sync_fetch_and_add(&control.spaces, 1);
    else
        __sync_fetch_and_add(&control.spaces_lost, 1);
}

/* A task ends. On older kernels (before about 6.16) its memory is gone by then. */
static __always_inline void look_before_end(struct task_struct *task)
{
    __u64 key = (__u64)task->mm;
    struct space *space = control.keeps_spaces ? bpf_map_lookup_elem(&address_spaces, &key) : 0;
    if (!space) return;
    __s64 given_back = look_at((struct mm_struct *)key, space);
    if (space->pages >= LARGE_PAGES)
        look_at_all();
    else
        note_total(given_back);
}

/* The last user of an address space may be anybody. */
PB_TRACEPOINT(exit_mmap)
int BPF_PROG(on_exit_mmap, struct mm_struct *mm)
{
    if (!control.sample) return 0;
    __u64 key = (__u64)mm;
    struct space *space = bpf_map_lookup_elem(&address_spaces, &key);
    if (!space) return 0;
    __s64 pages = __sync_lock_test_and_set(&space->pages, 0);
    bpf_map_delete_elem(&address_spaces, &key);
    __sync_fetch_and_add(&control.spaces, -1);
    __sync_fetch_and_add(&control.rss_pages, -pages);
    tell_rss(control.rss_pages);
    return 0;
}

/* Of whatever CPU comes first: each sees all spaces. */
static __always_inline void look_in_time(void)
{
    if (!control.sample || control.spaces <= 0) return;
    __u64 now = bpf_ktime_get_ns();
    if (now - control.looked_ns < PB_LOOK_NS) return;
    control.looked_ns = now;
    look_at_all();
}

/* The tick is one of these timers, unless their resolution is low. */
SEC("tp_btf/hrtimer_expire_entry")
int on_memory_tick(void *context)
{
    look_in_time();
    return 0;
}

SEC("perf_event")
int on_memory_clock(void *context)
{
    look_in_time();
    return 0;
}
