/* SPDX-License-Identifier: MIT */
#include "gate_journal.h"
#include "harness/gate/gate.h"

#include <criterion/criterion.h>
#include <string.h>

/* Quiet where enough pairs were taken for "equivalent". */
static void make(struct pb_journal_data *journal, double p1_change, bool confirmed)
{
    gate_journal_make(journal);
    gate_journal_add(journal, "p1_resolve", PB_STAGE_SCREEN, 10, p1_change);
    if (confirmed) gate_journal_add(journal, "p1_resolve", PB_STAGE_CONFIRM, 10, p1_change);
    gate_journal_add(journal, "p4_warm_link", PB_STAGE_SCREEN, 10, 0);
}

static struct pb_gate judge(struct pb_journal_data *journal, const struct pb_gate_rules *rules)
{
    struct pb_gate gate;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_gate_evaluate(&journal->arena, journal, rules, "head", "base", &gate, &err), 0,
                 "%s", err.msg);
    return gate;
}

static const struct {
    const char *what;
    double change;
    bool confirmed;
    enum pb_verdict verdict;
    enum pb_gate_answer answer;
} clock_rows[] = {
    {"nothing changed", 0, false, PB_VERDICT_EQUIVALENT, PB_GATE_PASSES},
    {"a flag alone is not red", 0.2, false, PB_VERDICT_INCONCLUSIVE, PB_GATE_INCONCLUSIVE},
    {"a confirmed one is", 0.2, true, PB_VERDICT_SLOWER, PB_GATE_REGRESSION},
    {"faster is no regression", -0.2, true, PB_VERDICT_FASTER, PB_GATE_PASSES},
    {"within the threshold", 0.01, false, PB_VERDICT_EQUIVALENT, PB_GATE_PASSES},
};

Test(gate, by_the_clock)
{
    const struct pb_gate_rules rules = {0};
    for (size_t i = 0; i < sizeof clock_rows / sizeof *clock_rows; i++) {
        struct pb_journal_data journal;
        make(&journal, clock_rows[i].change, clock_rows[i].confirmed);
        struct pb_gate gate = judge(&journal, &rules);
        cr_expect_eq(gate.cells[0].verdict, clock_rows[i].verdict, "%s: %s", clock_rows[i].what,
                     gate.cells[0].reason);
        cr_expect_eq(gate.answer, clock_rows[i].answer, "%s: %s", clock_rows[i].what, gate.reason);
        pb_journal_data_release(&journal);
    }
}

/* What the candidate did otherwise in every round of p1. */
static void set(struct pb_journal_data *journal, const char *arm, enum pb_metric m, int64_t value)
{
    for (size_t i = 0; i < journal->sample_count; i++)
        if (strcmp(journal->samples[i]->arm, arm) == 0)
            pb_metric_set(&journal->samples[i]->metrics, m, value);
}

static const struct {
    const char *what;
    enum pb_metric metric;
    int64_t value;
    const char *accept, *threshold;
    enum pb_gate_answer answer;
} count_rows[] = {
    {"one request more is red", PB_M_REQUESTS_METADATA, 41, NULL, NULL, PB_GATE_REGRESSION},
    {"unless accepted", PB_M_REQUESTS_METADATA, 41, "requests_metadata", NULL, PB_GATE_PASSES},
    {"or within its threshold", PB_M_REQUESTS_METADATA, 41, NULL, "requests_metadata=3",
     PB_GATE_PASSES},
    {"but not beyond", PB_M_REQUESTS_METADATA, 43, NULL, "p1:requests_metadata=3",
     PB_GATE_REGRESSION},
    {"one request less is fine", PB_M_REQUESTS_METADATA, 39, NULL, NULL, PB_GATE_PASSES},
    {"requests out of nothing", PB_M_REQUESTS_METADATA, 0, NULL, NULL, PB_GATE_PASSES},
    {"other packages are other work", PB_M_TREE_PACKAGES, 13, NULL, NULL, PB_GATE_INVALID},
    {"a byte more is no change", PB_M_NET_RX, 100001, NULL, NULL, PB_GATE_PASSES},
    {"a tenth more is", PB_M_NET_RX, 110000, NULL, NULL, PB_GATE_REGRESSION},
    {"memory is not gated by itself", PB_M_RSS_MAX, 2 << 20, NULL, NULL, PB_GATE_PASSES},
    {"it is when a threshold names it, but nothing is red unconfirmed", PB_M_RSS_MAX, 2 << 20, NULL,
     "rss_max_bytes=5", PB_GATE_INCONCLUSIVE},
};

