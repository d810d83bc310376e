/* SPDX-License-Identifier: MIT */
/* The top of a comment: what changed, how sure that is, what could not be seen. */
#include "reports/markdown_parts.h"

#include "reports/gate_report.h"
#include "reports/headline.h"
#include "reports/markdown_text.h"
#include "reports/values.h"

#include <math.h>
#include <stdio.h>

enum { ROWS_NAMED = 6, GATES_SHOWN = 4 };

struct verdict {
    const struct pb_gate *gate;
    bool names_registry; /* there are several */
    struct pb_buf *out;
};
typedef bool chosen(const struct pb_gate_row *row);
typedef void add(const struct verdict *v, const struct pb_gate_cell *cell,
                 const struct pb_gate_row *row);

static void add_place(const struct verdict *v, const struct pb_gate_cell *cell,
                      const struct pb_gate_row *row)
{
    if (v->names_registry) {
        pb_md_text(v->out, cell->registry);
        pb_buf_add_char(v->out, ' ');
    }
    pb_md_code(v->out, cell->phase);
    if (row->kind == PB_GATE_ROW_TIMED && row->metric == PB_M_WALL) return;
    pb_buf_add_char(v->out, ' ');
    pb_md_text(v->out, row->name);
}

/* "`p3` (+10.0%)", "`p3` more requests_tarball (12 -> 14)" */
static void add_change(const struct verdict *v, const struct pb_gate_cell *cell,
                       const struct pb_gate_row *row)
{
    char change[128];
    add_place(v, cell, row);
    if (row->kind != PB_GATE_ROW_TIMED) {
        pb_gate_show_effect(row, change);
        if (*change) pb_buf_printf(v->out, " %s (%s)", pb_gate_row_word(row), change);
        return;
    }
    pb_show_change(row->decision.screen.estimate, change);
    pb_buf_printf(v->out, " (%s)", change);
}

static void add_rounds(struct pb_buf *out, const struct pb_paired *p)
{
    bool slower = p->median > 0;
    pb_buf_printf(out, "%zu of %zu rounds %s", slower ? p->positive : p->negative, p->n,
                  slower ? "slower" : "faster");
}

static void add_certainty(const struct verdict *v, const struct pb_gate_cell *cell,
                          const struct pb_gate_row *row)
{
    const struct pb_paired *p = &row->decision.screen, *again = &row->decision.confirmation;
    add_place(v, cell, row);
    if (p->has_interval) {
        char low[32], high[32];
        pb_show_change(p->low, low);
        pb_show_change(p->high, high);
        pb_buf_printf(v->out, " between %s and %s (level %.1f%%)", low, high, 100 * p->level);
    }
    pb_buf_add_cstr(v->out, ", ");
    add_rounds(v->out, p);
    if (again->n) {
        pb_buf_add_cstr(v->out, "; on fresh state ");
        add_rounds(v->out, again);
    }
    pb_buf_add_cstr(v->out, ": ");
    pb_md_text(v->out, row->reason);
}

static void add_blind_spot(const struct verdict *v, const struct pb_gate_cell *cell,
                           const struct pb_gate_row *row)
{
    const struct pb_paired *p = &row->decision.screen;
    add_place(v, cell, row);
    if (p->has_interval)
        pb_buf_printf(v->out, " less than %.1f%%", 100 * expm1(p->smallest_visible));
    else
        pb_buf_add_cstr(v->out, " anything: too few rounds");
}

static void add_reason(const struct verdict *v, const struct pb_gate_cell *cell,
                       const struct pb_gate_row *row)
{
    add_place(v, cell, row);
    pb_buf_add_cstr(v->out, ": ");
    pb_md_text(v->out, row->reason ? row->reason : cell->reason);
}

static bool is_timed(const struct pb_gate_row *row)
{
    return row->kind == PB_GATE_ROW_TIMED;
}

static bool is_slower(const struct pb_gate_row *row)
{
    return row->verdict == PB_VERDICT_SLOWER;
}

static bool is_faster(const struct pb_gate_row *row)
{
    return row->verdict == PB_VERDICT_FASTER;
}

static bool is_changed_time(const struct pb_gate_row *row)
{
    return is_timed(row) && (is_slower(row) || is_faster(row));
}

