/* SPDX-License-Identifier: MIT */
#include "harness/gate/rules.h"

#include <math.h>
#include <string.h>

static bool names_phase(const char *name, const char *key)
{
    size_t prefix = strcspn(key, "_");
    return strcmp(name, key) == 0 || (strlen(name) == prefix && strncmp(name, key, prefix) == 0);
}

static bool has_phase(const char *const *list, size_t n, const char *phase)
{
    for (size_t i = 0; i < n; i++)
        if (names_phase(list[i], phase)) return true;
    return false;
}

bool pb_gate_is_gated(const struct pb_gate_rules *rules, const char *phase)
{
    if (pb_gate_is_control(rules, phase)) return false;
    return rules->phase_count == 0 || has_phase(rules->phases, rules->phase_count, phase);
}

bool pb_gate_is_control(const struct pb_gate_rules *rules, const char *phase)
{
    return has_phase(rules->controls, rules->control_count, phase);
}

bool pb_gate_accepts(const struct pb_gate_rules *rules, const char *name)
{
    for (size_t i = 0; i < rules->accept_count; i++)
        if (strcmp(rules->accept[i], name) == 0) return true;
    return false;
}

bool pb_gate_threshold_of(const struct pb_gate_rules *rules, const char *phase,
                          enum pb_metric metric, double *out)
{
    const struct pb_gate_threshold *best = NULL;
    for (size_t i = 0; i < rules->threshold_count; i++) {
        const struct pb_gate_threshold *t = &rules->thresholds[i];
        if (t->metric != metric || (t->phase && !names_phase(t->phase, phase))) continue;
        if (!best || t->phase || !best->phase) best = t;
    }
    if (best) *out = best->log_change;
    if (!best && metric == PB_M_WALL) *out = PB_GATE_RULE_DEFAULT.threshold;
    return best || metric == PB_M_WALL;
}

const struct pb_gate_bias *pb_gate_bias_of(const struct pb_gate_rules *rules, const char *registry,
                                           const char *phase, enum pb_metric metric)
{
    const struct pb_gate_bias *worst = NULL;
    for (size_t i = 0; i < rules->bias_count; i++) {
        const struct pb_gate_bias *b = &rules->biases[i];
        if (b->metric != metric || !names_phase(b->phase, phase)) continue;
        if (b->registry && strcmp(b->registry, registry) != 0) continue;
        if (!worst || fabs(b->estimate) > fabs(worst->estimate)) worst = b;
    }
    return worst;
}
