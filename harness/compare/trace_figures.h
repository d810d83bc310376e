/* SPDX-License-Identifier: MIT */
#ifndef PB_TRACE_FIGURES_H
#define PB_TRACE_FIGURES_H

#include "base/arena.h"
#include "harness/journal/journal.h"

/*
 * The numbers within the JSON objects that traced samples and managers' own counts leave in the
 * journal, as paths: {"off_cpu":[{"reason":"futex","ns":5}]} gives "off_cpu.futex.ns" = 5. Elements
 * of lists are told apart by their "name" or "reason"; other lists are left out.
 */
enum pb_figure_source {
    PB_FIGURE_COUNTS,   /* the manager's own counts, of all samples */
    PB_FIGURE_SCHED,    /* waits and run queue, of samples traced at level sched */
    PB_FIGURE_SYSCALLS, /* system calls, of samples traced at level syscalls */
    PB_FIGURE_STAGES,   /* the manager's own stages, of samples traced at level timeline:
                           "stages.extract.ns" (all its spans together) and ".count" */
    PB_FIGURE_SOURCES
};
const char *pb_figure_source_name(enum pb_figure_source source);

struct pb_trace_figure {
    const char *path;
    enum pb_figure_source source;
    double mean[2]; /* over the samples of the candidate [0] and the baseline [1]; absent: 0 */
};

/* Figures of one cell, by path; only when both arms have such samples. `dir` is the result folder
 * (for the stages, which are files in it). Lives in the arena. */
size_t pb_trace_figures(struct pb_arena *arena, const struct pb_journal_data *journal,
                        const char *dir, const char *registry, const char *phase,
                        const char *candidate, const char *baseline,
                        const struct pb_trace_figure **out);

#endif
