/* SPDX-License-Identifier: MIT */
#include "harness/validity/run_check.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 6
static const char *const three[] = {"a@1.0.0", "b@1.0.0", "c@1.0.0"};

/* Two arms that are the same program, a warm-up and six rounds in turn, one second apart. */
struct made {
    struct pb_journal_data data;
    struct pb_journal_arm arms[2];
    struct pb_journal_tree trees[2];
    struct pb_sample samples[2 * (ROUNDS + 1)];
    struct pb_sample *list[2 * (ROUNDS + 1)];
};

static void make(struct made *m)
{
    *m = (struct made){.arms = {{.name = "one", .manager = "m", .binary_sha256 = "f"},
                                {.name = "two", .manager = "m", .binary_sha256 = "f"}},
                       .trees = {{"d1", three, 3}, {"d2", three, 2}}};
    m->data = (struct pb_journal_data){.run = {.rounds = ROUNDS},
                                       .arms = m->arms,
                                       .arm_count = 2,
                                       .trees = m->trees,
                                       .tree_count = 2,
                                       .samples = m->list,
                                       .ended = true};
    for (int round = 0; round <= ROUNDS; round++)
        for (int arm = 0; arm < 2; arm++) {
            size_t i = m->data.sample_count++;
            m->samples[i] = (struct pb_sample){.registry = "replay",
                                               .phase = "p1",
                                               .arm = m->arms[arm].name,
                                               .round = round,
                                               .started_wallclock_ns = 1000 + (int64_t)i,
                                               .tree_digest = "d1"};
            pb_metric_set(&m->samples[i].metrics, PB_M_WALL, 1000 + round % 3 * (arm ? 1 : -1));
            m->list[i] = &m->samples[i];
        }
}

static void as_made(struct made *m)
{
    (void)m;
}
static void repeated(struct made *m)
{
    m->samples[5].round = 1;
}
static void traced_twice(struct made *m)
{
    m->list[m->data.sample_count - 1]->traced = true;
    m->data.ended = false;
}
static void hole(struct made *m)
{
    m->list[6] = m->list[--m->data.sample_count]; /* the first arm's third round */
    m->data.run.rounds = ROUNDS - 1;
}
static void hole_of_a_failed_cell(struct made *m)
{
    hole(m);
    for (size_t i = 0; i < m->data.sample_count; i++)
        if (strcmp(m->list[i]->arm, "one") == 0 && m->list[i]->round == 5)
            m->list[i]->outcome = PB_OUTCOME_FAILED;
}
static void hole_of_a_cut_run(struct made *m)
{
    hole(m);
    m->data.ended = false;
}
static void stopped_early(struct made *m)
{
    m->data.run.rounds = 20;
}
static void stopped_by_pair(struct made *m)
{
    m->arms[0].baseline_of = "two";
    m->data.sample_count--; /* the second arm's last round */
}
static void confirmed(struct made *m)
{
    for (size_t i = 4; i < m->data.sample_count; i++) { /* rounds 0 and 1, then 0 to 4 afresh */
        m->samples[i].stage = PB_STAGE_CONFIRM;
        m->samples[i].round -= 2;
    }
}
static void cold(struct made *m)
{
    m->list[0] = m->list[--m->data.sample_count];
    m->data.run.rounds = ROUNDS - 1;
}
static void in_blocks(struct made *m)
{
    for (size_t i = 1; i < m->data.sample_count; i += 2)
        m->samples[i].started_wallclock_ns += 1000;
}
static void slower(struct made *m)
{
    for (size_t i = 1; i < m->data.sample_count; i += 2)
        m->samples[i].metrics.value[PB_M_WALL] += 50;
}
static const struct pb_kv env[] = {{"KEY", "1"}};
static void slower_by_intent(struct made *m)
{
    slower(m);
    m->arms[1].env = env;
    m->arms[1].env_count = 1;
}
static const struct pb_kv on[] = {{"linker", "once"}, {"scripts", "on (default)"}},
                          off[] = {{"scripts", "off"}}, none[] = {{"audit", "none built in"}};
static void scripts_on_for_one(struct made *m)
{
    m->arms[0].policy = off, m->arms[0].policy_count = 1;
    m->arms[1].policy = on, m->arms[1].policy_count = 2;
}
static void scripts_on_for_all(struct made *m)
{
    m->arms[0].policy = m->arms[1].policy = on;
    m->arms[0].policy_count = m->arms[1].policy_count = 2;
}
static void audit_off_in_words(struct made *m)
{
    m->arms[0].policy = none, m->arms[0].policy_count = 1;
}
static void other_tree(struct made *m)
{
    for (size_t i = 1; i < m->data.sample_count; i += 2)
        m->samples[i].tree_digest = "d2";
}
/* Each sample of the first and of the second arm asked for 20 documents. */
static void ask(struct made *m, int64_t full_first, int64_t full_second)
{
    for (size_t i = 0; i < m->data.sample_count; i++) {
        pb_metric_set(&m->samples[i].metrics, PB_M_REQUESTS_METADATA, 20);
        pb_metric_set(&m->samples[i].metrics, PB_M_REQUESTS_METADATA_FULL,
                      i % 2 ? full_second : full_first);
    }
}
static void one_asks_for_full_metadata(struct made *m)
{
    ask(m, 0, 20);
}
static void both_ask_for_full_metadata(struct made *m)
{
    ask(m, 20, 20);
}
static void a_few_full_documents(struct made *m)
{
    ask(m, 0, 2);
}

