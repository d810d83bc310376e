/* SPDX-License-Identifier: MIT */
#include "harness/probes/probe.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct slot {
    const struct pb_probe *probe;
    void *state;
    bool supported;
    const char *why;
};

struct pb_probe_set {
    size_t n;
    struct slot slots[];
};

struct pb_probe_set *pb_probe_set_new(const struct pb_probe *const *table)
{
    size_t n = 0;
    while (table[n])
        n++;
    struct pb_probe_set *set = pb_calloc(1, sizeof *set + n * sizeof *set->slots);
    set->n = n;
    for (size_t i = 0; i < n; i++) {
        struct slot *slot = &set->slots[i];
        slot->probe = table[i];
        slot->state = pb_calloc(1, table[i]->state_size + 1);
        slot->supported = !table[i]->supported || table[i]->supported(&slot->why);
    }
    return set;
}

void pb_probe_set_free(struct pb_probe_set *set)
{
    if (!set) return;
    for (size_t i = 0; i < set->n; i++)
        free(set->slots[i].state);
    free(set);
}

int pb_probe_set_before(struct pb_probe_set *set, struct pb_facts *facts, struct pb_err *err)
{
    for (size_t i = 0; i < set->n; i++) {
        struct slot *s = &set->slots[i];
        memset(s->state, 0, s->probe->state_size);
        if (!s->supported || !s->probe->before) continue;
        if (s->probe->before(s->state, facts, err) != 0)
            return pb_err_wrap(err, "probe %s", s->probe->name);
    }
    return 0;
}

int pb_probe_set_gate(struct pb_probe_set *set, struct pb_facts *facts, pid_t pid,
                      struct pb_err *err)
{
    for (size_t i = 0; i < set->n; i++) {
        struct slot *s = &set->slots[i];
        if (!s->supported || !s->probe->gate) continue;
        if (s->probe->gate(s->state, facts, pid, err) != 0)
            return pb_err_wrap(err, "probe %s", s->probe->name);
    }
    return 0;
}

static void give_reasons(const struct pb_probe_set *set, struct pb_metric_values *out)
{
    for (size_t i = 0; i < set->n; i++) {
        const struct slot *s = &set->slots[i];
        for (size_t m = 0; m < s->probe->metric_count; m++)
            if (!out->reason[s->probe->metrics[m]])
                pb_metric_missing(out, s->probe->metrics[m], s->supported ? "not taken" : s->why);
    }
    for (int m = 0; m < PB_METRIC_COUNT; m++)
        if (!out->reason[m])
            pb_metric_missing(out, (enum pb_metric)m, "no probe of this run gives it");
}

/* What an earlier probe gave stays, and so does its reason for having nothing. */
static void keep_first(const struct pb_metric_values *earlier, struct pb_metric_values *out)
{
    for (int m = 0; m < PB_METRIC_COUNT; m++) {
        if (earlier->has[m])
            pb_metric_set(out, (enum pb_metric)m, earlier->value[m]);
        else if (earlier->reason[m])
            pb_metric_missing(out, (enum pb_metric)m, earlier->reason[m]);
    }
}

int pb_probe_set_after(struct pb_probe_set *set, struct pb_facts *facts,
                       struct pb_metric_values *out, struct pb_err *err)
{
    *out = (struct pb_metric_values){0};
    for (size_t i = 0; i < set->n; i++) {
        struct slot *s = &set->slots[i];
        if (!s->supported || !s->probe->after) continue;
        struct pb_metric_values earlier = *out;
        if (s->probe->after(s->state, facts, out, err) != 0)
            return pb_err_wrap(err, "probe %s", s->probe->name);
        keep_first(&earlier, out);
    }
    give_reasons(set, out);
    return 0;
}
