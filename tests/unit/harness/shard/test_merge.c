/* SPDX-License-Identifier: MIT */
#include "harness/shard/merge.h"

#include "base/fs.h"
#include "tests/unit/harness/gate/gate_journal.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

/* Two shards: p1_resolve here, p4_warm_link there. */
struct pair {
    struct pb_journal_data journal[2];
    struct pb_shard_source source[2];
};

static void make_pair(struct pair *p)
{
    static const char *const phases[] = {"p1_resolve", "p4_warm_link"};
    for (int i = 0; i < 2; i++) {
        struct pb_journal_data *j = &p->journal[i];
        gate_journal_make(j);
        gate_journal_add(j, phases[i], PB_STAGE_SCREEN, 3, 0);
        j->run.id = i ? "second" : "first";
        j->run.started_utc = i ? "2026-01-31T11:00:00Z" : "2026-01-31T12:00:00Z";
        j->run.phases[0] = phases[i];
        j->run.phase_count = 1;
        j->run.cpu = i ? "EPYC" : "Xeon";
        j->run.kernel = "6.1";
        j->run.cpus = 4;
        j->run.memory_bytes = 1000 + i;
        j->run.rounds = i ? 5 : 3;
        j->run.snapshot_digest = "sha256:1";
        j->run.candidates[0] = "head";
        j->run.candidate_count = 1;
        p->source[i] = (struct pb_shard_source){i ? "two" : "one", j};
    }
}

static void release_pair(struct pair *p)
{
    for (int i = 0; i < 2; i++)
        pb_journal_data_release(&p->journal[i]);
}

Test(merge, holds_what_the_shards_hold)
{
    struct pair p;
    struct pb_err err = PB_ERR_INIT;
    struct pb_journal_data merged;
    char *dir;
    make_pair(&p);
    cr_assert_eq(pb_make_temp_dir("/tmp", "merge-", &dir, &err), 0);
    cr_assert_eq(pb_shard_merge(p.source, 2, dir, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_journal_read(dir, &merged, &err), 0, "%s", err.msg);
    cr_expect_eq(merged.problem_count, 0);
    cr_expect(merged.ended);
    cr_expect_str_eq(merged.run.id, "first and 1 more");
    cr_expect_str_eq(merged.run.started_utc, "2026-01-31T11:00:00Z", "the earlier one");
    cr_expect_str_eq(merged.run.cpu, "Xeon | EPYC");
    cr_expect_str_eq(merged.run.kernel, "6.1");
    cr_expect_eq(merged.run.cpus, 4);
    cr_expect_eq(merged.run.memory_bytes, 0, "differs");
    cr_expect_eq(merged.run.rounds, 5);
    cr_expect_eq(merged.run.registry_count, 1);
    cr_expect_eq(merged.run.phase_count, 2);
    cr_expect_eq(merged.run.candidate_count, 1);
    cr_expect_eq(merged.arm_count, 3);
    cr_expect_eq(merged.sample_count, p.journal[0].sample_count + p.journal[1].sample_count);
    pb_journal_data_release(&merged);

    cr_expect_eq(pb_shard_merge(p.source, 2, dir, &err), -1, "into a folder that has a run");
    cr_expect_eq(err.code, PB_E_CONFLICT);
    cr_assert_eq(pb_remove_tree(AT_FDCWD, dir, &(struct pb_err){0}), 0);
    free(dir);
    release_pair(&p);
}

static void other_version(struct pb_journal_data *j)
{
    j->run.version = "9";
}
static void other_project(struct pb_journal_data *j)
{
    j->run.project = "other";
}
static void other_snapshot(struct pb_journal_data *j)
{
    j->run.snapshot_digest = "sha256:2";
}
static void other_policy(struct pb_journal_data *j)
{
    j->run.policy_hash = "f00d";
}
static void other_probes(struct pb_journal_data *j)
{
    j->run.probe_level = "bpf";
}
static void other_platform(struct pb_journal_data *j)
{
    j->run.platform = "linux-arm64";
}
static void other_rules(struct pb_journal_data *j)
{
    j->run.gate_rules = "{}";
}
static void other_program(struct pb_journal_data *j)
{
    j->arms[1].binary_sha256 = "beef";
}
static void other_arm(struct pb_journal_data *j)
{
    j->arms[2].name = "another";
}
static void fewer_arms(struct pb_journal_data *j)
{
    j->arm_count = 2;
}
static void other_candidate(struct pb_journal_data *j)
{
    j->run.candidates[0] = "other";
}
static void same_run(struct pb_journal_data *j)
{
    j->run.id = "first";
}
static void same_phase(struct pb_journal_data *j)
{
    j->run.phases[j->run.phase_count++] = "p1_resolve";
}
static void unfinished(struct pb_journal_data *j)
{
    j->ended = false;
}
static void damaged(struct pb_journal_data *j)
{
    static const char *problems[] = {"line 7 is damaged and was left out"};
    j->problems = problems;
    j->problem_count = 1;
}

static const struct {
    void (*spoil)(struct pb_journal_data *j);
    const char *word;
} refusals[] = {
    {other_version, "version of phasebench"},
    {other_project, "project"},
    {other_snapshot, "snapshot"},
    {other_policy, "policies"},
    {other_probes, "probes"},
    {other_platform, "platform"},
    {other_rules, "rules"},
    {other_program, "program of head"},
    {other_arm, "other arms"},
    {fewer_arms, "other arms"},
    {other_candidate, "candidates"},
    {same_run, "given twice"},
    {same_phase, "both measured p1_resolve of replay"},
    {unfinished, "--resume"},
    {damaged, "line 7"},
};

Test(merge, refuses_what_does_not_belong_together)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct pair p;
        struct pb_err err = PB_ERR_INIT;
        make_pair(&p);
        refusals[i].spoil(&p.journal[1]);
        cr_expect_eq(pb_shard_check(p.source, 2, &err), -1, "%s", refusals[i].word);
        cr_expect_not_null(strstr(err.msg, refusals[i].word), "%s: %s", refusals[i].word, err.msg);
        cr_expect_not_null(strstr(err.msg, "two"), "the folder is not named: %s", err.msg);
        if (p.journal[1].problem_count) p.journal[1].problems = NULL;
        release_pair(&p);
    }
}
