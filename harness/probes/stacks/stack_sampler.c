/* SPDX-License-Identifier: MIT */
#include "harness/probes/stacks/stack_sampler.h"

#include "base/clock.h"
#include "base/mem.h"
#include "harness/probes/stacks/perf_rings.h"
#include "harness/probes/stacks/wait_pairs.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#define DRAIN_NS (1 * PB_NS_PER_MS)
/* A CPU writes a record within microseconds of its time; a virtual one may be held up meanwhile. */
#define SETTLED_NS (2 * PB_NS_PER_MS)
/* Of memory: at most an eighth of the machine's. */
#define KEPT_MAX_BYTES ((uint64_t)512 << 20)
/* On a busy machine the thread must come in time, or the rings overflow; root may ask for it. */
#define THREAD_NICE (-15)

struct pb_stack_sampler {
    FILE *file;
    uint64_t file_bytes, file_max_bytes;
    struct pb_perf_rings *rings; /* NULL: not started */
    struct pb_wait_pairs pairs;
    pthread_t thread;
    bool stop; /* atomic */
    int write_errno;
    uint64_t lost;
    void *mapped; /* the file, once asked for */
};

void pb_stack_sampler_try(struct pb_loss *loss)
{
    pb_perf_rings_try(loss);
}

static FILE *make_file(void)
{
    int fd = memfd_create("stacks", MFD_CLOEXEC);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w+b");
    if (!file && fd >= 0) close(fd);
    return file;
}

static uint64_t kept_max_bytes(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
    uint64_t part = pages > 0 && page_bytes > 0 ? (uint64_t)pages * (uint64_t)page_bytes / 8 : 0;
    return part < KEPT_MAX_BYTES ? part : KEPT_MAX_BYTES;
}

struct pb_stack_sampler *pb_stack_sampler_new(struct pb_err *err)
{
    FILE *file = make_file();
    if (!file) {
        pb_err_sys(err, errno, "sample stacks: make a file in memory");
        return NULL;
    }
    struct pb_stack_sampler *s = pb_calloc(1, sizeof *s);
    s->file = file;
    s->file_max_bytes = kept_max_bytes();
    s->pairs = PB_WAIT_PAIRS_INIT;
    return s;
}

void pb_stack_sampler_free(struct pb_stack_sampler *s)
{
    if (!s) return;
    if (pb_stack_sampler_stop(s, NULL) != 0) s->write_errno = 0; /* its error was told, if wanted */
    if (s->mapped) munmap(s->mapped, s->file_bytes);
    fclose(s->file);
    pb_wait_pairs_release(&s->pairs);
    free(s);
}

static void keep(struct pb_stack_sampler *s, enum pb_kept_kind kind, uint64_t ns,
                 struct pb_str record)
{
    const struct pb_kept kept = {.ns = ns, .kind = kind, .bytes = (uint32_t)record.n};
    if (s->file_bytes + sizeof kept + record.n > s->file_max_bytes) {
        s->lost++;
    } else if (fwrite(&kept, sizeof kept, 1, s->file) == 1 &&
               fwrite(record.p, record.n, 1, s->file) == 1) {
        s->file_bytes += sizeof kept + record.n;
        /* With each quarter of the room that is used, a kept wait stands for twice as much. */
        s->pairs.quantum_ns = (uint64_t)PB_WAIT_QUANTUM_NS
                              << (s->file_bytes * 4 / s->file_max_bytes);
    } else if (!s->write_errno) {
        s->write_errno = errno;
    }
}

static void on_record(struct pb_stack_sampler *s, struct pb_str data)
{
    struct pb_perf_record record;
    struct pb_wait wait;
    if (!pb_perf_record_parse(data, &record)) {
        s->lost++;
        return;
    }
    switch (record.kind) {
    case PB_PERF_CPU:
        keep(s, PB_KEPT_CPU, record.period_ns, data);
        break;
    case PB_PERF_SWITCH_OUT:
        pb_wait_pairs_begin(&s->pairs, &record, data);
        break;
    case PB_PERF_SWITCH:
        if (pb_wait_pairs_switch(&s->pairs, &record, &wait))
            keep(s, wait.is_preempted ? PB_KEPT_PREEMPTED : PB_KEPT_WAIT, wait.ns, wait.sample);
        break;
    case PB_PERF_MAP:
    case PB_PERF_COMM:
    case PB_PERF_FORK:
        keep(s, PB_KEPT_TASK, 0, data);
        break;
    case PB_PERF_LOST:
        s->lost += record.lost_count;
        break;
    case PB_PERF_EXIT:
    case PB_PERF_OTHER:
        break;
    }
}

static void drain(struct pb_stack_sampler *s, uint64_t until_ns)
{
    struct pb_str record;
    while (pb_perf_rings_next(s->rings, until_ns, &record))
        on_record(s, record);
}

static void *run(void *arg)
{
    struct pb_stack_sampler *s = arg;
    (void)setpriority(PRIO_PROCESS, 0, THREAD_NICE); /* of this thread; else as it is */
    while (!__atomic_load_n(&s->stop, __ATOMIC_ACQUIRE)) {
        drain(s, (uint64_t)(pb_now_ns() - SETTLED_NS));
        pb_sleep_ns(DRAIN_NS);
    }
    drain(s, UINT64_MAX);
    return NULL;
}

int pb_stack_sampler_start(struct pb_stack_sampler *s, pid_t pid, struct pb_err *err)
{
    s->rings = pb_perf_rings_open(pid, err);
    if (!s->rings) return -1;
    int rc = pthread_create(&s->thread, NULL, run, s);
    if (rc == 0) return 0;
    pb_perf_rings_close(s->rings);
    s->rings = NULL;
    return pb_err_sys(err, rc, "sample stacks: start a thread");
}

int pb_stack_sampler_stop(struct pb_stack_sampler *s, struct pb_err *err)
{
    if (!s->rings) return 0;
    pb_perf_rings_stop(s->rings);
    __atomic_store_n(&s->stop, true, __ATOMIC_RELEASE);
    pthread_join(s->thread, NULL);
    pb_perf_rings_close(s->rings);
    s->rings = NULL;
    if (fflush(s->file) != 0 && !s->write_errno) s->write_errno = errno;
    return s->write_errno ? pb_err_sys(err, s->write_errno, "sample stacks: keep the samples") : 0;
}

int pb_stack_sampler_kept(struct pb_stack_sampler *s, struct pb_str *content,
                          struct pb_stack_counts *counts, struct pb_err *err)
{
    *counts = (struct pb_stack_counts){
        .waits = s->pairs.waits, .wait_ns = s->pairs.wait_ns, .lost = s->lost + s->pairs.lost};
    *content = pb_strn("", 0);
    if (s->file_bytes == 0) return 0;
    s->mapped = mmap(NULL, s->file_bytes, PROT_READ, MAP_PRIVATE, fileno(s->file), 0);
    if (s->mapped == MAP_FAILED) {
        s->mapped = NULL;
        return pb_err_sys(err, errno, "sample stacks: read the samples");
    }
    *content = pb_strn(s->mapped, s->file_bytes);
    return 0;
}