Test(gate, by_count)
{
    for (size_t i = 0; i < sizeof count_rows / sizeof *count_rows; i++) {
        struct pb_journal_data journal;
        struct pb_gate_rules rules = {0};
        make(&journal, 0, false);
        set(&journal, "head", count_rows[i].metric, count_rows[i].value);
        if (count_rows[i].accept)
            cr_assert_eq(pb_gate_rules_add_accept(&rules, count_rows[i].accept, NULL), 0);
        if (count_rows[i].threshold)
            cr_assert_eq(
                pb_gate_rules_add_threshold(&journal.arena, &rules, count_rows[i].threshold, NULL),
                0);
        struct pb_gate gate = judge(&journal, &rules);
        cr_expect_eq(gate.answer, count_rows[i].answer, "%s: %s", count_rows[i].what, gate.reason);
        pb_journal_data_release(&journal);
    }
}

Test(gate, what_varies_by_itself_is_not_held_against_an_arm)
{
    const struct pb_gate_rules rules = {0};
    struct pb_journal_data journal;
    make(&journal, 0, false);
    pb_metric_set(&journal.samples[0]->metrics, PB_M_REQUESTS_METADATA, 35);
    journal.samples[2]->lock_digest = "random";
    set(&journal, "head", PB_M_REQUESTS_METADATA, 44);
    struct pb_gate gate = judge(&journal, &rules);
    /* p4's counts do not vary, and there it is more. */
    cr_expect_eq(gate.answer, PB_GATE_REGRESSION);
    cr_expect_eq(gate.worse_counts, 1);
    pb_journal_data_release(&journal);
}

Test(gate, another_lock_is_other_work)
{
    const struct pb_gate_rules rules = {0};
    struct pb_gate_rules accepting = {.accept = {"lock_digest"}, .accept_count = 1};
    struct pb_journal_data journal;
    make(&journal, 0, false);
    for (size_t i = 0; i < journal.sample_count; i++)
        if (strcmp(journal.samples[i]->arm, "head") == 0) journal.samples[i]->lock_digest = "new";
    struct pb_gate gate = judge(&journal, &rules);
    cr_expect_eq(gate.answer, PB_GATE_INVALID);
    cr_expect_eq(gate.other_work, 2);
    cr_expect_eq(judge(&journal, &accepting).answer, PB_GATE_PASSES);
    pb_journal_data_release(&journal);
}

Test(gate, a_moved_control_proves_nothing)
{
    const struct pb_gate_rules rules = {.controls = {"p1"}, .control_count = 1};
    struct pb_journal_data journal;
    make(&journal, 0.2, true);
    struct pb_gate gate = judge(&journal, &rules);
    cr_expect(gate.cells[0].control && !gate.cells[0].gated);
    cr_expect_eq(gate.answer, PB_GATE_INVALID, "%s", gate.reason);
    pb_journal_data_release(&journal);
    make(&journal, 0, false);
    cr_expect_eq(judge(&journal, &rules).answer, PB_GATE_PASSES);
    pb_journal_data_release(&journal);
}

Test(gate, what_identical_arms_show_raises_the_threshold_or_ends_the_gate)
{
    static const char raised[] = "{\"schema\":\"phasebench-aa/1\",\"cells\":[{\"phase\":"
                                 "\"p1_resolve\",\"metric\":\"wall_ns\",\"change\":0.15}]}";
    static const char certain[] =
        "{\"schema\":\"phasebench-aa/1\",\"cells\":[{\"phase\":\"p1_resolve\",\"metric\":"
        "\"wall_ns\",\"change\":0.15,\"low\":0.1,\"high\":0.2}]}";
    struct pb_journal_data journal;
    struct pb_gate_rules rules = {0};
    make(&journal, 0.2, true);
    journal.run.gate_floor = raised;
    cr_assert_eq(pb_gate_rules_of_run(&journal.arena, &journal, &rules, NULL), 0);
    struct pb_gate gate = judge(&journal, &rules);
    cr_expect_eq(gate.cells[0].verdict, PB_VERDICT_EQUIVALENT, "20 %% is within 1.5 x 15 %%: %s",
                 gate.cells[0].reason);
    rules = (struct pb_gate_rules){0};
    journal.run.gate_floor = certain;
    cr_assert_eq(pb_gate_rules_of_run(&journal.arena, &journal, &rules, NULL), 0);
    cr_expect_eq(judge(&journal, &rules).answer, PB_GATE_INVALID);
    pb_journal_data_release(&journal);
}

