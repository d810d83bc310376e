/* SPDX-License-Identifier: MIT */
#include "harness/probes/collector_internal.h"

#include "base/datadir.h"
#include "base/mem.h"
#include "harness/probes/collector_object.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define RING_BYTES (32u << 20)
#define RING_MIN_BYTES (64u << 10) /* one page of the largest size */

static int say_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
    (void)level;
    (void)format;
    (void)args;
    return 0;
}

/* The first cause of a group stays. */
static void lose(struct pb_collector *c, enum pb_collector_group group, const struct pb_loss *loss)
{
    if (!c->losses[group].cause[0]) c->losses[group] = *loss;
}

static void lose_all(struct pb_collector *c, const struct pb_loss *loss)
{
    for (int g = 0; g < PB_COLLECT_COUNT; g++)
        lose(c, (enum pb_collector_group)g, loss);
}

static struct pb_loss no_permission(const char *what)
{
    struct pb_loss loss;
    PB_AUTO_FREE char *dir = pb_exe_dir(NULL);
    snprintf(loss.cause, sizeof loss.cause, "%s: not permitted", what);
    snprintf(loss.cure, sizeof loss.cure,
             "run as root, or: sudo setcap cap_bpf,cap_perfmon,cap_net_admin+ep %.140s/phasebench",
             dir ? dir : ".");
    return loss;
}

static struct pb_loss refused(const char *what, int error)
{
    if (error == EPERM || error == EACCES) return no_permission(what);
    struct pb_loss loss;
    snprintf(loss.cause, sizeof loss.cause, "%.90s: %.60s", what, strerror(error));
    snprintf(loss.cure, sizeof loss.cure,
             "use a kernel with BPF tracing (Debian 12, Ubuntu 24.04)");
    return loss;
}

/* `wanted` bits of programs are loaded, the others left out. NULL with errno. */
static struct bpf_object *load(uint32_t wanted, size_t ring_bytes)
{
    LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "phasebench");
    struct bpf_object *object = bpf_object__open_mem(
        pb_collector_object, (size_t)(pb_collector_object_end - pb_collector_object), &options);
    if (!object) return NULL;
    for (size_t i = 0; i < pb_collector_program_count; i++) {
        struct bpf_program *p =
            bpf_object__find_program_by_name(object, pb_collector_programs[i].name);
        if (!p) PB_BUG("the BPF object has no program %s", pb_collector_programs[i].name);
        bpf_program__set_autoload(p, (wanted >> i & 1) != 0);
    }
    int rc = bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "timeline"),
                                      (__u32)ring_bytes);
    if (rc == 0) rc = bpf_object__load(object);
    if (rc == 0) return object;
    bpf_object__close(object);
    errno = -rc;
    return NULL;
}

/* Only after a failure: finds the programs that this kernel does not take, each by itself. */
static uint32_t loadable_alone(struct pb_collector *c, uint32_t wanted)
{
    uint32_t good = 0;
    for (size_t i = 0; i < pb_collector_program_count; i++) {
        if (!(wanted >> i & 1)) continue;
        struct bpf_object *object = load(1u << i, RING_MIN_BYTES);
        if (object) {
            good |= 1u << i;
            bpf_object__close(object);
            continue;
        }
        struct pb_loss loss = refused(pb_collector_programs[i].name, errno);
        if (pb_collector_programs[i].need == PB_PROGRAM_REQUIRED)
            lose(c, pb_collector_programs[i].group, &loss);
    }
    return good;
}

/* A clock's resolution is that of timers: 1 ns, or a tick (clock_getres(2), time(7)). */
static bool have_high_resolution(void)
{
    struct timespec resolution;
    return clock_getres(CLOCK_MONOTONIC, &resolution) == 0 && resolution.tv_sec == 0 &&
           resolution.tv_nsec == 1;
}

static uint32_t choose_programs(struct pb_collector *c, unsigned groups)
{
    uint32_t wanted = 0;
    bool high_resolution = have_high_resolution();
    for (size_t i = 0; i < pb_collector_program_count; i++) {
        const struct pb_collector_program *p = &pb_collector_programs[i];
        struct pb_loss loss;
        if (!(groups >> p->group & 1) || !pb_collector_program_is_for(p, high_resolution)) continue;
        if (pb_collector_program_fits(p, c->kernel, &loss))
            wanted |= 1u << i;
        else if (p->need == PB_PROGRAM_REQUIRED)
            lose(c, p->group, &loss);
    }
    return wanted;
}

static bool load_object(struct pb_collector *c, unsigned groups)
{
    uint32_t wanted = choose_programs(c, groups);
    size_t ring_bytes = groups & PB_COLLECT_BIT(TIMELINE) ? RING_BYTES : RING_MIN_BYTES;
    c->object = load(wanted, ring_bytes);
    if (!c->object && errno != EPERM) {
        wanted = loadable_alone(c, wanted);
        c->object = load(wanted, ring_bytes);
    }
    if (c->object) return true;
    struct pb_loss loss = refused("loading BPF programs", errno);
    lose_all(c, &loss);
    return false;
}

int pb_collector_map(const struct pb_collector *c, const char *name)
{
    int fd = bpf_object__find_map_fd_by_name(c->object, name);
    if (fd < 0) PB_BUG("the BPF object has no map %s", name);
    return fd;
}