/* Seen, and not seen again on fresh state, or not looked for again. */
static bool is_suspected(const struct pb_gate_row *row)
{
    return is_timed(row) && row->verdict == PB_VERDICT_INCONCLUSIVE &&
           (row->decision.wants_confirmation || row->decision.confirmation.n);
}

static bool is_unchanged(const struct pb_gate_row *row)
{
    return is_timed(row) && !is_changed_time(row) && !is_suspected(row) &&
           row->verdict != PB_VERDICT_INVALID;
}

static bool is_invalid(const struct pb_gate_row *row)
{
    return row->verdict == PB_VERDICT_INVALID;
}

static bool is_moved_time(const struct pb_gate_row *row)
{
    return is_changed_time(row) || is_suspected(row);
}

/* `lead`, then the gated rows, set off by `between`, then `end`. Returns how many. */
static size_t add_rows(const struct verdict *v, chosen *is, const char *lead, const char *between,
                       const char *end, add *row_text)
{
    size_t n = 0;
    for (size_t c = 0; c < v->gate->cell_count; c++)
        for (size_t i = 0; i < v->gate->cells[c].row_count; i++) {
            const struct pb_gate_cell *cell = &v->gate->cells[c];
            if (!cell->rows[i].gated || !is(&cell->rows[i]) || n++ >= ROWS_NAMED) continue;
            pb_buf_add_cstr(v->out, n == 1 ? lead : between);
            row_text(v, cell, &cell->rows[i]);
        }
    if (n > ROWS_NAMED) pb_buf_printf(v->out, "%sand %zu more", between, n - ROWS_NAMED);
    if (n) pb_buf_add_cstr(v->out, end);
    return n;
}

static const char *sign_of(const struct pb_gate *gate)
{
    static const char *const signs[] = {[PB_GATE_PASSES] = "✅",
                                        [PB_GATE_REGRESSION] = "🔴",
                                        [PB_GATE_INVALID] = "⚠️",
                                        [PB_GATE_INCONCLUSIVE] = "⚪"};
    bool better = gate->answer == PB_GATE_PASSES && gate->verdicts[PB_VERDICT_FASTER];
    return better ? "🟢" : signs[gate->answer];
}

static void add_gate(const struct verdict *v)
{
    pb_buf_printf(v->out, "**%s ", sign_of(v->gate));
    pb_md_code(v->out, v->gate->candidate);
    pb_buf_add_cstr(v->out, " against ");
    pb_md_code(v->out, v->gate->baseline);
    pb_buf_printf(v->out, ": %s** — ", pb_gate_answer_name(v->gate->answer));
    pb_md_text(v->out, v->gate->reason);
    pb_buf_add_cstr(v->out, ".\n\n");
    size_t n = add_rows(v, is_slower, "- **Worse**: ", ", ", ".\n", add_change);
    n += add_rows(v, is_faster, "- **Better**: ", ", ", ".\n", add_change);
    n += add_rows(v, is_suspected, "- Suspected: ", ", ", ".\n", add_change);
    if (n == 0) pb_buf_add_cstr(v->out, "- No change seen.\n");
    (void)add_rows(v, is_moved_time, "- How sure: ", "; ", ".\n", add_certainty);
    (void)add_rows(v, is_unchanged, "- Could not have been seen: ", ", ", ".\n", add_blind_spot);
    (void)add_rows(v, is_invalid, "- No verdict: ", "; ", ".\n", add_reason);
    pb_buf_add_char(v->out, '\n');
}

void pb_md_add_verdict(struct pb_buf *out, const struct pb_report_model *model,
                       const struct pb_report_gates *gates)
{
    for (size_t i = 0; i < gates->n && i < GATES_SHOWN; i++)
        add_gate(&(struct verdict){&gates->items[i], model->registry_count > 1, out});
    if (gates->n > GATES_SHOWN)
        pb_buf_printf(out, "_And %zu more candidates: see the table of changes._\n\n",
                      gates->n - GATES_SHOWN);
    if (gates->n) return;
    PB_AUTO_BUF struct pb_buf headline = PB_BUF_INIT(1 << 16);
    pb_add_headline(&headline, model);
    pb_buf_add_cstr(out, "**");
    pb_md_text(out, headline.p);
    pb_buf_add_cstr(out, "**\n\n");
}
