/* SPDX-License-Identifier: MIT */
#ifndef PB_PROBE_H
#define PB_PROBE_H

#include "harness/journal/metric.h"
#include "harness/probes/facts.h"

/*
 * A probe: a collector of metrics around a sample. A new one is a file probe_<name>.c and a row in
 * probe_table.c. Hooks may be NULL. A probe that cannot work here is no error: it names the reason
 * in `supported` and its metrics are recorded as missing with it.
 *
 *   before  just before the command is started, in table order
 *   gate    the command's process `pid` exists and waits to be executed: the place for cgroups and
 *           tracers
 *   after   the command is over, in table order: cheap and time-critical probes come first
 *
 * Where several probes give a metric, the first of the table that has it is taken, so the better
 * source comes first.
 */
struct pb_probe {
    const char *name, *help;
    const enum pb_metric *metrics; /* that it can give */
    size_t metric_count;
    size_t state_size; /* zeroed before each sample */
    bool (*supported)(const char **why);
    int (*before)(void *state, struct pb_facts *facts, struct pb_err *err);
    int (*gate)(void *state, struct pb_facts *facts, pid_t pid, struct pb_err *err);
    int (*after)(void *state, struct pb_facts *facts, struct pb_metric_values *out,
                 struct pb_err *err);
};

extern const struct pb_probe *const pb_probe_table[]; /* NULL-terminated */
extern const struct pb_probe pb_probe_cgroup, pb_probe_bpf, pb_probe_perf, pb_probe_rusage,
    pb_probe_system, pb_probe_pressure, pb_probe_registry, pb_probe_traffic, pb_probe_writeback,
    pb_probe_sizes, pb_probe_stacks;

/* The states of all probes of one table for one sample at a time. */
struct pb_probe_set;
struct pb_probe_set *pb_probe_set_new(const struct pb_probe *const *table);
void pb_probe_set_free(struct pb_probe_set *set);
int pb_probe_set_before(struct pb_probe_set *set, struct pb_facts *facts,
                        struct pb_err *err) PB_MUST_CHECK;
int pb_probe_set_gate(struct pb_probe_set *set, struct pb_facts *facts, pid_t pid,
                      struct pb_err *err) PB_MUST_CHECK;
/* Every metric of the metric table has a value or a reason afterwards. */
int pb_probe_set_after(struct pb_probe_set *set, struct pb_facts *facts,
                       struct pb_metric_values *out, struct pb_err *err) PB_MUST_CHECK;

#endif
