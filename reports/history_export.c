/* SPDX-License-Identifier: MIT */
/* Every point of the history with all that is known of its run, as CSV and JSON. */
#include "reports/escape.h"
#include "reports/history_report.h"
#include "reports/json_out.h"

#include <math.h>

static void add_text(struct pb_buf *out, const char *text)
{
    pb_add_csv(out, text);
    pb_buf_add_char(out, ',');
}

static void add_number(struct pb_buf *out, bool has, double value, const char *end)
{
    if (has && isfinite(value)) pb_buf_printf(out, "%.9g", value);
    pb_buf_add_cstr(out, end);
}

static void add_row(struct pb_buf *out, const struct pb_history_entry *e)
{
    const struct pb_history_run *run = e->run;
    const struct pb_history_point *p = &e->point;
    const char *const texts[] = {run->started_utc, run->id,          run->commit,     run->label,
                                 p->key.project,   p->key.platform,  p->key.registry, p->key.phase,
                                 p->key.arm,       p->key.reference, p->key.metric};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add_text(out, texts[i]);
    add_number(out, p->has, exp(p->log_ratio), ",");
    add_number(out, p->has_interval, exp(p->low), ",");
    add_number(out, p->has_interval, exp(p->high), ",");
    add_number(out, p->has_interval, p->level, ",");
    pb_buf_printf(out, "%zu,", p->pairs);
    add_number(out, true, p->median, ",");
    add_number(out, true, p->least, ",");
    add_text(out, p->reason);
    add_text(out, run->snapshot_digest);
    add_text(out, run->policy_hash);
    add_text(out, run->machine);
    pb_add_csv(out, run->version);
    pb_buf_add_char(out, '\n');
}

void pb_history_csv(struct pb_buf *out, const struct pb_history_result *result)
{
    pb_buf_add_cstr(out, "started_utc,run,commit,label,project,platform,registry,phase,arm,"
                         "reference,metric,ratio,low,high,level,pairs,median,least,reason,"
                         "snapshot_digest,policy_hash,machine,version\n");
    for (size_t s = 0; s < result->n; s++)
        for (size_t i = 0; i < result->items[s].n; i++)
            add_row(out, &result->items[s].entries[i]);
}

static void add_real(struct pb_json_out *j, const char *key, bool has, double value)
{
    if (has && isfinite(value))
        pb_json_rounded(j, key, value);
    else
        pb_json_null(j, key);
}

static void add_entry(struct pb_json_out *j, const struct pb_history_entry *e)
{
    const struct pb_history_run *run = e->run;
    const struct pb_history_point *p = &e->point;
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_json_text(j, "started_utc", run->started_utc);
    pb_json_text(j, "run", run->id);
    pb_json_text(j, "commit", run->commit);
    pb_json_text(j, "label", run->label);
    add_real(j, "ratio", p->has, exp(p->log_ratio));
    add_real(j, "low", p->has_interval, exp(p->low));
    add_real(j, "high", p->has_interval, exp(p->high));
    add_real(j, "level", p->has_interval, p->level);
    pb_json_whole(j, "pairs", (long long)p->pairs);
    add_real(j, "median", true, p->median);
    add_real(j, "least", true, p->least);
    pb_json_text(j, "reason", p->reason);
    pb_json_text(j, "snapshot_digest", run->snapshot_digest);
    pb_json_text(j, "policy_hash", run->policy_hash);
    pb_json_text(j, "machine", run->machine);
    pb_json_text(j, "version", run->version);
    pb_json_close(j, '}');
}

static void add_changes(struct pb_json_out *j, const struct pb_trend *t)
{
    pb_json_open(j, "changes", '[');
    for (size_t i = 0; i < t->change_count; i++) {
        const struct pb_change_point *c = &t->changes[i];
        pb_json_open(j, NULL, '{');
        pb_json_text(j, "run", t->entry[c->at]->run->id);
        pb_json_rounded(j, "before", exp(c->before));
        pb_json_rounded(j, "after", exp(c->after));
        pb_json_rounded(j, "p", c->p);
        pb_json_close(j, '}');
    }
    pb_json_close(j, ']');
}

static void add_series(struct pb_json_out *j, const struct pb_history_series *s,
                       struct pb_arena *arena)
{
    struct pb_trend trend;
    pb_trend_make(s, arena, &trend);
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_json_text(j, "project", s->key.project);
    pb_json_text(j, "platform", s->key.platform);
    pb_json_text(j, "registry", s->key.registry);
    pb_json_text(j, "phase", s->key.phase);
    pb_json_text(j, "arm", s->key.arm);
    pb_json_text(j, "reference", s->key.reference);
    pb_json_text(j, "metric", s->key.metric);
    add_changes(j, &trend);
    pb_json_open(j, "points", '[');
    for (size_t i = 0; i < s->n; i++)
        add_entry(j, &s->entries[i]);
    pb_json_close(j, ']');
    pb_json_close(j, '}');
}

void pb_history_json(struct pb_buf *out, const struct pb_history_result *result,
                     struct pb_arena *arena)
{
    struct pb_json_out j = {.out = out};
    pb_json_open(&j, NULL, '{');
    pb_json_text(&j, "schema", "phasebench-history/1");
    pb_json_open(&j, "series", '[');
    for (size_t i = 0; i < result->n; i++)
        add_series(&j, &result->items[i], arena);
    pb_json_close(&j, ']');
    pb_json_close(&j, '}');
    pb_buf_add_char(out, '\n');
}
