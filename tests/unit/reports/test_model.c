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

static void make_compared(struct pb_journal_data *journal, struct pb_report_model *model,
                          const char *baseline)
{
    struct pb_err err = PB_ERR_INIT;
    make_gate_journal(journal);
    cr_assert_eq(pb_report_model_make(journal, model, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_report_model_compare(model, baseline, &err), 0, "%s", err.msg);
}

static void release(struct pb_journal_data *journal, struct pb_report_model *model)
{
    pb_report_model_release(model);
    pb_journal_data_release(journal);
}

Test(model, the_journals_baseline_comes_first)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    make_compared(&journal, &model, NULL);
    cr_expect_str_eq(model.baseline, "utoo");
    cr_expect_str_eq(model.limit, "limit");
    const struct pb_cell *next = cell(&model, 0, "utoo-next"), *base = cell(&model, 0, "utoo");
    cr_expect_null(base->against_baseline);
    cr_expect_null(base->verdict_reason);
    cr_expect_eq(next->verdict, PB_VERDICT_SLOWER);
    const struct pb_comparison *wall = &next->against_baseline[PB_M_WALL];
    cr_assert(wall->has && wall->paired.has_interval);
    cr_expect_eq(wall->paired.n, 10);
    cr_expect_float_eq(pb_relative_change(wall->paired.estimate), 0.10, 0.005);
    cr_expect_eq(wall->paired.positive, 10);
    cr_expect_eq(cell(&model, 1, "utoo-next")->verdict, PB_VERDICT_EQUIVALENT);
    release(&journal, &model);
}

Test(model, without_a_declared_baseline_it_is_the_first_arm_that_is_no_limit)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    struct pb_err err = PB_ERR_INIT;
    make_gate_journal(&journal);
    for (size_t i = 0; i < journal.arm_count; i++)
        journal.arms[i].baseline_of = NULL;
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_report_model_compare(&model, NULL, &err), 0, "%s", err.msg);
    cr_expect_str_eq(model.baseline, "utoo", "arms[0] is the limit");
    release(&journal, &model);
}

Test(model, an_unknown_baseline_is_refused)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    struct pb_err err = PB_ERR_INIT;
    make_gate_journal(&journal);
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0, "%s", err.msg);
    cr_expect_eq(pb_report_model_compare(&model, "nobody", &err), -1);
    cr_expect_eq(err.code, PB_E_USAGE);
    release(&journal, &model);
}

Test(model, distance_from_the_limit_is_paired_too)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    make_compared(&journal, &model, NULL);
    const struct pb_cell *base = cell(&model, 0, "utoo"), *limit = cell(&model, 0, "limit");
    cr_assert(base->against_limit.has);
    cr_expect_float_eq(pb_relative_change(base->against_limit.paired.estimate), 1.5, 0.02);
    cr_expect_null(limit->verdict_reason, "the limit is no candidate");
    cr_expect_str_eq(model.registries[0].phases[0].fastest->arm, "utoo", "nor is it the fastest");
    cr_expect_str_eq(model.registries[0].phases[0].ranked[0]->arm, "limit", "but first in rank");
    release(&journal, &model);
}

Test(model, what_cannot_be_compared_says_why)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    struct pb_err err = PB_ERR_INIT;
    make_compared(&journal, &model, NULL);
    const struct pb_comparison *none = &cell(&model, 0, "utoo-next")->against_baseline[PB_M_NET_RX];
    cr_expect(!none->has && none->reason, "zero over zero is no ratio");
    release(&journal, &model);

    make_sample_journal(&journal);
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_report_model_compare(&model, "yarn", &err), 0, "%s", err.msg);
    cr_expect_str_eq(cell(&model, 0, "bun")->against_baseline[PB_M_WALL].reason,
                     "the baseline has no valid figures");
    cr_expect_eq(cell(&model, 0, "bun")->verdict, PB_VERDICT_INVALID);
    cr_expect_str_eq(cell(&model, 0, "pnpm")->against_baseline[PB_M_WALL].reason,
                     "this cell has no valid figures");
    cr_expect_str_eq(cell(&model, 0, "bun")->against_limit.reason, "there is no limit arm");
    release(&journal, &model);
}

/* A round that one of them lacks counts for neither; order in the file does not matter. */
Test(model, pairs_are_of_one_round)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    struct pb_err err = PB_ERR_INIT;
    make_gate_journal(&journal);
    struct pb_sample *first = journal.samples[0];
    for (size_t i = 0; i + 1 < journal.sample_count; i++)
        journal.samples[i] = journal.samples[i + 1];
    journal.samples[journal.sample_count - 1] = first;
    for (size_t i = 0; i < journal.sample_count; i++)
        if (journal.samples[i]->round == 4 && strcmp(journal.samples[i]->arm, "utoo") == 0)
            journal.samples[i]->round = 11;
    journal.ended = false; /* a finished run without it would have no figures at all */
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_report_model_compare(&model, NULL, &err), 0, "%s", err.msg);
    cr_expect_eq(cell(&model, 0, "utoo-next")->against_baseline[PB_M_WALL].paired.n, 9);
    release(&journal, &model);
}

