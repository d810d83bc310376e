/* SPDX-License-Identifier: MIT */
#include "harness/probes/collector.h"

#include "base/datadir.h"
#include "base/mem.h"
#include "harness/probes/collector_object.h"
#include "harness/probes/collector_programs.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct pb_collector {
    struct pb_loss losses[PB_COLLECT_COUNT];
    struct btf *kernel;
    struct bpf_object *object;
    struct bpf_link *links[PB_COLLECTOR_PROGRAMS_MAX];
    struct pb_collector_control *control; /* shared with the programs; NULL: nothing is loaded */
    int tree_fd, counters_fd, spaces_fd, requests_fd;
    uint32_t sample;
};

static int say_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
    (void)level;
    (void)format;
    (void)args;
    return 0;
}

static bool lost(const struct pb_collector *c, enum pb_collector_group group)
{
    return c->losses[group].cause[0] || c->losses[PB_COLLECT_PROCESS].cause[0];
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
static struct bpf_object *load(uint32_t wanted)
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
    int rc = bpf_object__load(object);
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
        struct bpf_object *object = load(1u << i);
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

static uint32_t choose_programs(struct pb_collector *c, unsigned groups)
{
    uint32_t wanted = 0;
    for (size_t i = 0; i < pb_collector_program_count; i++) {
        const struct pb_collector_program *p = &pb_collector_programs[i];
        struct pb_loss loss;
        if (!(groups >> p->group & 1)) continue;
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
    c->object = load(wanted);
    if (!c->object && errno != EPERM) {
        wanted = loadable_alone(c, wanted);
        c->object = load(wanted);
    }
    if (c->object) return true;
    struct pb_loss loss = refused("loading BPF programs", errno);
    lose_all(c, &loss);
    return false;
}

static int map_fd(const struct pb_collector *c, const char *name)
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
    c->tree_fd = map_fd(c, "tree");
    c->counters_fd = map_fd(c, "counters");
    c->spaces_fd = map_fd(c, "address_spaces");
    c->requests_fd = map_fd(c, "block_requests");
    return true;
}

static void attach_one(struct pb_collector *c, size_t i, const struct pb_cgroup *cgroup)
{
    const struct pb_collector_program *row = &pb_collector_programs[i];
    struct bpf_program *p = bpf_object__find_program_by_name(c->object, row->name);
    if (c->losses[row->group].cause[0] || !bpf_program__autoload(p)) return;
    if (row->tracepoint)
        c->links[i] = bpf_program__attach(p);
    else if (cgroup && cgroup->dir_fd >= 0)
        c->links[i] = bpf_program__attach_cgroup(p, cgroup->dir_fd);
    if (c->links[i] || row->need == PB_PROGRAM_OPTIONAL) return;
    struct pb_loss loss = row->tracepoint ? refused("attaching a tracepoint", errno)
                          : cgroup && cgroup->dir_fd >= 0
                              ? refused("attaching to the cgroup", errno)
                          : cgroup ? cgroup->loss
                                   : (struct pb_loss){"no cgroup was made", "none"};
    lose(c, row->group, &loss);
}

/* A group with a part missing would give wrong figures, and cost for nothing. */
static void detach_lost(struct pb_collector *c)
{
    for (size_t i = 0; i < pb_collector_program_count; i++) {
        if (!c->links[i] || !lost(c, pb_collector_programs[i].group)) continue;
        bpf_link__destroy(c->links[i]);
        c->links[i] = NULL;
    }
}

struct pb_collector *pb_collector_open(unsigned groups, const struct pb_cgroup *cgroup)
{
    struct pb_collector *c = pb_calloc(1, sizeof *c);
    libbpf_print_fn_t print = libbpf_set_print(say_nothing);
    groups |= 1u << PB_COLLECT_PROCESS; /* which tells what belongs to the tree */
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
        detach_lost(c);
    }
    libbpf_set_print(print);
    return c;
}

void pb_collector_close(struct pb_collector *c)
{
    if (!c) return;
    for (size_t i = 0; i < pb_collector_program_count; i++)
        bpf_link__destroy(c->links[i]);
    if (c->control) munmap(c->control, sizeof *c->control);
    bpf_object__close(c->object);
    btf__free(c->kernel);
    free(c);
}

