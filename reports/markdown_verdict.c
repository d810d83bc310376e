/* SPDX-License-Identifier: MIT */
/* The top of a comment: what changed, how sure that is, what could not be seen. */
#include "reports/markdown_parts.h"

#include "reports/headline.h"
#include "reports/markdown_text.h"
#include "reports/values.h"
#include "reports/verdicts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CELLS_NAMED = 6 };

struct verdict_line {
    const struct pb_report_model *model;
    const char *candidate;
    struct pb_buf *out;
};

static void add_cell_name(const struct verdict_line *v, const struct pb_cell *cell)
{
    if (v->model->registry_count > 1) {
        pb_md_text(v->out, cell->registry);
        pb_buf_add_char(v->out, ' ');
    }
    pb_md_code(v->out, cell->phase);
}

static const struct pb_paired *wall_of(const struct pb_cell *cell)
{
    const struct pb_comparison *wall = &cell->against_baseline[PB_M_WALL];
    return wall->has ? &wall->paired : NULL;
}

static void add_change(const struct verdict_line *v, const struct pb_cell *cell)
{
    char change[32];
    add_cell_name(v, cell);
    if (!wall_of(cell)) return;
    pb_show_change(wall_of(cell)->estimate, change);
    pb_buf_printf(v->out, " (%s)", change);
}

/* "between +9.1% and +11.0% (95.1%), 10 of 10 rounds" */
static void add_certainty(const struct verdict_line *v, const struct pb_cell *cell)
{
    const struct pb_paired *p = wall_of(cell);
    add_cell_name(v, cell);
    if (!p) return;
    if (p->has_interval) {
        char low[32], high[32];
        pb_show_change(p->low, low);
        pb_show_change(p->high, high);
        pb_buf_printf(v->out, " between %s and %s (level %.1f%%)", low, high, 100 * p->level);
    } else {
        pb_buf_printf(v->out, " too few rounds for an interval");
    }
    pb_buf_printf(v->out, ", %zu of %zu rounds %s, ", p->median > 0 ? p->positive : p->negative,
                  p->n, p->median > 0 ? "slower" : "faster");
    pb_md_text(v->out, cell->verdict_reason);
}

static void add_blind_spot(const struct verdict_line *v, const struct pb_cell *cell)
{
    const struct pb_paired *p = wall_of(cell);
    add_cell_name(v, cell);
    if (p && p->has_interval)
        pb_buf_printf(v->out, " less than %.1f%%", 100 * expm1(p->smallest_visible));
    else
        pb_buf_add_cstr(v->out, " anything: too few rounds");
}

static void add_reason(const struct verdict_line *v, const struct pb_cell *cell)
{
    add_cell_name(v, cell);
    pb_buf_add_cstr(v->out, ": ");
    pb_md_text(v->out, cell->reason ? cell->reason : cell->verdict_reason);
}

static bool is_one_of(const struct pb_cell *cell, unsigned verdicts)
{
    return verdicts >> cell->verdict & 1u;
}

/* `lead`, then the candidate's cells of these verdicts, set off by `between`, then `end`. */
static void add_cells(const struct verdict_line *v, unsigned verdicts, const char *lead,
                      const char *between, const char *end,
                      void (*add)(const struct verdict_line *v, const struct pb_cell *cell))
{
    size_t n = 0;
    for (size_t i = 0; i < v->model->cell_count; i++) {
        const struct pb_cell *cell = v->model->cells[i];
        if (!pb_cell_is_judged(cell, v->candidate) || !is_one_of(cell, verdicts)) continue;
        if (n++ < CELLS_NAMED) {
            pb_buf_add_cstr(v->out, n == 1 ? lead : between);
            add(v, cell);
        }
    }
    if (n > CELLS_NAMED) pb_buf_printf(v->out, "%sand %zu more", between, n - CELLS_NAMED);
    if (n) pb_buf_add_cstr(v->out, end);
}

#define BIT(verdict) (1u << PB_VERDICT_##verdict)

static const char *sign_of(const struct pb_verdict_counts *n)
{
    if (n->of[PB_VERDICT_SLOWER]) return "🔴";
    if (n->of[PB_VERDICT_INVALID]) return "⚠️";
    if (n->of[PB_VERDICT_FASTER]) return "🟢";
    return n->of[PB_VERDICT_INCONCLUSIVE] ? "⚪" : "✅";
}

static void add_what_changed(const struct verdict_line *v, const struct pb_verdict_counts *n)
{
    size_t changed = n->of[PB_VERDICT_SLOWER] + n->of[PB_VERDICT_FASTER];
    size_t unchanged = n->of[PB_VERDICT_EQUIVALENT] + n->of[PB_VERDICT_INCONCLUSIVE];
    pb_buf_printf(v->out, "**%s ", sign_of(n));
    pb_md_code(v->out, v->candidate);
    pb_buf_add_cstr(v->out, " against ");
    pb_md_code(v->out, v->model->baseline);
    pb_buf_add_cstr(v->out, ": ");
    add_cells(v, BIT(SLOWER), "slower in ", ", ", "; ", add_change);
    add_cells(v, BIT(FASTER), "faster in ", ", ", "; ", add_change);
    if (unchanged)
        pb_buf_printf(v->out, "no change seen in %zu %s%s", unchanged,
                      unchanged == 1 ? "cell" : "cells", n->of[PB_VERDICT_INVALID] ? "; " : "");
    if (n->of[PB_VERDICT_INVALID])
        pb_buf_printf(v->out, "no verdict in %zu", n->of[PB_VERDICT_INVALID]);
    if (changed && !unchanged && !n->of[PB_VERDICT_INVALID])
        v->out->n -= 2, v->out->p[v->out->n] = '\0';
    pb_buf_add_cstr(v->out, ".**\n\n");
}

void pb_md_add_verdict(struct pb_buf *out, const struct pb_report_model *model,
                       const char *candidate)
{
    const struct verdict_line v = {model, pb_report_candidate(model, candidate), out};
    struct pb_verdict_counts counts = pb_count_verdicts(model, v.candidate);
    if (!v.candidate || counts.cells == 0) {
        PB_AUTO_BUF struct pb_buf headline = PB_BUF_INIT(1 << 16);
        pb_add_headline(&headline, model);
        pb_buf_add_cstr(out, "**");
        pb_md_text(out, headline.p);
        pb_buf_add_cstr(out, "**\n\n");
        return;
    }
    add_what_changed(&v, &counts);
    add_cells(&v, BIT(SLOWER) | BIT(FASTER), "- How sure: ", "; ", ".\n", add_certainty);
    add_cells(&v, BIT(EQUIVALENT) | BIT(INCONCLUSIVE), "- Could not have been seen: ", ", ", ".\n",
              add_blind_spot);
    add_cells(&v, BIT(INVALID), "- No verdict: ", "; ", ".\n", add_reason);
    pb_buf_add_char(out, '\n');
}
