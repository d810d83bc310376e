/* SPDX-License-Identifier: MIT */
/* The gate for people: a terminal, or a pull request. */
#include "reports/gate_report.h"

#include "harness/stats/paired.h"
#include "reports/escape.h"
#include "reports/values.h"

#include <stdio.h>
#include <string.h>

static const char red[] = "\033[31m", green[] = "\033[32m", yellow[] = "\033[33m",
                  off[] = "\033[0m";

const char *pb_gate_row_word(const struct pb_gate_row *row)
{
    if (row->kind == PB_GATE_ROW_TIMED) return pb_verdict_name(row->verdict);
    switch (row->verdict) {
    case PB_VERDICT_SLOWER:
    case PB_VERDICT_FASTER:
        return row->candidate > row->baseline ? "more" : "fewer";
    case PB_VERDICT_EQUIVALENT:
        return "equal";
    case PB_VERDICT_INVALID:
        return "other";
    case PB_VERDICT_INCONCLUSIVE:
        break;
    }
    return "varying";
}

bool pb_gate_row_is_shown(const struct pb_gate_row *row)
{
    return row->kind == PB_GATE_ROW_TIMED || row->verdict != PB_VERDICT_EQUIVALENT;
}

void pb_gate_show_effect(const struct pb_gate_row *row, char out[128])
{
    char change[32], low[32], high[32];
    const struct pb_paired *p = &row->decision.screen;
    out[0] = '\0';
    if (row->kind == PB_GATE_ROW_DIGEST) {
        snprintf(out, 128, "%.12s -> %.12s", row->baseline_digest, row->candidate_digest);
    } else if (row->kind == PB_GATE_ROW_COUNTED) {
        pb_show_value(pb_metric_table[row->metric].unit, row->baseline, low);
        pb_show_value(pb_metric_table[row->metric].unit, row->candidate, high);
        if (pb_metric_table[row->metric].unit == PB_UNIT_COUNT)
            snprintf(out, 128, "%.0f -> %.0f", row->baseline, row->candidate);
        else
            snprintf(out, 128, "%s -> %s", low, high);
    } else if (p->n > 0) {
        pb_show_change(p->estimate, change);
        snprintf(out, 128, "%s", change);
        if (!p->has_interval) return;
        pb_show_change(p->low, low);
        pb_show_change(p->high, high);
        snprintf(out, 128, "%s [%s, %s]", change, low, high);
    }
}

static const char *style_of(enum pb_verdict verdict)
{
    static const char *const styles[] = {
        [PB_VERDICT_SLOWER] = red,    [PB_VERDICT_FASTER] = green,
        [PB_VERDICT_EQUIVALENT] = "", [PB_VERDICT_INCONCLUSIVE] = yellow,
        [PB_VERDICT_INVALID] = red,
    };
    return styles[verdict];
}

static const char *role_of(const struct pb_gate_cell *cell, const struct pb_gate_row *row)
{
    if (cell->control) return " (control)";
    return row->gated ? "" : " (not gated)";
}

/* How much was measured, and what could not have been seen in it. */
static void add_power(struct pb_buf *out, const struct pb_gate_row *row)
{
    const struct pb_gate_decision *d = &row->decision;
    if (row->kind != PB_GATE_ROW_TIMED || d->screen.n == 0) return;
    pb_buf_printf(out, "; %zu", d->screen.n);
    if (d->confirmation.n) pb_buf_printf(out, "+%zu", d->confirmation.n);
    pb_buf_printf(out, " %s, threshold %.1f%%",
                  d->screen.n + d->confirmation.n == 1 ? "round" : "rounds",
                  100 * pb_relative_change(d->threshold));
    if (row->verdict == PB_VERDICT_INCONCLUSIVE && d->screen.has_interval)
        pb_buf_printf(out, ", a change below %.1f%% could not be told from none",
                      100 * pb_relative_change(d->screen.smallest_visible));
}

static void add_row_text(struct pb_buf *out, const struct pb_gate_cell *cell,
                         const struct pb_gate_row *row, bool color)
{
    char effect[128];
    bool first = row == cell->rows;
    pb_gate_show_effect(row, effect);
    pb_buf_printf(out, first ? "%-18s " : "  %-16s ", first ? cell->phase : "");
    if (!first) pb_buf_printf(out, "%s: ", row->name);
    if (color) pb_buf_add_cstr(out, style_of(row->verdict));
    pb_buf_add_cstr(out, pb_gate_row_word(row));
    if (color) pb_buf_add_cstr(out, off);
    pb_buf_printf(out, "%s%s%s%s", role_of(cell, row), *effect ? " " : "", effect,
                  row->reason ? "; " : "");
    pb_add_line(out, row->reason);
    add_power(out, row);
    pb_buf_add_char(out, '\n');
}

static void add_answer(struct pb_buf *out, const struct pb_gate *gate)
{
    pb_add_line(out, gate->candidate);
    pb_buf_add_cstr(out, " against ");
    pb_add_line(out, gate->baseline);
    pb_buf_printf(out, ": %s: ", pb_gate_answer_name(gate->answer));
    pb_add_line(out, gate->reason);
}

