/* SPDX-License-Identifier: MIT */
#include "reports/model.h"

#include "sample_journal.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct pb_cell *cell(const struct pb_report_model *m, size_t phase, const char *arm)
{
    const struct pb_report_phase *p = &m->registries[0].phases[phase];
    for (size_t i = 0; i < p->cell_count; i++)
        if (strcmp(p->cells[i]->arm, arm) == 0) return p->cells[i];
    cr_assert_fail("no cell %s", arm);
    return NULL;
}

Test(model, cells_count_what_counts)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    struct pb_err err = PB_ERR_INIT;
    make_sample_journal(&journal);
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0, "%s", err.msg);

    const struct pb_cell *plumb = cell(&model, 0, "plumb");
    cr_expect_eq(plumb->outcome, PB_OUTCOME_OK);
    cr_expect_eq(plumb->sample_count, 3, "warm-up and traced samples do not count");
    cr_expect_float_eq(plumb->metric[PB_M_WALL].mean, 2 * 2.5e9 * 1.2, 1e3);
    cr_expect_float_eq(plumb->metric[PB_M_WALL].sd, 2 * 2.5e9 * 0.1, 1e3);
    cr_expect_not(plumb->metric[PB_M_LOCK].has);
    cr_expect_str_eq(plumb->metric[PB_M_LOCK].reason, "not looked at");

    cr_expect_eq(cell(&model, 1, "bun")->outcome, PB_OUTCOME_INVALID, "one bad round condemns");
    cr_expect_eq(cell(&model, 0, "yarn")->outcome, PB_OUTCOME_FAILED, "so does the warm-up");
    cr_expect_eq(cell(&model, 1, "yarn")->outcome, PB_OUTCOME_SEED_FAILED);
    cr_expect_eq(cell(&model, 0, "pnpm")->outcome, PB_OUTCOME_UNSUPPORTED);
    cr_expect(model.registries[0].has_results);
    cr_expect_not(model.registries[1].has_results);
    pb_report_model_release(&model);
    pb_journal_data_release(&journal);
}

Test(model, rows_are_in_the_order_of_the_seed_tables)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    struct pb_err err = PB_ERR_INIT;
    make_sample_journal(&journal);
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0, "%s", err.msg);
    static const char *const order[] = {"bun", "plumb", "pnpm", "utoo-next", "utoo", "yarn"};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        cr_expect_str_eq(model.registries[0].phases[0].cells[i]->arm, order[i]);
    pb_report_model_release(&model);
    pb_journal_data_release(&journal);
}