/* The global variables of the programs: one structure, the whole .bss. */
static bool map_control(struct pb_collector *c)
{
    struct bpf_map *map;
    bpf_object__for_each_map(map, c->object)
    {
        if (!bpf_map__is_internal(map) || !strstr(bpf_map__name(map), ".bss")) continue;
        void *p =
            mmap(NULL, sizeof *c->control, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(map), 0);
        if (p != MAP_FAILED) c->control = p;
    }
    if (!c->control) {
        struct pb_loss loss = refused("mapping the BPF programs' memory", errno);
        lose_all(c, &loss);
        return false;
    }
    c->control->page_size = (__u32)sysconf(_SC_PAGESIZE);
    return true;
}

static struct bpf_link *attach_to_clock(struct bpf_program *p)
{
    struct perf_event_attr attr = {.type = PERF_TYPE_SOFTWARE,
                                   .size = sizeof attr,
                                   .config = PERF_COUNT_SW_CPU_CLOCK,
                                   .sample_period = PB_PROGRAM_CLOCK_NS};
    int fd = (int)syscall(SYS_perf_event_open, &attr, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
    if (fd < 0) return NULL;
    struct bpf_link *link = bpf_program__attach_perf_event(p, fd); /* takes the descriptor */
    int error = errno;
    if (!link) close(fd);
    errno = error;
    return link;
}

static struct pb_loss no_place(const struct pb_collector_program *row,
                               const struct pb_cgroup *cgroup)
{
    int error = errno;
    if (row->place == PB_PROGRAM_AT_TRACEPOINT || row->place == PB_PROGRAM_AT_TICK)
        return refused("attaching a tracepoint", error);
    if (row->place == PB_PROGRAM_AT_CLOCK) return refused("attaching to a CPU's clock", error);
    if (cgroup && cgroup->dir_fd >= 0) return refused("attaching to the cgroup", error);
    return cgroup ? cgroup->loss : (struct pb_loss){"no cgroup was made", "none"};
}

static void attach_one(struct pb_collector *c, size_t i, const struct pb_cgroup *cgroup)
{
    const struct pb_collector_program *row = &pb_collector_programs[i];
    struct bpf_program *p = bpf_object__find_program_by_name(c->object, row->name);
    if (c->losses[row->group].cause[0] || !bpf_program__autoload(p)) return;
    if (row->place == PB_PROGRAM_AT_TRACEPOINT || row->place == PB_PROGRAM_AT_TICK)
        c->links[i] = bpf_program__attach(p);
    else if (row->place == PB_PROGRAM_AT_CLOCK)
        c->links[i] = attach_to_clock(p);
    else if (cgroup && cgroup->dir_fd >= 0)
        c->links[i] = bpf_program__attach_cgroup(p, cgroup->dir_fd);
    if (c->links[i] || row->need == PB_PROGRAM_OPTIONAL) return;
    struct pb_loss loss = no_place(row, cgroup);
    lose(c, row->group, &loss);
}

/* A group with a part missing would give wrong figures, and cost for nothing. */
static void detach_lost(struct pb_collector *c)
{
    for (size_t i = 0; i < pb_collector_program_count; i++) {
        if (!c->links[i] || !pb_collector_lost(c, pb_collector_programs[i].group)) continue;
        bpf_link__destroy(c->links[i]);
        c->links[i] = NULL;
    }
}

struct pb_collector *pb_collector_open(unsigned groups, const struct pb_cgroup *cgroup)
{
    struct pb_collector *c = pb_calloc(1, sizeof *c);
    libbpf_print_fn_t print = libbpf_set_print(say_nothing);
    groups |= PB_COLLECT_BIT(PROCESS); /* which tells what belongs to the tree */
    if (groups & PB_COLLECT_BIT(TIMELINE)) groups |= PB_COLLECT_BIT(SCHED);
    for (int g = 0; g < PB_COLLECT_COUNT; g++)
        if (!(groups >> g & 1))
            c->losses[g] = (struct pb_loss){"not asked for in this sample", "ask for it"};
    c->kernel = btf__load_vmlinux_btf();
    if (!c->kernel) {
        struct pb_loss loss = {
            "the kernel describes no types (/sys/kernel/btf/vmlinux)",
            "use a kernel built with CONFIG_DEBUG_INFO_BTF, as distributions do"};
        lose_all(c, &loss);
    } else if (load_object(c, groups) && map_control(c)) {
        for (size_t i = 0; i < pb_collector_program_count; i++)
            attach_one(c, i, cgroup);
        if (c->losses[PB_COLLECT_SCHED].cause[0])
            lose(c, PB_COLLECT_TIMELINE, &c->losses[PB_COLLECT_SCHED]);
        detach_lost(c);
    }
    libbpf_set_print(print);
    return c;
}

void pb_collector_close(struct pb_collector *c)
{
    if (!c) return;
    pb_timeline_writer_stop(c->writer, NULL, NULL);
    for (size_t i = 0; i < pb_collector_program_count; i++)
        bpf_link__destroy(c->links[i]);
    if (c->control) munmap(c->control, sizeof *c->control);
    bpf_object__close(c->object);
    btf__free(c->kernel);
    free(c);
}

const struct pb_loss *pb_collector_loss(const struct pb_collector *c, enum pb_collector_group group)
{
    if (!pb_collector_lost(c, group)) return NULL;
    return c->losses[group].cause[0] ? &c->losses[group] : &c->losses[PB_COLLECT_PROCESS];
}
