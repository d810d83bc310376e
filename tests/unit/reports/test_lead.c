/* SPDX-License-Identifier: MIT */
#include "../harness/gate/gate_journal.h"
#include "reports/lead.h"

#include <criterion/criterion.h>
#include <string.h>

static struct pb_journal_data journal;
static struct pb_report_model model;

static void make(int rounds, double change)
{
    gate_journal_make(&journal);
    journal.run.rounds = (unsigned)rounds;
    gate_journal_add(&journal, "p1_resolve", PB_STAGE_SCREEN, rounds, change);
}

static const struct pb_report_phase *compare(void)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_report_model_compare(&model, NULL, &err), 0, "%s", err.msg);
    return &model.registries[0].phases[0];
}

static void release(void)
{
    pb_report_model_release(&model);
    pb_journal_data_release(&journal);
}

static const struct {
    int rounds;
    double change;
    enum pb_lead lead;
    const char *fastest, *words;
} cases[] = {
    {10, 0.25, PB_LEAD_CLEAR, "base", "clearly ahead: head +25."},
    {10, -0.25, PB_LEAD_CLEAR, "head", "clearly ahead: base +33."},
    {10, 0.001, PB_LEAD_UNCLEAR, "base", "not clearly ahead: head +0."},
    {3, 0.25, PB_LEAD_UNKNOWN, "base", "too few rounds to be sure: head +2"},
};

Test(lead, says_whether_the_fastest_is_so_by_more_than_chance)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        PB_AUTO_BUF struct pb_buf words = PB_BUF_INIT(4096);
        make(cases[i].rounds, cases[i].change);
        const struct pb_report_phase *phase = compare();
        cr_assert_not_null(phase->runner_up);
        cr_expect_str_eq(phase->fastest->arm, cases[i].fastest, "case %zu", i);
        cr_expect_eq(pb_lead_of(phase), cases[i].lead, "case %zu", i);
        pb_lead_words(&words, phase);
        cr_expect(strncmp(words.p, cases[i].words, strlen(cases[i].words)) == 0, "case %zu: %s", i,
                  words.p);
        release();
    }
}

Test(lead, arms_that_do_not_compare_have_none)
{
    static const struct pb_kv scripts_on[] = {{"scripts", "on"}};
    PB_AUTO_BUF struct pb_buf words = PB_BUF_INIT(4096);
    make(10, 0.25);
    journal.arms[1].policy = scripts_on;
    journal.arms[1].policy_count = 1;
    const struct pb_report_phase *phase = compare();
    cr_expect_eq(pb_lead_of(phase), PB_LEAD_UNKNOWN);
    pb_lead_words(&words, phase);
    cr_expect(strncmp(words.p, "not compared: policy_equal: ", 28) == 0, "%s", words.p);
    release();
}

Test(lead, disturbed_samples_are_counted)
{
    size_t all;
    make(10, 0.25);
    for (size_t i = 0; i < 4; i++)
        journal.samples[i]->outcome = PB_OUTCOME_CONTAMINATED;
    const struct pb_report_phase *phase = compare();
    cr_expect_eq(pb_phase_disturbed(phase, &all), 4);
    cr_expect_eq(all, 20);
    release();
}
