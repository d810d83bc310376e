/* SPDX-License-Identifier: MIT */
/* A rules file and an A/A floor: what is accepted has sane figures, what is not has an error. */
#include "harness/gate/rules.h"

#include <math.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct pb_gate_rules *rules)
{
    for (size_t i = 0; i < rules->threshold_count; i++)
        PB_INVARIANT(rules->thresholds[i].log_change > 0 &&
                     isfinite(rules->thresholds[i].log_change));
    for (size_t i = 0; i < rules->bias_count; i++)
        PB_INVARIANT(isfinite(rules->biases[i].estimate) && isfinite(rules->biases[i].low) &&
                     isfinite(rules->biases[i].high) && rules->biases[i].phase);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_gate_rules rules = {0}, floor = {0};
    struct pb_err err = PB_ERR_INIT;
    struct pb_str text = pb_strn((const char *)data, size);
    if (pb_gate_rules_parse(&arena, text, "rules", &rules, &err) == 0)
        check(&rules);
    else
        PB_INVARIANT(pb_err_is_set(&err));
    err = PB_ERR_INIT;
    if (pb_gate_floor_parse(&arena, text, "floor", &floor, &err) == 0)
        check(&floor);
    else
        PB_INVARIANT(pb_err_is_set(&err));
    pb_arena_release(&arena);
    return 0;
}
