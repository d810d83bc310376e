/* SPDX-License-Identifier: MIT */
#include "harness/probes/stacks/perf_rings.h"

#include "base/mem.h"
#include "harness/probes/stacks/perf_record.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define RINGS_MAX_BYTES ((size_t)256 << 20)

/* Switches may come by the thousand, the clock does not: it can have more of the stack. Without
 * cap_ipc_lock the locked memory is bounded by kernel.perf_event_mlock_kb (516 for each CPU), and
 * small rings hold enough samples only when each is small. */
static const struct plan {
    size_t ring_bytes; /* of each CPU */
    uint32_t clock_dump_bytes, switch_dump_bytes;
} plans[] = {{(size_t)32 << 20, 60u << 10, 48u << 10},
             {512u << 10, 4u << 10, 4u << 10},
             {128u << 10, 2u << 10, 2u << 10}};
enum { PLANS = sizeof plans / sizeof *plans };

struct ring {
    int clock_fd, switch_fd;
    struct perf_event_mmap_page *page; /* NULL: no such CPU */
    size_t bytes, page_bytes;
    uint64_t tail, head;
    struct pb_str current; /* the record at the tail; n 0: none looked at */
    uint64_t current_ns;
    unsigned char whole[PB_PERF_RECORD_MAX_BYTES + 1]; /* a record that the ring's end cuts */
};

struct pb_perf_rings {
    size_t n;
    struct ring *taken; /* whose record was given out */
    struct ring items[];
};

static struct perf_event_attr make_attr(uint32_t dump_bytes)
{
    return (struct perf_event_attr){.type = PERF_TYPE_SOFTWARE,
                                    .size = sizeof(struct perf_event_attr),
                                    .sample_type = PB_PERF_SAMPLE_TYPE,
                                    .sample_regs_user = PB_PERF_REGISTER_BITS,
                                    .sample_stack_user = dump_bytes,
                                    .exclude_callchain_user = 1,
                                    .disabled = 1,
                                    .inherit = 1,
                                    .enable_on_exec = 1,
                                    .sample_id_all = 1,
                                    .use_clockid = 1,
                                    .clockid = CLOCK_MONOTONIC};
}