Test(model, the_interval_holds_the_median_and_outliers_are_marked)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    struct pb_err err = PB_ERR_INIT;
    make_gate_journal(&journal);
    for (size_t i = 0; i < journal.sample_count; i++)
        if (journal.samples[i]->round == 3 && strcmp(journal.samples[i]->arm, "utoo") == 0)
            journal.samples[i]->metrics.value[PB_M_WALL] *= 2;
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0, "%s", err.msg);
    const struct pb_cell *base = cell(&model, 0, "utoo");
    cr_assert(base->wall_interval.has);
    cr_expect(base->wall_interval.low <= base->metric[PB_M_WALL].median &&
              base->metric[PB_M_WALL].median <= base->wall_interval.high);
    for (size_t i = 0; i < base->sample_count; i++)
        cr_expect_eq(base->is_outlier[i], base->samples[i]->round == 3, "round %d",
                     base->samples[i]->round);
    release(&journal, &model);
}

Test(model, digests_that_vary_are_noted)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    make_compared(&journal, &model, NULL);
    cr_expect_str_eq(cell(&model, 0, "utoo")->tree.digest, "c0ffee00c0ffee00");
    cr_expect_not(cell(&model, 0, "utoo")->tree.varies);
    cr_expect(cell(&model, 0, "utoo")->lock.varies);
    release(&journal, &model);
}

Test(model, without_the_line_of_the_run_the_samples_tell)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    struct pb_err err = PB_ERR_INIT;
    make_gate_journal(&journal);
    journal.run = (struct pb_journal_run){0};
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0, "%s", err.msg);
    cr_assert_eq(model.registry_count, 1);
    cr_expect_eq(model.run.phase_count, 2);
    cr_expect_eq(model.run.arm_count, 3);
    cr_expect_eq(model.run.rounds, 10);
    cr_expect_eq(cell(&model, 1, "utoo-next")->sample_count, 10);
    release(&journal, &model);
}

Test(model, an_empty_journal_is_an_empty_report)
{
    struct pb_journal_data journal = {.arena = PB_ARENA_INIT};
    struct pb_report_model model;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_report_model_compare(&model, NULL, &err), 0, "%s", err.msg);
    cr_expect_eq(model.registry_count, 0);
    cr_expect_null(model.baseline);
    pb_report_model_release(&model);
}

Test(model, time_goes_by_traced_samples_that_hold)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    make_compared(&journal, &model, NULL);
    const struct pb_time_splits *base = &cell(&model, 0, "utoo")->time,
                                *next = &cell(&model, 0, "utoo-next")->time,
                                *other = &cell(&model, 1, "utoo")->time;
    cr_assert_eq(base->wall.samples, 1);
    cr_expect_float_eq(pb_time_split_total(&base->wall), 2e9, 1);
    cr_expect_float_eq(base->wall.ns[PB_TIME_NETWORK], 0.6e9, 1);
    cr_assert_eq(next->threads.samples, 1);
    cr_expect_float_eq(next->threads.ns[PB_TIME_CPU], 1.5e9, 1, "a metric of the sample");
    cr_expect_float_eq(next->threads.ns[PB_TIME_LOCKS], 9e9, 1);
    cr_expect_float_eq(next->threads.ns[PB_TIME_RUN_QUEUE], 0.2e9, 1);
    cr_expect_eq(next->wall.samples, 0, "it failed");
    cr_expect_eq(other->wall.samples + other->threads.samples, 0, "not traced");
    cr_expect_eq(cell(&model, 0, "utoo-next")->outcome, PB_OUTCOME_OK,
                 "a traced sample that failed condemns nothing");
    release(&journal, &model);
}

Test(model, damaged_details_tell_nothing)
{
    static const char *const details[] = {
        "",
        "{",
        "[]",
        "{\"wall\":null}",
        "{\"wall\":{\"cpu_ns\":5}}",
        "{\"off_cpu\":7}",
        "{\"wall\":{\"cpu_ns\":-1,\"run_queue_ns\":1,\"disk_ns\":1,"
        "\"network_ns\":1,\"locks_ns\":1,\"other_ns\":1}}"};
    for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
        struct pb_time_splits splits = {0};
        struct pb_sample s = {.traced = true, .detail_json = details[i], .trace = "timeline"};
        pb_metric_set(&s.metrics, PB_M_CPU, 5);
        pb_time_splits_add(&splits, &s);
        s.trace = "sched";
        pb_time_splits_add(&splits, &s);
        cr_expect_eq(splits.wall.samples + splits.threads.samples, 0, "%s", details[i]);
    }
}
