/* SPDX-License-Identifier: MIT */
/* The history as tables for a terminal or a log. */
#include "reports/escape.h"
#include "reports/history_report.h"
#include "reports/values.h"

#include <stdio.h>
#include <string.h>

enum { COMMIT_SHOWN = 10, DAY_SHOWN = 10 };

static size_t columns_of(const char *text)
{
    size_t n = 0;
    for (const char *p = text; *p; p++)
        n += ((unsigned char)*p & 0xC0) != 0x80;
    return n;
}

/* Left-aligned in at least `width` columns, and a blank. */
static void add_field(struct pb_buf *out, const char *text, size_t width)
{
    pb_add_line(out, text ? text : "-");
    for (size_t n = columns_of(text ? text : "-"); n < width; n++)
        pb_buf_add_char(out, ' ');
    pb_buf_add_char(out, ' ');
}

static void add_short(struct pb_buf *out, const char *text, int max, size_t width)
{
    char kept[64];
    snprintf(kept, sizeof kept, "%.*s", max, text ? text : "-");
    add_field(out, kept, width);
}

void pb_history_run_table(struct pb_buf *out, const struct pb_history_runs *runs)
{
    size_t project = strlen("project");
    for (size_t i = 0; i < runs->n; i++) {
        size_t n = runs->items[i].project ? columns_of(runs->items[i].project) : 0;
        project = n > project ? n : project;
    }
    add_field(out, "started", 20);
    add_field(out, "commit", COMMIT_SHOWN);
    add_field(out, "project", project);
    add_field(out, "platform", 12);
    pb_buf_add_cstr(out, "label\n");
    for (size_t i = 0; i < runs->n; i++) {
        const struct pb_history_run *run = &runs->items[i];
        add_field(out, run->started_utc, 20);
        add_short(out, run->commit, COMMIT_SHOWN, COMMIT_SHOWN);
        add_field(out, run->project, project);
        add_field(out, run->platform, 12);
        pb_add_line(out, run->label ? run->label : "-");
        pb_buf_add_char(out, '\n');
    }
}

static void add_last_change(struct pb_buf *out, const struct pb_trend *t)
{
    char change[32];
    if (t->change_count == 0) {
        pb_buf_add_cstr(out, t->n < 2 * PB_CHANGE_POINTS_RULE.least_points ? "too few runs to tell"
                                                                           : "none found");
        return;
    }
    const struct pb_change_point *last = &t->changes[t->change_count - 1];
    const struct pb_history_run *run = t->entry[last->at]->run;
    pb_show_change(last->after - last->before, change);
    pb_buf_printf(out, "%s since ", change);
    add_short(out, run->started_utc, DAY_SHOWN, 0);
    add_short(out, run->commit ? run->commit : run->label, COMMIT_SHOWN, 0);
    pb_buf_printf(out, "(p %.3f)", last->p);
}

static void add_trend(struct pb_buf *out, const struct pb_trend *t, const size_t widths[3])
{
    const struct pb_history_series *s = t->series;
    char ratio[32] = "-", runs[32];
    if (t->n) pb_show_factor(t->log_ratio[t->n - 1], ratio);
    snprintf(runs, sizeof runs, "%zu", t->n);
    add_field(out, s->key.phase, widths[0]);
    add_field(out, s->key.arm, widths[1]);
    add_field(out, s->key.reference, widths[2]);
    add_field(out, s->key.metric, 15);
    add_field(out, runs, 5);
    add_field(out, ratio, 8);
    add_last_change(out, t);
    if (s->n && !s->entries[s->n - 1].point.has) {
        pb_buf_add_cstr(out, "; last run without a ratio: ");
        pb_add_line(out, s->entries[s->n - 1].point.reason);
    }
    pb_buf_add_char(out, '\n');
}

static void add_place(struct pb_buf *out, const struct pb_history_key *key)
{
    pb_buf_add_cstr(out, "## ");
    add_field(out, key->project, 0);
    add_field(out, key->platform, 0);
    pb_add_line(out, key->registry);
    pb_buf_add_char(out, '\n');
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_same_place(const struct pb_history_key *a, const struct pb_history_key *b)
{
    return is_same(a->project, b->project) && is_same(a->platform, b->platform) &&
           is_same(a->registry, b->registry);
}

static void widen(size_t *width, const char *text)
{
    size_t n = columns_of(text);
    if (n > *width) *width = n;
}

void pb_history_table(struct pb_buf *out, const struct pb_trend *trends, size_t n)
{
    size_t widths[3] = {strlen("phase"), strlen("arm"), strlen("against")};
    for (size_t i = 0; i < n; i++) {
        widen(&widths[0], trends[i].series->key.phase);
        widen(&widths[1], trends[i].series->key.arm);
        widen(&widths[2], trends[i].series->key.reference);
    }
    for (size_t i = 0; i < n; i++) {
        const struct pb_history_key *key = &trends[i].series->key;
        if (i == 0 || !is_same_place(&trends[i - 1].series->key, key)) {
            if (i) pb_buf_add_char(out, '\n');
            add_place(out, key);
            add_field(out, "phase", widths[0]);
            add_field(out, "arm", widths[1]);
            add_field(out, "against", widths[2]);
            pb_buf_add_cstr(out, "metric          runs  latest   last change\n");
        }
        add_trend(out, &trends[i], widths);
    }
}
