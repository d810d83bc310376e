/* SPDX-License-Identifier: MIT */
/*
 * Replays a cold install through the scheduler with other numbers of workers and other caps, in
 * virtual time. Each extraction and clone takes as long as in the trace, each download the same
 * time (what a round trip takes, say), so what workers cost each other (file system locks, memory)
 * and bandwidth are left out: it bounds the gain of more, and shows where a cap holds them up.
 * Usage: simulate_install TRACE.json [DOWNLOAD_MS]. The trace: `plumb install --trace TRACE.json`
 * on one processor (taskset -c 0), so that no work is counted twice.
 */
#include "base/arena.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "installer/scheduler/scheduler.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#define TRACE_MAX_BYTES ((size_t)256 << 20)

enum kind { DOWNLOAD, EXTRACT, CLONE, KINDS };
static const char *const kind_names[KINDS] = {"", "extract", "clone"}; /* of the spans read */

struct span {
    enum kind kind;
    size_t package;
    double us;
};

struct trace {
    struct span *spans;
    size_t n, cap;
    struct pb_str *labels;
    size_t package_count, label_cap;
};

/* Work that is begun or waits for a worker. */
struct task {
    double us; /* how long it takes; once begun: when it ends */
    uint32_t id;
    enum kind kind;
};
struct task_list {
    struct task *items;
    size_t n, cap, first;
};

struct run {
    struct pl_sched *sched;
    double now_us;
    unsigned workers, busy;
    struct task_list begun, waiting[KINDS];
    double download_us;
    double *us[KINDS]; /* of extractions by pl_pkg, of clones by pl_place */
};

static size_t package_of(struct trace *t, struct pb_map *numbers, struct pb_str label)
{
    void *known = pb_map_get(numbers, label);
    if (known) return (size_t)(uintptr_t)known - 1;
    PB_GROW(t->labels, t->label_cap, t->package_count + 1);
    t->labels[t->package_count++] = label;
    pb_map_put(numbers, label, (void *)(uintptr_t)t->package_count);
    return t->package_count - 1;
}

static void read_spans(struct trace *t, const cJSON *events)
{
    struct pb_map numbers = {0};
    const cJSON *event;
    cJSON_ArrayForEach (event, events) {
        const char *name = pb_json_cstr(event, "name");
        const char *package = pb_json_cstr(pb_json_get(event, "args"), "package");
        for (int kind = EXTRACT; name && package && kind < KINDS; kind++) {
            if (strcmp(name, kind_names[kind]) != 0) continue;
            PB_GROW(t->spans, t->cap, t->n + 1);
            t->spans[t->n++] = (struct span){.kind = (enum kind)kind,
                                             .package = package_of(t, &numbers, pb_str(package)),
                                             .us = pb_json_num(event, "dur", 0)};
        }
    }
    pb_map_release(&numbers);
}

static void add(struct task_list *list, struct task task)
{
    PB_GROW(list->items, list->cap, list->n + 1);
    list->items[list->n++] = task;
}

static void begin(struct run *run, struct task task)
{
    task.us += run->now_us;
    add(&run->begun, task);
}

static void take_actions(struct run *run)
{
    for (struct pl_act act; pl_sched_next(run->sched, &act);) {
        if (act.kind == PL_ACT_DOWNLOAD)
            begin(run, (struct task){run->download_us, act.pkg, DOWNLOAD});
        if (act.kind == PL_ACT_EXTRACT)
            add(&run->waiting[EXTRACT], (struct task){run->us[EXTRACT][act.pkg], act.pkg, EXTRACT});
        if (act.kind == PL_ACT_CLONE)
            add(&run->waiting[CLONE], (struct task){run->us[CLONE][act.place], act.place, CLONE});
    }
}

/* As the pool does it: extractions before clones. */
static void give_work(struct run *run)
{
    for (int kind = EXTRACT; kind < KINDS; kind++) {
        struct task_list *list = &run->waiting[kind];
        while (run->busy < run->workers && list->first < list->n) {
            begin(run, list->items[list->first++]);
            run->busy++;
        }
    }
}