static void disturb(struct made *m, size_t samples)
{
    for (size_t i = 2; i < 2 + samples; i++) { /* of 12 counted ones */
        m->samples[i].outcome = PB_OUTCOME_CONTAMINATED;
        m->samples[i].reason = "other programs";
    }
}
static void a_sixth_disturbed(struct made *m)
{
    disturb(m, 2);
}
static void a_quarter_disturbed(struct made *m)
{
    disturb(m, 3);
}

static const struct {
    void (*change)(struct made *m);
    const char *check, *arm, *reason; /* of the only finding; NULL: none */
    enum pb_finding_effect effect;
} rows[] = {
    {as_made, NULL, NULL, NULL, 0},
    {repeated, "rows_unique", "two", "round 1 is there twice", PB_FINDING_CELL},
    {traced_twice, NULL, NULL, NULL, 0},
    {hole, "rows_complete", "one", "round 3 of 5 is missing", PB_FINDING_CELL},
    {hole_of_a_failed_cell, NULL, NULL, NULL, 0},
    {hole_of_a_cut_run, NULL, NULL, NULL, 0},
    {stopped_early, NULL, NULL, NULL, 0},
    {stopped_by_pair, NULL, NULL, NULL, 0},
    {confirmed, NULL, NULL, NULL, 0},
    {cold, "warmed_up", "one", "without a warm-up", PB_FINDING_CELL},
    {in_blocks, "rounds_interleaved", "two", "after all of one", PB_FINDING_COMPARISON},
    {slower, "identical_arms_agree", NULL, "two takes +5", PB_FINDING_COMPARISON},
    {slower_by_intent, NULL, NULL, NULL, 0},
    {scripts_on_for_one, "policy_equal", "two", "scripts: on for two, off for one",
     PB_FINDING_COMPARISON},
    {scripts_on_for_all, NULL, NULL, NULL, 0},
    {audit_off_in_words, NULL, NULL, NULL, 0},
    {a_sixth_disturbed, NULL, NULL, NULL, 0},
    {a_quarter_disturbed, "mostly_undisturbed", NULL,
     "3 of 12 samples were disturbed (first: other", PB_FINDING_RUN},
    {other_tree, "same_work", NULL, "one 3 packages, two 2 packages", PB_FINDING_REMARK},
    {one_asks_for_full_metadata, "same_metadata_form", NULL, "one 0 of 20, two 20 of 20",
     PB_FINDING_REMARK},
    {both_ask_for_full_metadata, NULL, NULL, NULL, 0},
    {a_few_full_documents, NULL, NULL, NULL, 0},
};

Test(run_check, each_finds_its_mistake_and_nothing_else)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct made m;
        struct pb_arena arena = PB_ARENA_INIT;
        struct pb_run_finding *found;
        size_t n;
        make(&m);
        rows[i].change(&m);
        pb_run_checks_judge(&arena, &m.data, &found, &n);
        if (!rows[i].check) {
            cr_expect_eq(n, 0, "row %zu: %s: %s", i, n ? found[0].check : "",
                         n ? found[0].reason : "");
        } else {
            size_t at = 0;
            while (at < n && strcmp(found[at].check, rows[i].check) != 0)
                at++;
            cr_assert(at < n, "row %zu: %s found nothing", i, rows[i].check);
            cr_expect(strstr(found[at].reason, rows[i].reason), "row %zu: %s", i, found[at].reason);
            cr_expect_eq(found[at].effect, rows[i].effect, "row %zu", i);
            if (rows[i].arm) cr_expect_str_eq(found[at].arm, rows[i].arm, "row %zu", i);
        }
        free(found);
        pb_arena_release(&arena);
    }
}

Test(run_check, an_empty_journal_is_fine)
{
    struct pb_journal_data data = {.ended = true};
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_run_finding *found;
    size_t n;
    pb_run_checks_judge(&arena, &data, &found, &n);
    cr_expect_eq(n, 0);
    free(found);
    pb_arena_release(&arena);
}

Test(run_check, names_are_explained)
{
    for (size_t i = 0; i < pb_run_check_count; i++)
        cr_expect(pb_run_check_table[i].name && pb_run_check_table[i].help &&
                  pb_run_check_table[i].lesson && pb_run_check_table[i].run);
}
