/* SPDX-License-Identifier: MIT */
#include "harness/journal/metric.h"

#include <string.h>

const struct pb_metric_info pb_metric_table[PB_METRIC_COUNT] = {
#define ROW(id, text, unit_, better_, nature_, help_)                                              \
    [PB_M_##id] = {.name = (text),                                                                 \
                   .unit = PB_UNIT_##unit_,                                                        \
                   .better = PB_##better_,                                                         \
                   .nature = PB_##nature_,                                                         \
                   .help = (help_)},
    PB_METRICS(ROW)
#undef ROW
};

int pb_metric_by_name(const char *name)
{
    for (int i = 0; i < PB_METRIC_COUNT; i++)
        if (strcmp(pb_metric_table[i].name, name) == 0) return i;
    return -1;
}
