/* SPDX-License-Identifier: MIT */
#include "harness/shard/merge.h"

#include <stddef.h>
#include <string.h>

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static int refuse(const struct pb_shard_source *a, const struct pb_shard_source *b,
                  struct pb_err *err, const char *why)
{
    return pb_err_set(err, PB_E_CONFLICT, "merge %s with %s: %s", b->dir, a->dir, why);
}

static int check_whole(const struct pb_shard_source *s, struct pb_err *err)
{
    const struct pb_journal_data *journal = s->journal;
    if (journal->problem_count)
        return pb_err_set(err, PB_E_BAD_INPUT, "merge %s: %s", s->dir, journal->problems[0]);
    if (!journal->ended || !journal->run.id || !journal->run.started_utc)
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "merge %s: the run did not finish: go on with it by --resume", s->dir);
    return 0;
}

static int check_inputs(const struct pb_shard_source *a, const struct pb_shard_source *b,
                        struct pb_err *err)
{
    static const struct {
        size_t offset;
        const char *why;
    } fields[] = {
        {offsetof(struct pb_journal_run, version), "made by another version of phasebench"},
        {offsetof(struct pb_journal_run, project), "another project"},
        {offsetof(struct pb_journal_run, snapshot_digest), "another snapshot"},
        {offsetof(struct pb_journal_run, policy_hash), "other policies"},
        {offsetof(struct pb_journal_run, probe_level), "other probes"},
        {offsetof(struct pb_journal_run, platform), "another platform"},
        {offsetof(struct pb_journal_run, gate_rules), "other rules of the gate"},
        {offsetof(struct pb_journal_run, gate_floor), "another A/A floor"},
    };
    const char *x = (const char *)&a->journal->run, *y = (const char *)&b->journal->run;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (!same(*(const char *const *)(x + fields[i].offset),
                  *(const char *const *)(y + fields[i].offset)))
            return refuse(a, b, err, fields[i].why);
    if (same(a->journal->run.id, b->journal->run.id))
        return refuse(a, b, err, "the same run, given twice");
    return 0;
}

static int check_arms(const struct pb_shard_source *a, const struct pb_shard_source *b,
                      struct pb_err *err)
{
    const struct pb_journal_data *x = a->journal, *y = b->journal;
    if (x->arm_count != y->arm_count || x->run.candidate_count != y->run.candidate_count)
        return refuse(a, b, err, "other arms");
    for (size_t i = 0; i < x->arm_count; i++) {
        const struct pb_journal_arm *p = &x->arms[i], *q = &y->arms[i];
        if (!same(p->name, q->name) || !same(p->manager, q->manager) ||
            !same(p->baseline_of, q->baseline_of))
            return refuse(a, b, err, "other arms");
        if (!same(p->version, q->version) || !same(p->binary_sha256, q->binary_sha256))
            return pb_err_set(err, PB_E_CONFLICT, "merge %s with %s: another program of %s", b->dir,
                              a->dir, p->name);
    }
    for (size_t i = 0; i < x->run.candidate_count; i++)
        if (!same(x->run.candidates[i], y->run.candidates[i]))
            return refuse(a, b, err, "other candidates");
    return 0;
}

static int check_apart(const struct pb_shard_source *a, const struct pb_shard_source *b,
                       struct pb_err *err)
{
    const struct pb_journal_run *x = &a->journal->run, *y = &b->journal->run;
    for (size_t r = 0; r < x->registry_count; r++)
        for (size_t p = 0; p < x->phase_count; p++)
            for (size_t k = 0; k < y->registry_count; k++)
                for (size_t q = 0; q < y->phase_count; q++)
                    if (same(x->registries[r], y->registries[k]) &&
                        same(x->phases[p], y->phases[q]))
                        return pb_err_set(err, PB_E_CONFLICT,
                                          "merge %s with %s: both measured %s of %s, at different "
                                          "times: such rounds do not pair",
                                          b->dir, a->dir, x->phases[p], x->registries[r]);
    return 0;
}

int pb_shard_check(const struct pb_shard_source *sources, size_t n, struct pb_err *err)
{
    for (size_t i = 0; i < n; i++)
        if (check_whole(&sources[i], err) != 0) return -1;
    for (size_t i = 1; i < n; i++)
        if (check_inputs(&sources[0], &sources[i], err) != 0 ||
            check_arms(&sources[0], &sources[i], err) != 0)
            return -1;
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            if (check_apart(&sources[i], &sources[k], err) != 0) return -1;
    return 0;
}
