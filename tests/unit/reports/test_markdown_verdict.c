/* SPDX-License-Identifier: MIT */
#include "reports/markdown_parts.h"

#include "tests/unit/harness/gate/gate_journal.h"

#include <criterion/criterion.h>
#include <string.h>

static struct pb_journal_data journal;

static void make_journal(void)
{
    gate_journal_make(&journal);
}

static void release_journal(void)
{
    pb_journal_data_release(&journal);
}

TestSuite(markdown_verdict, .init = make_journal, .fini = release_journal);

static void add(const char *phase, enum pb_stage stage, int n, double change)
{
    gate_journal_add(&journal, phase, stage, n, change);
}

static void expect_verdict(const char *candidate, const char *expected, bool regression,
                           bool change)
{
    struct pb_report_model model;
    struct pb_report_gates gates;
    struct pb_err err = PB_ERR_INIT;
    struct pb_arena arena = PB_ARENA_INIT;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(10000);
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_report_model_compare(&model, NULL, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_report_gates_make(&model, candidate, &arena, &gates, &err), 0, "%s", err.msg);
    pb_md_add_verdict(&out, &model, &gates);
    cr_expect_str_eq(out.p, expected, "%s", out.p);
    cr_expect_eq(pb_gates_have_regression(&gates), regression);
    cr_expect_eq(pb_gates_have_change(&gates), change);
    pb_arena_release(&arena);
    pb_report_model_release(&model);
}

Test(markdown_verdict, confirmed_and_quiet)
{
    journal.run.candidates[0] = "head";
    journal.run.candidate_count = 1;
    add("p1_resolve", PB_STAGE_SCREEN, 10, 0.1);
    add("p1_resolve", PB_STAGE_CONFIRM, 10, 0.1);
    add("p4_warm_link", PB_STAGE_SCREEN, 10, 0);
    expect_verdict(NULL,
                   "**🔴 `head` against `base`: regression** — slower, seen twice on fresh "
                   "state.\n\n"
                   "- **Worse**: `p1_resolve` (+10.3%).\n"
                   "- How sure: `p1_resolve` between +9.2% and +10.8% (level 95.1%), 10 of 10 "
                   "rounds slower; on fresh state 10 of 10 rounds slower: seen, and seen again on "
                   "fresh state.\n"
                   "- Could not have been seen: `p4_warm_link` less than 0.8%.\n\n",
                   true, true);
}

Test(markdown_verdict, better_and_suspected)
{
    add("p1_resolve", PB_STAGE_SCREEN, 10, 0.1);
    add("p4_warm_link", PB_STAGE_SCREEN, 10, -0.2);
    add("p4_warm_link", PB_STAGE_CONFIRM, 10, -0.2);
    expect_verdict("head",
                   "**⚪ `head` against `base`: inconclusive** — no regression was confirmed, but "
                   "one above the threshold cannot be excluded.\n\n"
                   "- **Better**: `p4_warm_link` (−19.8%).\n"
                   "- Suspected: `p1_resolve` (+10.3%).\n"
                   "- How sure: `p1_resolve` between +9.2% and +10.8% (level 95.1%), 10 of 10 "
                   "rounds slower: a change was seen; it is not confirmed on fresh state yet; "
                   "`p4_warm_link` between −20.6% and −19.4% (level 95.1%), 10 of 10 rounds "
                   "faster; on fresh state 10 of 10 rounds faster: seen, and seen again on fresh "
                   "state.\n\n",
                   false, true);
}

Test(markdown_verdict, nothing_changed)
{
    add("p1_resolve", PB_STAGE_SCREEN, 5, 0);
    add("p4_warm_link", PB_STAGE_SCREEN, 5, 0);
    expect_verdict("head",
                   "**✅ `head` against `base`: passes** — no regression, and one above the "
                   "threshold would have been seen.\n\n"
                   "- No change seen.\n"
                   "- Could not have been seen: `p1_resolve` less than 1.5%, `p4_warm_link` less "
                   "than 1.5%.\n\n",
                   false, false);
}

Test(markdown_verdict, more_work_and_no_figures)
{
    add("p1_resolve", PB_STAGE_SCREEN, 5, 0);
    for (size_t i = 0; i < journal.sample_count; i++)
        if (strcmp(journal.samples[i]->arm, "head") == 0)
            pb_metric_set(&journal.samples[i]->metrics, PB_M_REQUESTS_METADATA, 41);
    expect_verdict("head",
                   "**🔴 `head` against `base`: regression** — not slower by the clock, but worse "
                   "by another gated figure.\n\n"
                   "- **Worse**: `p1_resolve` requests_metadata more (40 -> 41).\n"
                   "- Could not have been seen: `p1_resolve` less than 1.5%.\n"
                   "- No verdict: `p4_warm_link`: head: no sample was taken.\n\n",
                   true, true);
}

/* A run that names no baseline compares arms: then the headline stands there. */
Test(markdown_verdict, without_a_candidate)
{
    journal.arms[0].baseline_of = NULL;
    add("p1_resolve", PB_STAGE_SCREEN, 5, 0.5);
    expect_verdict(
        NULL, "**base has the shortest median wall time in 1 of 1 phase. The lead is clear.**\n\n",
        false, false);
}

Test(markdown_verdict, an_unknown_candidate_is_an_error)
{
    struct pb_report_model model;
    struct pb_report_gates gates;
    struct pb_err err = PB_ERR_INIT;
    struct pb_arena arena = PB_ARENA_INIT;
    add("p1_resolve", PB_STAGE_SCREEN, 5, 0);
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0);
    cr_assert_eq(pb_report_model_compare(&model, NULL, &err), 0);
    cr_expect_eq(pb_report_gates_make(&model, "nobody", &arena, &gates, &err), -1);
    cr_expect_eq(err.code, PB_E_USAGE);
    pb_arena_release(&arena);
    pb_report_model_release(&model);
}
