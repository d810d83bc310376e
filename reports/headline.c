/* SPDX-License-Identifier: MIT */
#include "reports/headline.h"

#include "reports/lead.h"
#include "reports/values.h"

#include <stdlib.h>
#include <string.h>

struct wins {
    const char *arm;
    size_t count;
};

static int most_wins_first(const void *a, const void *b)
{
    const struct wins *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return strcmp(x->arm, y->arm);
}

/* Wins of each arm, sorted; returns in how many phases there was a contest. */
static size_t count_wins(const struct pb_report_model *model, struct wins wins[256], size_t *arms)
{
    size_t contests = 0;
    *arms = model->run.arm_count;
    for (size_t i = 0; i < *arms; i++)
        wins[i] = (struct wins){.arm = model->run.arms[i]};
    for (size_t r = 0; r < model->registry_count; r++)
        for (size_t p = 0; p < model->registries[r].phase_count; p++) {
            const struct pb_report_phase *phase = &model->registries[r].phases[p];
            if (phase->contestants < 2) continue;
            contests++;
            for (size_t i = 0; i < *arms; i++)
                wins[i].count += strcmp(wins[i].arm, phase->fastest->arm) == 0;
        }
    qsort(wins, *arms, sizeof *wins, most_wins_first);
    return contests;
}

static const char *phases(size_t n)
{
    return n == 1 ? "phase" : "phases";
}

/* Of the phases with a contest, those whose fastest arm is clearly ahead. */
static void add_certainty(struct pb_buf *out, const struct pb_report_model *model, size_t contests)
{
    size_t clear = 0;
    for (size_t r = 0; r < model->registry_count; r++)
        for (size_t p = 0; p < model->registries[r].phase_count; p++)
            clear += pb_lead_of(&model->registries[r].phases[p]) == PB_LEAD_CLEAR;
    if (contests == 1)
        pb_buf_printf(out, " The lead is %sclear.", clear ? "" : "not ");
    else if (clear == 0 || clear == contests)
        pb_buf_printf(out, " The lead is clear in %s of them.", clear ? "all" : "none");
    else
        pb_buf_printf(out, " The lead is clear in %zu of them.", clear);
}

static void add_fastest(struct pb_buf *out, const struct pb_report_model *model)
{
    enum { NAMED = 4 };
    struct wins wins[256];
    size_t arms, contests = count_wins(model, wins, &arms);
    if (contests == 0) {
        pb_buf_add_cstr(out, "No phase has valid figures of two arms to compare.");
        return;
    }
    pb_buf_printf(out, "%s has the shortest median wall time in %zu of %zu %s", wins[0].arm,
                  wins[0].count, contests, phases(contests));
    for (size_t i = 1; i < arms && i < NAMED && wins[i].count; i++)
        pb_buf_printf(out, ", %s in %zu", wins[i].arm, wins[i].count);
    pb_buf_add_char(out, '.');
    add_certainty(out, model, contests);
}

/* "slower in p0_full_cold (+12.0%), p1_resolve (+3.1%)" for the cells with this verdict. */
static void add_verdict(struct pb_buf *out, const struct pb_report_model *model, const char *arm,
                        enum pb_verdict verdict)
{
    size_t n = 0;
    for (size_t i = 0; i < model->cell_count; i++) {
        const struct pb_cell *cell = model->cells[i];
        if (strcmp(cell->arm, arm) != 0 || !cell->verdict_reason || cell->verdict != verdict)
            continue;
        if (n++ == 0)
            pb_buf_printf(out, "%s %s in ", out->p[out->n - 1] == ':' ? "" : ";",
                          pb_verdict_name(verdict));
        else
            pb_buf_add_cstr(out, ", ");
        if (model->registry_count > 1) pb_buf_printf(out, "%s ", cell->registry);
        pb_buf_add_cstr(out, cell->phase);
        if (!cell->against_baseline[PB_M_WALL].has) continue;
        char change[32];
        pb_show_change(cell->against_baseline[PB_M_WALL].paired.estimate, change);
        pb_buf_printf(out, " (%s)", change);
    }
}

static void add_candidate(struct pb_buf *out, const struct pb_report_model *model, const char *arm)
{
    pb_buf_printf(out, "%s against %s:", arm, model->baseline);
    for (enum pb_verdict v = PB_VERDICT_SLOWER; v <= PB_VERDICT_INVALID; v++)
        add_verdict(out, model, arm, v);
    pb_buf_add_cstr(out, ". ");
}

void pb_add_headline(struct pb_buf *out, const struct pb_report_model *model)
{
    const struct pb_journal_arm *baseline =
        model->baseline ? pb_report_arm(model, model->baseline) : NULL;
    if (baseline && baseline->baseline_of) add_candidate(out, model, baseline->baseline_of);
    add_fastest(out, model);
}

void pb_add_isolation(struct pb_buf *out, const struct pb_journal_run *run)
{
    for (size_t i = 0; i < run->isolation_count; i++)
        pb_buf_printf(out, "%s%s %s", i ? "; " : "Isolation: ", run->isolation[i].key,
                      run->isolation[i].value);
    if (run->isolation_count) pb_buf_add_char(out, '.');
}