/* What holds of the run and shows in no row. */
static bool is_note(const struct pb_run_finding *f)
{
    return f->effect == PB_FINDING_RUN || f->effect == PB_FINDING_REMARK;
}

static void add_notes(struct pb_buf *out, const struct pb_gate *gate)
{
    for (size_t i = 0; i < gate->finding_count; i++) {
        const struct pb_run_finding *f = &gate->findings[i];
        if (!is_note(f)) continue;
        pb_buf_printf(out, "note: %s%s%s: ", f->phase ? f->phase : "", f->phase ? ": " : "",
                      f->check);
        pb_add_line(out, f->reason);
        pb_buf_add_char(out, '\n');
    }
}

static void render_text(const struct pb_gate *gates, size_t n, bool color, struct pb_buf *out)
{
    for (size_t g = 0; g < n; g++) {
        const char *registry = NULL;
        add_answer(out, &gates[g]);
        pb_buf_add_char(out, '\n');
        add_notes(out, &gates[g]);
        for (size_t c = 0; c < gates[g].cell_count; c++) {
            const struct pb_gate_cell *cell = &gates[g].cells[c];
            if (!registry || strcmp(registry, cell->registry) != 0)
                pb_buf_printf(out, "registry %s\n", cell->registry);
            registry = cell->registry;
            for (size_t i = 0; i < cell->row_count; i++)
                if (pb_gate_row_is_shown(&cell->rows[i]))
                    add_row_text(out, cell, &cell->rows[i], color);
        }
    }
}

/* A table cell of Markdown: no pipes, no markup. */
static void add_cell(struct pb_buf *out, const char *text)
{
    for (; text && *text; text++) {
        bool is_control = (unsigned char)*text < ' ';
        if (strchr("|`<>*_[]\\", *text)) pb_buf_add_char(out, '\\');
        if (is_control)
            pb_buf_add_char(out, ' ');
        else
            pb_buf_add_char(out, *text);
    }
}

static void add_row_markdown(struct pb_buf *out, const struct pb_gate_cell *cell,
                             const struct pb_gate_row *row)
{
    char effect[128];
    pb_gate_show_effect(row, effect);
    pb_buf_add_cstr(out, "| ");
    add_cell(out, cell->registry);
    pb_buf_add_cstr(out, " | ");
    add_cell(out, cell->phase);
    pb_buf_add_cstr(out, " | ");
    add_cell(out, row->name);
    pb_buf_printf(out, " | %s%s | ", pb_gate_row_word(row), role_of(cell, row));
    add_cell(out, effect);
    pb_buf_add_cstr(out, " | ");
    add_cell(out, row->reason);
    add_power(out, row);
    pb_buf_add_cstr(out, " |\n");
}

static void add_notes_markdown(struct pb_buf *out, const struct pb_gate *gate)
{
    size_t n = 0;
    for (size_t i = 0; i < gate->finding_count; i++) {
        const struct pb_run_finding *f = &gate->findings[i];
        if (!is_note(f)) continue;
        pb_buf_add_cstr(out, "- ");
        add_cell(out, f->phase);
        pb_buf_add_cstr(out, f->phase ? ": " : "");
        add_cell(out, f->check);
        pb_buf_add_cstr(out, ": ");
        add_cell(out, f->reason);
        pb_buf_add_char(out, '\n');
        n++;
    }
    if (n) pb_buf_add_char(out, '\n');
}

static void render_markdown(const struct pb_gate *gates, size_t n, bool color, struct pb_buf *out)
{
    (void)color;
    for (size_t g = 0; g < n; g++) {
        pb_buf_add_cstr(out, g ? "\n**" : "**");
        add_cell(out, gates[g].candidate);
        pb_buf_add_cstr(out, " against ");
        add_cell(out, gates[g].baseline);
        pb_buf_printf(out, ": %s.** ", pb_gate_answer_name(gates[g].answer));
        add_cell(out, gates[g].reason);
        pb_buf_add_cstr(out, ".\n\n");
        add_notes_markdown(out, &gates[g]);
        pb_buf_add_cstr(out, "| registry | phase | figure | verdict | change | why |\n"
                             "|---|---|---|---|---|---|\n");
        for (size_t c = 0; c < gates[g].cell_count; c++)
            for (size_t i = 0; i < gates[g].cells[c].row_count; i++)
                if (pb_gate_row_is_shown(&gates[g].cells[c].rows[i]))
                    add_row_markdown(out, &gates[g].cells[c], &gates[g].cells[c].rows[i]);
    }
}

const struct pb_gate_format pb_gate_formats[] = {{"text", render_text},
                                                 {"json", pb_gate_render_json},
                                                 {"markdown", render_markdown},
                                                 {NULL, NULL}};

const struct pb_gate_format *pb_gate_format_find(const char *name)
{
    for (const struct pb_gate_format *f = pb_gate_formats; f->name; f++)
        if (strcmp(f->name, name) == 0) return f;
    return NULL;
}