/* False when nothing is begun. */
static bool end_next(struct run *run)
{
    struct task_list *begun = &run->begun;
    if (begun->n == 0) return false;
    size_t next = 0;
    for (size_t i = 1; i < begun->n; i++)
        if (begun->items[i].us < begun->items[next].us) next = i;
    struct task task = begun->items[next];
    begun->items[next] = begun->items[--begun->n];
    run->now_us = task.us;
    if (task.kind != DOWNLOAD) run->busy--;
    if (task.kind == DOWNLOAD) pl_sched_downloaded(run->sched, task.id, 0, NULL);
    if (task.kind == EXTRACT) pl_sched_extracted(run->sched, task.id, false, NULL);
    if (task.kind == CLONE) pl_sched_cloned(run->sched, task.id, 0, 0, NULL);
    return true;
}

static void ask(struct run *run, const struct trace *t)
{
    pl_pkg *pkgs = pb_calloc(t->package_count + 1, sizeof *pkgs);
    bool *is_received = pb_calloc(t->package_count + 1, sizeof *is_received);
    for (size_t i = 0; i < t->n; i++)
        if (t->spans[i].kind != CLONE) is_received[t->spans[i].package] = true;
    for (size_t i = 0; i < t->package_count; i++)
        pkgs[i] = pl_sched_package(run->sched, t->labels[i], t->labels[i], !is_received[i], 0);
    for (size_t i = 0; i < t->n; i++) {
        const struct span *span = &t->spans[i];
        uint32_t id = pkgs[span->package];
        if (span->kind == CLONE) {
            char target[32];
            (void)snprintf(target, sizeof target, "%zu", i);
            id = pl_sched_clone(run->sched, id, pb_str(target), 0);
        }
        run->us[span->kind][id] = span->us;
    }
    pl_sched_close(run->sched);
    free(pkgs);
    free(is_received);
}

struct caps {
    unsigned downloads, clones_per_worker;
};

/* Seconds to the end. */
static double simulate(const struct trace *t, double download_us, unsigned workers,
                       struct caps caps)
{
    struct run run = {.workers = workers, .download_us = download_us};
    run.sched = pl_sched_new(&(struct pl_sched_caps){.download = caps.downloads,
                                                     .extract = workers * 2,
                                                     .clone = workers * caps.clones_per_worker});
    for (int kind = 0; kind < KINDS; kind++)
        run.us[kind] = pb_calloc(t->n + t->package_count + 2, sizeof(double));
    ask(&run, t);
    do {
        take_actions(&run);
        give_work(&run);
    } while (end_next(&run));
    PB_INVARIANT(pl_sched_is_idle(run.sched));
    pl_sched_free(run.sched);
    free(run.begun.items);
    for (int kind = 0; kind < KINDS; kind++) {
        free(run.waiting[kind].items);
        free(run.us[kind]);
    }
    return run.now_us / 1e6;
}

static void print_table(const struct trace *t, double download_ms)
{
    static const unsigned workers[] = {1, 2, 3, 4, 6, 8, 16};
    static const struct caps caps[] = {{8, 32}, {24, 32}, {48, 32}, {96, 32}, {48, 2}, {48, 8}};
    printf("seconds by workers; downloads of %.0f ms\ncaps: downloads, clones per worker\n%-8s",
           download_ms, "");
    for (size_t w = 0; w < sizeof workers / sizeof workers[0]; w++)
        printf(" %7u", workers[w]);
    for (size_t c = 0; c < sizeof caps / sizeof caps[0]; c++) {
        printf("\n%3u, %-3u", caps[c].downloads, caps[c].clones_per_worker);
        for (size_t w = 0; w < sizeof workers / sizeof workers[0]; w++)
            printf(" %7.2f", simulate(t, download_ms * 1000, workers[w], caps[c]));
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    char *end = argc > 2 ? argv[2] : NULL;
    double download_ms = argc > 2 ? strtod(argv[2], &end) : 0;
    if (argc < 2 || argc > 3 || (end && (end == argv[2] || *end)) || download_ms < 0)
        return fprintf(stderr, "usage: simulate_install TRACE.json [DOWNLOAD_MS]\n"), 2;
    struct pb_json doc;
    struct pb_err err = PB_ERR_INIT;
    if (pb_json_load(&doc, AT_FDCWD, argv[1], TRACE_MAX_BYTES, &err) != 0)
        return fprintf(stderr, "%s\n", err.msg), 1;
    struct trace trace = {0};
    read_spans(&trace, pb_json_get(doc.root, "traceEvents"));
    if (trace.n == 0) return fprintf(stderr, "%s: no spans of an install\n", argv[1]), 1;
    print_table(&trace, download_ms);
    free(trace.spans);
    free(trace.labels);
    pb_json_free(&doc);
    return 0;
}