Test(gate, failed_samples_and_disturbance_are_invalid)
{
    const struct pb_gate_rules rules = {0};
    struct pb_gate_rules accepting = {.accept = {"contaminated"}, .accept_count = 1};
    struct pb_journal_data journal;
    make(&journal, 0, false);
    journal.samples[4]->outcome = PB_OUTCOME_FAILED;
    struct pb_gate gate = judge(&journal, &rules);
    cr_expect_eq(gate.answer, PB_GATE_INVALID);
    cr_expect_eq(gate.cells[0].verdict, PB_VERDICT_INVALID);
    pb_journal_data_release(&journal);
    make(&journal, 0, false);
    for (size_t i = 0; i < 10; i++)
        journal.samples[i]->outcome = PB_OUTCOME_CONTAMINATED;
    cr_expect_eq(judge(&journal, &rules).answer, PB_GATE_INVALID, "10 of 40");
    cr_expect_eq(judge(&journal, &accepting).answer, PB_GATE_PASSES);
    journal.samples[0]->outcome = journal.samples[1]->outcome = PB_OUTCOME_OK;
    cr_expect_eq(judge(&journal, &rules).answer, PB_GATE_PASSES, "8 of 40");
    pb_journal_data_release(&journal);
}

static void cold(struct pb_journal_data *journal) /* head's warm-ups are not there */
{
    for (size_t i = 0; i < journal->sample_count; i++)
        if (journal->samples[i]->round == 0 && strcmp(journal->samples[i]->arm, "head") == 0)
            journal->samples[i] = journal->samples[--journal->sample_count];
}
static void in_blocks(struct pb_journal_data *journal)
{
    for (size_t i = 0; i < journal->sample_count; i++) {
        bool is_head = strcmp(journal->samples[i]->arm, "head") == 0;
        journal->samples[i]->started_wallclock_ns = (is_head ? 1000 : 1) + (int64_t)i;
    }
}
static void cut(struct pb_journal_data *journal)
{
    journal->ended = false;
}
static void disturbed(struct pb_journal_data *journal)
{
    for (size_t i = 0; i < 12; i++) {
        journal->samples[i]->outcome = PB_OUTCOME_CONTAMINATED;
        journal->samples[i]->reason = "other programs";
    }
}
/* A third arm, in blocks and disturbed: no matter of these two. */
static void another_arm_is_bad(struct pb_journal_data *journal)
{
    for (int round = 1; round <= 10; round++) {
        struct pb_sample *s = PB_ARENA_NEW(&journal->arena, struct pb_sample);
        *s = (struct pb_sample){.registry = "replay",
                                .phase = "p1_resolve",
                                .arm = "other",
                                .round = round,
                                .started_wallclock_ns = 1000000 + round,
                                .outcome = PB_OUTCOME_CONTAMINATED};
        journal->samples[journal->sample_count++] = s;
    }
}
static void same_program(struct pb_journal_data *journal)
{
    for (int i = 0; i < 2; i++)
        journal->arms[i].binary_sha256 = "f";
}
/* "other" is the baseline once more, and yet takes 10 % longer. */
static void biased(struct pb_journal_data *journal)
{
    size_t n = journal->sample_count;
    journal->arms[2] = journal->arms[0];
    journal->arms[2].name = "other";
    same_program(journal);
    journal->arms[2].binary_sha256 = "f";
    for (size_t i = 0; i < n; i++) {
        if (strcmp(journal->samples[i]->arm, "base") != 0) continue;
        struct pb_sample *s = PB_ARENA_NEW(&journal->arena, struct pb_sample);
        *s = *journal->samples[i];
        s->arm = "other";
        pb_metric_set(&s->metrics, PB_M_WALL, s->metrics.value[PB_M_WALL] / 10 * 11);
        journal->samples[journal->sample_count++] = s;
    }
}

