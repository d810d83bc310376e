/* SPDX-License-Identifier: MIT */
/* Folded: every change of wall time against the baseline, and what else moved. */
#include "reports/markdown_parts.h"

#include "harness/stats/false_discovery.h"
#include "reports/markdown_text.h"
#include "reports/values.h"

#include <math.h>

#define FALSE_DISCOVERY_RATE 0.05

/* Without a candidate: all that could be compared. */
static bool is_shown(const struct pb_cell *cell, const struct pb_report_gates *gates)
{
    if (!cell->against_baseline) return false;
    if (gates->n) return pb_gates_cell(gates, cell) != NULL;
    return cell->verdict_reason && cell->against_baseline[PB_M_WALL].has;
}

static void add_cell_name(struct pb_buf *out, const struct pb_report_model *model,
                          const struct pb_cell *cell)
{
    pb_buf_add_cstr(out, "| ");
    if (model->registry_count > 1) {
        pb_md_text(out, cell->registry);
        pb_buf_add_char(out, ' ');
    }
    pb_md_text(out, cell->phase);
    pb_buf_add_cstr(out, " | ");
    pb_md_text(out, cell->arm);
    pb_buf_add_cstr(out, " | ");
}

static void add_interval(struct pb_buf *out, const struct pb_paired *p)
{
    char low[32], high[32];
    pb_show_change(p->low, low);
    pb_show_change(p->high, high);
    if (p->has_interval)
        pb_buf_printf(out, "%s … %s | %.1f%% | ", low, high, 100 * p->level);
    else
        pb_buf_add_cstr(out, "- | - | ");
}

static void add_wall_row(struct pb_buf *out, const struct pb_report_model *model,
                         const struct pb_report_gates *gates, const struct pb_cell *cell)
{
    const struct pb_gate_cell *judged = pb_gates_cell(gates, cell);
    const struct pb_comparison *wall = &cell->against_baseline[PB_M_WALL];
    add_cell_name(out, model, cell);
    if (!wall->has) {
        pb_buf_add_cstr(out, "- | - | - | - | - | ");
    } else {
        const struct pb_paired *p = &wall->paired;
        char change[32];
        pb_show_change(p->estimate, change);
        pb_buf_printf(out, "%s | ", change);
        add_interval(out, p);
        pb_buf_printf(out, "%zu / %zu of %zu | ", p->positive, p->negative, p->n);
        if (p->has_interval)
            pb_buf_printf(out, "%.1f%% | ", 100 * expm1(p->smallest_visible));
        else
            pb_buf_add_cstr(out, "- | ");
    }
    pb_buf_printf(out, "%s: ", pb_verdict_name(judged ? judged->verdict : cell->verdict));
    pb_md_text(out, judged ? judged->reason : cell->verdict_reason);
    pb_buf_add_cstr(out, " |\n");
}

static void add_wall(struct pb_buf *out, const struct pb_report_model *model,
                     const struct pb_report_gates *gates)
{
    pb_buf_add_cstr(out, "<details><summary>Wall time against ");
    pb_md_text(out, model->baseline);
    pb_buf_add_cstr(out, ", paired by round</summary>\n\n"
                         "| phase | PM | change | interval | level | slower / faster | smallest "
                         "visible | verdict |\n|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < model->cell_count; i++)
        if (is_shown(model->cells[i], gates)) add_wall_row(out, model, gates, model->cells[i]);
    pb_buf_add_cstr(out, "\n</details>\n\n");
}

struct moves {
    double *q;
    size_t n;
};

static bool is_tested(const struct pb_cell *cell, enum pb_metric m)
{
    return m != PB_M_WALL && pb_metric_table[m].nature == PB_TIMED &&
           cell->against_baseline[m].has && cell->against_baseline[m].paired.n > 1;
}

/* The adjusted p values of the candidate's other figures, in table order. */
static struct moves test_all(struct pb_arena *arena, const struct pb_report_model *model,
                             const struct pb_report_gates *gates)
{
    struct moves moves = {PB_ARENA_ARRAY(arena, double, model->cell_count *PB_METRIC_COUNT), 0};
    for (size_t i = 0; i < model->cell_count; i++)
        for (int m = 0; m < PB_METRIC_COUNT && is_shown(model->cells[i], gates); m++)
            if (is_tested(model->cells[i], (enum pb_metric)m))
                moves.q[moves.n++] = model->cells[i]->against_baseline[m].paired.p;
    pb_adjust_p(moves.q, moves.n, PB_ARENA_ARRAY(arena, size_t, moves.n));
    return moves;
}

static void add_move(struct pb_buf *out, const struct pb_report_model *model,
                     const struct pb_cell *cell, enum pb_metric m, double q)
{
    const struct pb_paired *p = &cell->against_baseline[m].paired;
    char change[32];
    pb_show_change(p->estimate, change);
    add_cell_name(out, model, cell);
    pb_buf_printf(out, "%s | %s | ", pb_metric_table[m].name, change);
    add_interval(out, p);
    pb_buf_printf(out, "%.2g |\n", q);
}

static void add_moves(struct pb_buf *out, const struct pb_report_model *model,
                      const struct pb_report_gates *gates)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct moves moves = test_all(&arena, model, gates);
    size_t at = 0, shown = 0;
    for (size_t i = 0; i < model->cell_count; i++)
        for (int m = 0; m < PB_METRIC_COUNT && is_shown(model->cells[i], gates); m++) {
            if (!is_tested(model->cells[i], (enum pb_metric)m)) continue;
            double q = moves.q[at++];
            if (q > FALSE_DISCOVERY_RATE) continue;
            if (shown++ == 0)
                pb_buf_printf(out,
                              "<details><summary>Other figures that moved</summary>\n\n"
                              "Of %zu tested; about one in twenty of these is chance.\n\n"
                              "| phase | PM | metric | change | interval | level | q |\n"
                              "|---|---|---|---|---|---|---|\n",
                              moves.n);
            add_move(out, model, model->cells[i], (enum pb_metric)m, q);
        }
    if (shown) pb_buf_add_cstr(out, "\n</details>\n\n");
    pb_arena_release(&arena);
}

void pb_md_add_changes(struct pb_md_parts *parts, const struct pb_report_model *model,
                       const struct pb_report_gates *gates)
{
    size_t shown = 0;
    for (size_t i = 0; i < model->cell_count; i++)
        shown += is_shown(model->cells[i], gates);
    if (shown == 0) return;
    add_wall(pb_md_part(parts, PB_MD_CHANGES), model, gates);
    if (gates->n) add_moves(pb_md_part(parts, PB_MD_CHANGES), model, gates);
}
