/* SPDX-License-Identifier: MIT */
/* The whole machine around the sample: stolen time, and whether others disturbed it. */
#include "harness/probes/probe.h"

#include "base/clock.h"
#include "base/fs.h"
#include "harness/probes/cpu_times.h"

#include <fcntl.h>
#include <unistd.h>

static const enum pb_metric metrics[] = {PB_M_STEAL};

struct state {
    bool read;
    struct pb_cpu_times before;
};

static bool read_times(struct pb_cpu_times *out)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1 << 20);
    return pb_read_file(AT_FDCWD, "/proc/stat", &text, NULL) == 0 &&
           pb_cpu_times_parse(pb_buf_str(&text), out);
}

static int before(void *state, struct pb_facts *facts, struct pb_err *err)
{
    (void)facts;
    (void)err;
    struct state *s = state;
    s->read = read_times(&s->before);
    return 0;
}

static int64_t own_cpu_ns(const struct pb_metric_values *v)
{
    return (v->has[PB_M_USER] ? v->value[PB_M_USER] : 0) +
           (v->has[PB_M_SYS] ? v->value[PB_M_SYS] : 0);
}

static int after(void *state, struct pb_facts *facts, struct pb_metric_values *out,
                 struct pb_err *err)
{
    (void)err;
    const struct state *s = state;
    struct pb_cpu_times now;
    if (!s->read || !read_times(&now)) {
        pb_metric_missing(out, PB_M_STEAL, "/proc/stat cannot be read");
        return 0;
    }
    int64_t ns_per_tick = PB_NS_PER_S / sysconf(_SC_CLK_TCK);
    pb_metric_set(out, PB_M_STEAL, (int64_t)(now.steal - s->before.steal) * ns_per_tick);
    struct pb_registry_stats registry = {0};
    if (facts->account->read && facts->account->read(facts->account->arg, &registry, NULL) != 0)
        registry.cpu_ns = 0;
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    pb_disturbance(&s->before, &now, own_cpu_ns(out) + registry.cpu_ns, ns_per_tick,
                   cpus > 0 ? (unsigned)cpus : 1, facts->disturbance);
    pb_registry_stats_release(&registry);
    return 0;
}

const struct pb_probe pb_probe_system = {
    .name = "system",
    .help = "stolen CPU time, and what other programs did meanwhile (/proc/stat)",
    .metrics = metrics,
    .metric_count = sizeof metrics / sizeof *metrics,
    .state_size = sizeof(struct state),
    .before = before,
    .after = after,
};
