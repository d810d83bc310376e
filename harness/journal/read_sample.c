/* SPDX-License-Identifier: MIT */
#include "harness/journal/reader.h"

#include "base/json.h"
#include "base/mem.h"

#include <math.h>
#include <string.h>

static void read_metrics(struct pb_reader *r, const cJSON *o, struct pb_metric_values *out)
{
    const cJSON *missing = pb_json_get(o, "missing"), *item;
    cJSON_ArrayForEach (item, pb_json_get(o, "metrics")) {
        int m = item->string ? pb_metric_by_name(item->string) : -1;
        if (m >= 0 && cJSON_IsNumber(item) && fabs(item->valuedouble) < 9e18)
            pb_metric_set(out, (enum pb_metric)m, (int64_t)item->valuedouble);
    }
    for (int m = 0; m < PB_METRIC_COUNT; m++) {
        if (out->has[m]) continue;
        const char *why = pb_reader_text(r, missing, pb_metric_table[m].name);
        out->reason[m] = why ? why : "not in the journal";
    }
}

static void read_checks(struct pb_reader *r, const cJSON *o, struct pb_sample *sample)
{
    const cJSON *item;
    cJSON_ArrayForEach (item, pb_json_get(o, "checks")) {
        if (!item->string || sample->check_count == sizeof sample->checks / sizeof *sample->checks)
            break;
        sample->checks[sample->check_count++] = (struct pb_journal_check){
            pb_reader_keep(r, item->string),
            cJSON_IsString(item) ? pb_reader_keep(r, item->valuestring) : NULL};
    }
}

static enum pb_stage stage_of(const cJSON *o)
{
    const char *name = pb_json_cstr(o, "stage");
    return name && strcmp(name, "confirm") == 0 ? PB_STAGE_CONFIRM : PB_STAGE_SCREEN;
}

static const char *json_of(struct pb_reader *r, const cJSON *o, const char *key)
{
    const cJSON *value = pb_json_get(o, key);
    if (!cJSON_IsObject(value)) return NULL;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(PB_JOURNAL_LINE_MAX_BYTES);
    pb_json_print(value, &text);
    return pb_buf_ok(&text) ? pb_arena_cstr(&r->out->arena, pb_buf_str(&text)) : NULL;
}

void pb_read_sample(struct pb_reader *r, const cJSON *o)
{
    struct pb_journal_data *out = r->out;
    struct pb_sample *sample = PB_ARENA_NEW(&out->arena, struct pb_sample);
    *sample = (struct pb_sample){
        .registry = pb_reader_text(r, o, "registry"),
        .phase = pb_reader_text(r, o, "phase"),
        .arm = pb_reader_text(r, o, "arm"),
        .stage = stage_of(o),
        .round = (int)pb_reader_number(o, "round", 0),
        .slot = (int)pb_reader_number(o, "slot", 0),
        .traced = pb_json_bool(o, "traced", false),
        .started_wallclock_ns = pb_reader_number(o, "started_wallclock_ns", 0),
        .outcome = pb_reader_outcome(o),
        .reason = pb_reader_text(r, o, "reason"),
        .exit_code = (int)pb_reader_number(o, "exit_code", -1),
        .signal = (int)pb_reader_number(o, "signal", 0),
        .timed_out = pb_json_bool(o, "timed_out", false),
        .tree_digest = pb_reader_text(r, o, "tree_digest"),
        .lock_digest = pb_reader_text(r, o, "lock_digest"),
        .output_tail = pb_reader_text(r, o, "output_tail"),
        .trace = pb_reader_text(r, o, "trace"),
        .detail_json = json_of(r, o, "detail"),
        .counts_json = pb_reader_text(r, o, "counts"),
    };
    read_metrics(r, o, &sample->metrics);
    read_checks(r, o, sample);
    if (!sample->registry || !sample->phase || !sample->arm) {
        pb_reader_problem(r, "line %zu: a sample without registry, phase or arm", r->line);
        return;
    }
    PB_GROW(out->samples, r->sample_cap, out->sample_count + 1);
    out->samples[out->sample_count++] = sample;
}
