/* SPDX-License-Identifier: MIT */
/* The whole machine around the sample: stolen time, and whether others disturbed it. */
#include "harness/probes/probe.h"

#include "base/clock.h"
#include "harness/probes/contamination.h"

#include <unistd.h>

static const enum pb_metric metrics[] = {PB_M_STEAL};

struct state {
    struct pb_machine_state before;
};

static int before(void *state, struct pb_facts *facts, struct pb_err *err)
{
    (void)facts;
    (void)err;
    struct state *s = state;
    pb_machine_state_read(&s->before);
    return 0;
}

static int64_t own_cpu_ns(const struct pb_metric_values *v)
{
    return (v->has[PB_M_USER] ? v->value[PB_M_USER] : 0) +
           (v->has[PB_M_SYS] ? v->value[PB_M_SYS] : 0);
}

/* Our registry serves the command: its CPU time is not another program's. */
static int64_t registry_cpu_ns(const struct pb_registry_account *account)
{
    struct pb_registry_stats stats = {0};
    int64_t ns = 0;
    if (account->read && account->read(account->arg, &stats, NULL) == 0) ns = stats.cpu_ns;
    pb_registry_stats_release(&stats);
    return ns;
}

static int after(void *state, struct pb_facts *facts, struct pb_metric_values *out,
                 struct pb_err *err)
{
    (void)err;
    const struct state *s = state;
    struct pb_machine_state now;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    pb_machine_state_read(&now);
    struct pb_contamination_basis basis = {.own_ns =
                                               own_cpu_ns(out) + registry_cpu_ns(facts->account),
                                           .ns_per_tick = PB_NS_PER_S / sysconf(_SC_CLK_TCK),
                                           .cpus = cpus > 0 ? (unsigned)cpus : 1};
    pb_contamination(&facts->idle_from, &s->before, &now, &basis, facts->disturbance);
    if (s->before.has_cpu && now.has_cpu)
        pb_metric_set(out, PB_M_STEAL,
                      (int64_t)(now.cpu.steal - s->before.cpu.steal) * basis.ns_per_tick);
    else
        pb_metric_missing(out, PB_M_STEAL, "/proc/stat cannot be read");
    return 0;
}

const struct pb_probe pb_probe_system = {
    .name = "system",
    .help = "stolen CPU time, and what else happened on the machine (/proc)",
    .metrics = metrics,
    .metric_count = sizeof metrics / sizeof *metrics,
    .state_size = sizeof(struct state),
    .before = before,
    .after = after,
};
