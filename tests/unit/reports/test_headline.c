/* SPDX-License-Identifier: MIT */
#include "reports/headline.h"

#include "sample_journal.h"

#include <criterion/criterion.h>

static void expect_headline(const struct pb_journal_data *journal, const char *baseline,
                            const char *expected)
{
    struct pb_report_model model;
    struct pb_err err = PB_ERR_INIT;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(10000);
    cr_assert_eq(pb_report_model_make(journal, &model, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_report_model_compare(&model, baseline, &err), 0, "%s", err.msg);
    pb_add_headline(&out, &model);
    cr_expect_str_eq(out.p, expected, "%s", out.p);
    pb_report_model_release(&model);
}

Test(headline, names_the_fastest)
{
    struct pb_journal_data journal;
    make_sample_journal(&journal);
    expect_headline(&journal, NULL,
                    "utoo has the shortest median wall time in 2 of 2 phases. The lead is "
                    "clear in none of them.");
    pb_journal_data_release(&journal);
}

Test(headline, begins_with_the_candidate_of_a_gate)
{
    struct pb_journal_data journal;
    make_gate_journal(&journal);
    expect_headline(&journal, NULL,
                    "utoo-next against utoo: slower in p1_resolve (+10.0%); equivalent in "
                    "p4_warm_link (±0.0%). utoo has the shortest median wall time in 2 of 2 "
                    "phases. The lead is clear in 1 of them.");
    pb_journal_data_release(&journal);
}

Test(headline, says_when_there_is_nothing_to_say)
{
    struct pb_journal_data journal = {.arena = PB_ARENA_INIT};
    expect_headline(&journal, NULL, "No phase has valid figures of two arms to compare.");
}