const struct pb_loss *pb_collector_loss(const struct pb_collector *c, enum pb_collector_group group)
{
    if (!lost(c, group)) return NULL;
    return c->losses[group].cause[0] ? &c->losses[group] : &c->losses[PB_COLLECT_PROCESS];
}

static void clear_hash(int fd)
{
    __u64 key;
    while (bpf_map_get_next_key(fd, NULL, &key) == 0)
        bpf_map_delete_elem(fd, &key);
}

/* Per-CPU values lie in a row, one for each possible CPU. */
static struct pb_tree_counters *counters_alloc(size_t *cpus)
{
    _Static_assert(sizeof(struct pb_tree_counters) % 8 == 0, "no padding between CPUs");
    int n = libbpf_num_possible_cpus();
    *cpus = n > 0 ? (size_t)n : 1;
    return pb_calloc(*cpus, sizeof(struct pb_tree_counters));
}

/* The command itself was made before it was marked. */
static int reset_counters(struct pb_collector *c, struct pb_err *err)
{
    size_t cpus;
    __u32 zero = 0;
    PB_AUTO_FREE struct pb_tree_counters *values = counters_alloc(&cpus);
    values[0].processes = values[0].threads = 1;
    if (bpf_map_update_elem(c->counters_fd, &zero, values, BPF_ANY) != 0)
        return pb_err_sys(err, errno, "reset the BPF counters");
    clear_hash(c->spaces_fd);
    clear_hash(c->requests_fd);
    c->control->rss_pages = c->control->rss_peak_pages = 0;
    return 0;
}

static int mark(struct pb_collector *c, pid_t root, struct pb_err *err)
{
    struct pb_task_state state = {.sample = c->sample + 1};
    int pidfd = (int)syscall(SYS_pidfd_open, root, 0);
    if (pidfd < 0) return pb_err_sys(err, errno, "open the command's process");
    int rc = bpf_map_update_elem(c->tree_fd, &pidfd, &state, BPF_ANY);
    int error = errno;
    close(pidfd);
    return rc == 0 ? 0 : pb_err_sys(err, error, "mark the command's process for BPF");
}

int pb_collector_begin(struct pb_collector *c, pid_t root, struct pb_err *err)
{
    if (lost(c, PB_COLLECT_PROCESS)) return 0;
    if (reset_counters(c, err) != 0 || mark(c, root, err) != 0) return -1;
    __atomic_store_n(&c->control->sample, ++c->sample, __ATOMIC_SEQ_CST);
    return 0;
}

static void add(struct pb_tree_counters *sum, const struct pb_tree_counters *one)
{
    __u64 largest =
        sum->rss_max_bytes > one->rss_max_bytes ? sum->rss_max_bytes : one->rss_max_bytes;
    __u64 *to = (__u64 *)sum;
    const __u64 *from = (const __u64 *)one;
    for (size_t i = 0; i < sizeof *sum / sizeof *to; i++)
        to[i] += from[i];
    sum->rss_max_bytes = largest;
}

int pb_collector_end(struct pb_collector *c, struct pb_tree_counters *out, uint64_t *rss_peak_bytes,
                     struct pb_err *err)
{
    *out = (struct pb_tree_counters){0};
    *rss_peak_bytes = 0;
    if (lost(c, PB_COLLECT_PROCESS)) return 0;
    __atomic_store_n(&c->control->sample, 0, __ATOMIC_SEQ_CST);
    size_t cpus;
    __u32 zero = 0;
    PB_AUTO_FREE struct pb_tree_counters *values = counters_alloc(&cpus);
    if (bpf_map_lookup_elem(c->counters_fd, &zero, values) != 0)
        return pb_err_sys(err, errno, "read the BPF counters");
    for (size_t i = 0; i < cpus; i++)
        add(out, &values[i]);
    __s64 peak = __atomic_load_n(&c->control->rss_peak_pages, __ATOMIC_SEQ_CST);
    *rss_peak_bytes = peak > 0 ? (uint64_t)peak * c->control->page_size : 0;
    return 0;
}