static int open_event(struct perf_event_attr *attr, pid_t pid, int cpu)
{
    return (int)syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static int open_clock(pid_t pid, int cpu, uint32_t dump_bytes)
{
    struct perf_event_attr attr = make_attr(dump_bytes);
    attr.config = PERF_COUNT_SW_CPU_CLOCK;
    attr.sample_period = PB_STACKS_PERIOD_NS;
    attr.mmap = attr.mmap2 = attr.comm = attr.comm_exec = attr.task = attr.context_switch = 1;
    return open_event(&attr, pid, cpu);
}

static int open_switch(pid_t pid, int cpu, uint32_t dump_bytes)
{
    struct perf_event_attr attr = make_attr(dump_bytes);
    attr.config = PERF_COUNT_SW_CONTEXT_SWITCHES;
    attr.sample_period = 1;
    return open_event(&attr, pid, cpu);
}

void pb_perf_rings_try(struct pb_loss *loss)
{
    int fd = open_switch(0, -1, plans[0].switch_dump_bytes);
    *loss = (struct pb_loss){0};
    if (fd >= 0) {
        close(fd);
    } else if (errno == EACCES || errno == EPERM) {
        *loss = (struct pb_loss){"perf_event_open: not permitted",
                                 "run as root or with cap_perfmon, or sudo sysctl "
                                 "kernel.perf_event_paranoid=1"};
    } else {
        snprintf(loss->cause, sizeof loss->cause, "perf_event_open: %s", strerror(errno));
        snprintf(loss->cure, sizeof loss->cure, "a kernel with perf events (CONFIG_PERF_EVENTS)");
    }
}

static int map_ring(struct ring *ring, size_t bytes)
{
    ring->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    void *memory =
        mmap(NULL, ring->page_bytes + bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring->clock_fd, 0);
    if (memory == MAP_FAILED) return -1;
    ring->page = memory;
    ring->bytes = bytes;
    return 0;
}

static int open_ring(struct ring *ring, pid_t pid, int cpu, const struct plan *plan,
                     struct pb_err *err)
{
    ring->clock_fd = open_clock(pid, cpu, plan->clock_dump_bytes);
    if (ring->clock_fd < 0 && errno == ENODEV) return 0; /* the CPU is off */
    ring->switch_fd = ring->clock_fd < 0 ? -1 : open_switch(pid, cpu, plan->switch_dump_bytes);
    if (ring->switch_fd < 0)
        return pb_err_sys(err, errno, "sample stacks: perf_event_open on CPU %d", cpu);
    if (map_ring(ring, plan->ring_bytes) != 0)
        return pb_err_sys(err, errno,
                          "sample stacks: map the ring buffer of CPU %d (more is allowed by sysctl "
                          "kernel.perf_event_mlock_kb, or cap_ipc_lock)",
                          cpu);
    if (ioctl(ring->switch_fd, PERF_EVENT_IOC_SET_OUTPUT, ring->clock_fd) != 0)
        return pb_err_sys(err, errno, "sample stacks: share the ring buffer of CPU %d", cpu);
    return 0;
}

static struct pb_perf_rings *open_rings(pid_t pid, size_t n, struct plan plan, struct pb_err *err)
{
    struct pb_perf_rings *rings = pb_calloc(1, sizeof *rings + n * sizeof *rings->items);
    while (plan.ring_bytes > plans[PLANS - 1].ring_bytes && plan.ring_bytes * n > RINGS_MAX_BYTES)
        plan.ring_bytes /= 2;
    while (rings->n < n) {
        struct ring *ring = &rings->items[rings->n++];
        ring->clock_fd = ring->switch_fd = -1;
        if (open_ring(ring, pid, (int)rings->n - 1, &plan, err) == 0) continue;
        pb_perf_rings_close(rings);
        return NULL;
    }
    return rings;
}

struct pb_perf_rings *pb_perf_rings_open(pid_t pid, struct pb_err *err)
{
    long cpus = sysconf(_SC_NPROCESSORS_CONF);
    struct pb_perf_rings *rings = NULL;
    for (size_t i = 0; i < PLANS && !rings; i++) {
        rings = open_rings(pid, cpus > 0 ? (size_t)cpus : 1, plans[i], i == PLANS - 1 ? err : NULL);
    }
    return rings;
}

void pb_perf_rings_close(struct pb_perf_rings *rings)
{
    for (size_t i = 0; rings && i < rings->n; i++) {
        struct ring *ring = &rings->items[i];
        if (ring->page) munmap(ring->page, ring->page_bytes + ring->bytes);
        if (ring->switch_fd >= 0) close(ring->switch_fd);
        if (ring->clock_fd >= 0) close(ring->clock_fd);
    }
    free(rings);
}

void pb_perf_rings_stop(struct pb_perf_rings *rings)
{
    for (size_t i = 0; i < rings->n; i++) {
        if (!rings->items[i].page) continue;
        ioctl(rings->items[i].clock_fd, PERF_EVENT_IOC_DISABLE, 0);
        ioctl(rings->items[i].switch_fd, PERF_EVENT_IOC_DISABLE, 0);
    }
}

static const unsigned char *ring_at(const struct ring *ring, uint64_t position)
{
    return (const unsigned char *)ring->page + ring->page_bytes + position % ring->bytes;
}

/* Looks at the record at the tail. */
static bool peek(struct ring *ring)
{
    struct perf_event_header header;
    if (ring->current.n) return true;
    if (!ring->page || ring->tail == ring->head) return false;
    memcpy(&header, ring_at(ring, ring->tail), sizeof header); /* aligned: never cut */
    size_t to_end = ring->bytes - (size_t)(ring->tail % ring->bytes);
    const unsigned char *p = ring_at(ring, ring->tail);
    PB_INVARIANT(header.size >= sizeof header && header.size <= ring->head - ring->tail);
    if (header.size > to_end) {
        memcpy(ring->whole, p, to_end);
        memcpy(ring->whole + to_end, ring_at(ring, 0), header.size - to_end);
        p = ring->whole;
    }
    ring->current = pb_strn((const char *)p, header.size);
    if (!pb_perf_record_time(ring->current, &ring->current_ns)) ring->current_ns = 0;
    return true;
}

static void release_taken(struct pb_perf_rings *rings)
{
    struct ring *ring = rings->taken;
    rings->taken = NULL;
    if (!ring) return;
    ring->tail += ring->current.n;
    ring->current.n = 0;
    __atomic_store_n(&ring->page->data_tail, ring->tail, __ATOMIC_RELEASE);
}

bool pb_perf_rings_next(struct pb_perf_rings *rings, uint64_t until_ns, struct pb_str *out)
{
    struct ring *first = NULL;
    release_taken(rings);
    for (size_t i = 0; i < rings->n; i++) {
        struct ring *ring = &rings->items[i];
        if (ring->page && ring->tail == ring->head)
            ring->head = __atomic_load_n(&ring->page->data_head, __ATOMIC_ACQUIRE);
        if (!peek(ring) || ring->current_ns > until_ns) continue;
        if (!first || ring->current_ns < first->current_ns) first = ring;
    }
    if (!first) return false;
    rings->taken = first;
    *out = first->current;
    return true;
}
