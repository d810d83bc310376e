/* SPDX-License-Identifier: MIT */
/* CPU time by a perf software counter that children inherit: it also sees those that nobody waits
 * for, without privilege where perf_event_paranoid is at most 2. */
#include "harness/probes/perf_clock.h"
#include "harness/probes/probe.h"

#include <unistd.h>

static const enum pb_metric metrics[] = {PB_M_CPU};

struct state {
    int fd; /* 0: none */
};

static int gate(void *state, struct pb_facts *facts, pid_t pid, struct pb_err *err)
{
    (void)facts;
    (void)err;
    int fd = pb_perf_clock_open(pid);
    ((struct state *)state)->fd = fd < 0 ? 0 : fd;
    return 0;
}

static int after(void *state, struct pb_facts *facts, struct pb_metric_values *out,
                 struct pb_err *err)
{
    (void)facts;
    (void)err;
    struct state *s = state;
    int64_t ns;
    if (s->fd && pb_perf_clock_read(s->fd, &ns))
        pb_metric_set(out, PB_M_CPU, ns);
    else
        pb_metric_missing(out, PB_M_CPU, "perf_event_open: not permitted");
    if (s->fd) close(s->fd);
    s->fd = 0;
    return 0;
}

const struct pb_probe pb_probe_perf = {
    .name = "perf",
    .help = "CPU time of the tree by an inherited perf software counter",
    .metrics = metrics,
    .metric_count = sizeof metrics / sizeof *metrics,
    .state_size = sizeof(struct state),
    .gate = gate,
    .after = after,
};
