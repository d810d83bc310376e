/* SPDX-License-Identifier: MIT */
/* Do the arms differ in what they are meant to differ in, and in nothing else? */
#include "harness/validity/run_check.h"

#include "harness/stats/paired.h"
#include "harness/stats/signed_rank.h"

#include <math.h>
#include <string.h>

/* One and a half times this much is the gate's default threshold (docs/verdict.md): a smaller bias
 * does not move it. */
#define BIAS_TOLERATED 0.02

static const struct pb_journal_arm *arm_named(const struct pb_journal_data *journal,
                                              const char *name)
{
    for (size_t i = 0; i < journal->arm_count; i++)
        if (strcmp(journal->arms[i].name, name) == 0) return &journal->arms[i];
    return NULL;
}

static bool same_text(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

bool pb_run_arms_identical(const struct pb_journal_arm *a, const struct pb_journal_arm *b)
{
    /* A script may load its program from beside it: the same digest is not yet the same version. */
    bool same_version = a->version == b->version || same_text(a->version, b->version);
    if (!same_text(a->manager, b->manager) || !same_text(a->binary_sha256, b->binary_sha256) ||
        !same_version || a->env_count != b->env_count)
        return false;
    for (size_t i = 0; i < a->env_count; i++)
        if (strcmp(a->env[i].key, b->env[i].key) != 0 ||
            strcmp(a->env[i].value, b->env[i].value) != 0)
            return false;
    return true;
}

static struct pb_paired compare_wall(const struct pb_run_rows *a, const struct pb_run_rows *b)
{
    double d[PB_SIGNED_RANK_MAX];
    size_t n = 0;
    for (size_t i = 0, k = 0; i < a->n && k < b->n && n < PB_SIGNED_RANK_MAX;) {
        const struct pb_sample *x = a->samples[i], *y = b->samples[k];
        if (x->round != y->round) {
            x->round < y->round ? i++ : k++;
            continue;
        }
        if (pb_run_row_counts(x) && pb_run_row_counts(y) && x->metrics.has[PB_M_WALL] &&
            y->metrics.has[PB_M_WALL] &&
            pb_log_ratio((double)y->metrics.value[PB_M_WALL], (double)x->metrics.value[PB_M_WALL],
                         &d[n]))
            n++;
        i++, k++;
    }
    return pb_paired(d, n);
}

static bool is_biased(const struct pb_paired *p)
{
    return p->has_interval && (p->low > 0 || p->high < 0) && fabs(p->estimate) > BIAS_TOLERATED;
}

void pb_run_check_identical_arms_agree(struct pb_run_judging *j, const struct pb_run_check *self)
{
    for (size_t a = 0; a < j->row_count; a++)
        for (size_t b = a + 1; b < j->row_count && pb_run_same_phase(&j->rows[a], &j->rows[b]);
             b++) {
            const struct pb_run_rows *x = &j->rows[a], *y = &j->rows[b];
            const struct pb_journal_arm *p = arm_named(j->journal, x->arm),
                                        *q = arm_named(j->journal, y->arm);
            if (!p || !q || !pb_run_arms_identical(p, q)) continue;
            struct pb_paired bias = compare_wall(x, y);
            if (!is_biased(&bias)) continue;
            pb_run_find(j,
                        (struct pb_run_finding){.check = self->name,
                                                .registry = x->registry,
                                                .phase = x->phase,
                                                .effect = PB_FINDING_COMPARISON},
                        "%s and %s are the same program, yet %s takes %+.1f %%: this phase is "
                        "biased by at least as much",
                        x->arm, y->arm, y->arm, 100 * pb_relative_change(bias.estimate));
        }
}

/* Of these, "on" means more work than the phase is about. */
static const char *const work_policies[] = {"scripts", "audit", "release age"};

static bool is_on(const struct pb_journal_arm *arm, const char *policy)
{
    for (size_t i = 0; i < arm->policy_count; i++)
        if (strcmp(arm->policy[i].key, policy) == 0)
            return strncmp(arm->policy[i].value, "on", 2) == 0 &&
                   (arm->policy[i].value[2] == '\0' || arm->policy[i].value[2] == ' ');
    return false;
}

void pb_run_check_policy_equal(struct pb_run_judging *j, const struct pb_run_check *self)
{
    const struct pb_journal_data *journal = j->journal;
    for (size_t p = 0; p < sizeof work_policies / sizeof *work_policies; p++) {
        const struct pb_journal_arm *off = NULL;
        for (size_t i = 0; i < journal->arm_count && !off; i++)
            if (!is_on(&journal->arms[i], work_policies[p])) off = &journal->arms[i];
        for (size_t i = 0; i < journal->arm_count && off; i++)
            if (is_on(&journal->arms[i], work_policies[p]))
                pb_run_find(j,
                            (struct pb_run_finding){.check = self->name,
                                                    .arm = journal->arms[i].name,
                                                    .effect = PB_FINDING_COMPARISON},
                            "%s: on for %s, off for %s", work_policies[p], journal->arms[i].name,
                            off->name);
    }
}