static const struct {
    const char *what;
    void (*change)(struct pb_journal_data *journal);
    double slower; /* of head in p1, confirmed */
    enum pb_gate_answer answer;
    const char *reason, *cell; /* parts of what is said; cell: of p1 */
} run_rows[] = {
    {"without a warm-up there are no figures", cold, 0, PB_GATE_INVALID, "without figures",
     "head: warmed_up: "},
    {"nor are there for red", cold, 0.2, PB_GATE_INVALID, "without figures", "head: warmed_up: "},
    {"blocks do not compare", in_blocks, 0.2, PB_GATE_INVALID, "without figures",
     "rounds_interleaved: "},
    {"half a run is no answer", cut, 0, PB_GATE_INVALID, "did not finish", "the whole interval"},
    {"unless it was red already", cut, 0.2, PB_GATE_REGRESSION, "seen twice", "seen again"},
    {"disturbance", disturbed, 0, PB_GATE_INVALID,
     "mostly_undisturbed: 12 of 40 samples were disturbed (first: other programs)",
     "the whole interval"},
    {"does not hide red", disturbed, 0.2, PB_GATE_REGRESSION, "seen twice", "seen again"},
    {"other arms' faults are theirs", another_arm_is_bad, 0, PB_GATE_PASSES, "no regression", ""},
    {"of one program the rule decides", same_program, 0.2, PB_GATE_REGRESSION, "seen twice", ""},
    {"a biased phase proves nothing", biased, 0.2, PB_GATE_INVALID, "without figures",
     "identical_arms_agree: "},
};

Test(gate, what_the_whole_run_shows_counts)
{
    const struct pb_gate_rules rules = {0};
    for (size_t i = 0; i < sizeof run_rows / sizeof *run_rows; i++) {
        struct pb_journal_data journal;
        make(&journal, run_rows[i].slower, run_rows[i].slower > 0);
        run_rows[i].change(&journal);
        struct pb_gate gate = judge(&journal, &rules);
        cr_expect_eq(gate.answer, run_rows[i].answer, "%s: %s", run_rows[i].what, gate.reason);
        cr_expect(strstr(gate.reason, run_rows[i].reason), "%s: %s", run_rows[i].what, gate.reason);
        cr_expect(strstr(gate.cells[0].reason, run_rows[i].cell), "%s: %s", run_rows[i].what,
                  gate.cells[0].reason);
        pb_journal_data_release(&journal);
    }
}

/* Other managers install other trees by other requests: only the clock can be compared. */
Test(gate, counts_are_of_one_manager)
{
    const struct pb_gate_rules rules = {0};
    struct pb_journal_data journal;
    make(&journal, 0, false);
    journal.arms[1].manager = "bun";
    set(&journal, "head", PB_M_TREE_PACKAGES, 13);
    struct pb_gate gate = judge(&journal, &rules);
    cr_expect_eq(gate.answer, PB_GATE_PASSES);
    cr_expect_eq(gate.cells[0].row_count, 1);
    pb_journal_data_release(&journal);
}

Test(gate, arms_by_the_run_or_refused)
{
    const struct pb_gate_rules rules = {0};
    struct pb_journal_data journal;
    struct pb_gate gate;
    const char *out[256];
    make(&journal, 0, false);
    cr_expect_str_eq(pb_gate_baseline_of(&journal), "base");
    cr_expect_eq(pb_gate_candidates_of(&journal, "base", out), 2);
    journal.run.candidates[0] = "head";
    journal.run.candidate_count = 1;
    cr_expect_eq(pb_gate_candidates_of(&journal, "base", out), 1);
    static const char *const bad[][2] = {{"head", "nobody"}, {"nobody", "base"}, {"base", "base"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct pb_err err = PB_ERR_INIT;
        cr_expect_eq(
            pb_gate_evaluate(&journal.arena, &journal, &rules, bad[i][0], bad[i][1], &gate, &err),
            -1);
        cr_expect_eq(err.code, PB_E_USAGE);
    }
    pb_journal_data_release(&journal);
}
