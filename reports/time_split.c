/* SPDX-License-Identifier: MIT */
#include "reports/time_split.h"

#include "base/json.h"
#include "harness/gate/pairs.h"

#include <stdio.h>
#include <string.h>

double pb_time_split_total(const struct pb_time_split *split)
{
    double total = 0;
    for (int i = 0; i < PB_TIME_CLASSES; i++)
        total += split->ns[i];
    return total;
}

static void add_to_mean(struct pb_time_split *split, const double ns[PB_TIME_CLASSES])
{
    split->samples++;
    for (int i = 0; i < PB_TIME_CLASSES; i++)
        split->ns[i] += (ns[i] - split->ns[i]) / (double)split->samples;
}

static void add_wall(struct pb_time_split *split, const cJSON *detail)
{
    double ns[PB_TIME_CLASSES], total = 0;
    const cJSON *wall = pb_json_get(detail, "wall");
    for (int i = 0; i < PB_TIME_CLASSES; i++) {
        char key[32];
        snprintf(key, sizeof key, "%s_ns", pb_time_class_name((enum pb_time_class)i));
        ns[i] = pb_json_num(wall, key, -1);
        if (!(ns[i] >= 0)) return;
        total += ns[i];
    }
    if (total > 0) add_to_mean(split, ns);
}

/* The CPU time is a metric of the sample; the waits are in the detail. */
static void add_threads(struct pb_time_split *split, const struct pb_metric_values *metrics,
                        const cJSON *detail)
{
    const cJSON *waits = pb_json_get(detail, "off_cpu"), *wait;
    double ns[PB_TIME_CLASSES] = {0};
    if (metrics->has[PB_M_CPU])
        ns[PB_TIME_CPU] = (double)metrics->value[PB_M_CPU];
    else if (metrics->has[PB_M_USER] && metrics->has[PB_M_SYS])
        ns[PB_TIME_CPU] = (double)(metrics->value[PB_M_USER] + metrics->value[PB_M_SYS]);
    else
        return;
    if (!cJSON_IsArray(waits)) return;
    cJSON_ArrayForEach (wait, waits) {
        const char *reason = pb_json_cstr(wait, "reason");
        double wait_ns = pb_json_num(wait, "ns", 0);
        if (reason && wait_ns > 0) ns[pb_time_class_of_reason(reason)] += wait_ns;
    }
    double queued_ns = pb_json_num(pb_json_get(detail, "run_queue"), "ns", 0);
    if (queued_ns > 0) ns[PB_TIME_RUN_QUEUE] += queued_ns;
    add_to_mean(split, ns);
}

void pb_time_splits_add(struct pb_time_splits *splits, const struct pb_sample *sample)
{
    struct pb_json detail;
    if (!sample->trace || !sample->detail_json || !pb_sample_counts(sample)) return;
    bool is_sched = strcmp(sample->trace, "sched") == 0;
    if (!is_sched && strcmp(sample->trace, "timeline") != 0) return;
    if (pb_json_parse(&detail, pb_str(sample->detail_json), "a trace", NULL) != 0) return;
    if (is_sched)
        add_threads(&splits->threads, &sample->metrics, detail.root);
    else
        add_wall(&splits->wall, detail.root);
    pb_json_free(&detail);
}
