/* SPDX-License-Identifier: MIT */
/* Are the journal's rows all there, once, warmed up, in turn and undisturbed? */
#include "harness/validity/run_check.h"

static struct pb_run_finding of_cell(const struct pb_run_check *self, const struct pb_run_rows *r)
{
    return (struct pb_run_finding){
        .check = self->name, .registry = r->registry, .phase = r->phase, .arm = r->arm};
}

void pb_run_check_rows_unique(struct pb_run_judging *j, const struct pb_run_check *self)
{
    for (size_t i = 0; i < j->row_count; i++) {
        const struct pb_run_rows *r = &j->rows[i];
        for (size_t k = 1; k < r->n; k++) {
            if (r->samples[k - 1]->round != r->samples[k]->round) continue;
            pb_run_find(j, of_cell(self, r), "round %d is there twice", r->samples[k]->round);
            break;
        }
    }
}

/* A cell that failed leaves the rounds: nothing is missing then. */
static bool is_alive(const struct pb_run_rows *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->samples[i]->round >= 1 && !pb_run_row_counts(r->samples[i])) return false;
    return pb_run_row_counts(r->samples[r->n - 1]);
}

static int last_round(const struct pb_run_rows *r)
{
    return r->samples[r->n - 1]->round;
}

/* Where the gate's rule chooses the rounds, each pair of arms stops by itself. */
static bool is_adaptive(const struct pb_journal_data *journal)
{
    for (size_t i = 0; i < journal->arm_count; i++)
        if (journal->arms[i].baseline_of) return true;
    return false;
}

/* Rounds that every arm of the phase should have: a run may stop early, for all of them at once. */
static int rounds_of_phase(const struct pb_run_judging *j, const struct pb_run_rows *of)
{
    int most = 0, planned = (int)j->journal->run.rounds;
    if (is_adaptive(j->journal)) return last_round(of);
    for (size_t i = 0; i < j->row_count; i++)
        if (pb_run_same_phase(of, &j->rows[i]) && last_round(&j->rows[i]) > most)
            most = last_round(&j->rows[i]);
    return planned && planned < most ? planned : most;
}

static bool has_round(const struct pb_run_rows *r, int round)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->samples[i]->round == round) return true;
    return false;
}

/* Of a run that did not finish, the reader says that rows are missing. */
void pb_run_check_rows_complete(struct pb_run_judging *j, const struct pb_run_check *self)
{
    for (size_t i = 0; j->journal->ended && i < j->row_count; i++) {
        const struct pb_run_rows *r = &j->rows[i];
        int rounds = is_alive(r) ? rounds_of_phase(j, r) : 0;
        for (int round = 1; round <= rounds; round++) {
            if (has_round(r, round)) continue;
            pb_run_find(j, of_cell(self, r), "round %d of %d is missing", round, rounds);
            break;
        }
    }
}

void pb_run_check_warmed_up(struct pb_run_judging *j, const struct pb_run_check *self)
{
    for (size_t i = 0; i < j->row_count; i++) {
        const struct pb_run_rows *r = &j->rows[i];
        if (r->samples[0]->round < 1) continue;
        pb_run_find(j, of_cell(self, r), "it was measured without a warm-up round");
    }
}

/* Start of the first or last counted sample; 0: there are fewer than two. */
static int64_t counted_start(const struct pb_run_rows *r, bool last)
{
    int64_t out = 0;
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (!pb_run_row_counts(r->samples[i])) continue;
        int64_t at = r->samples[i]->started_wallclock_ns;
        if (n++ == 0 || (last ? at > out : at < out)) out = at;
    }
    return n < 2 ? 0 : out;
}

void pb_run_check_rounds_interleaved(struct pb_run_judging *j, const struct pb_run_check *self)
{
    for (size_t a = 0; a < j->row_count; a++) {
        int64_t end = counted_start(&j->rows[a], true);
        for (size_t b = 0; end && b < j->row_count; b++) {
            if (a == b || !pb_run_same_phase(&j->rows[a], &j->rows[b])) continue;
            if (counted_start(&j->rows[b], false) <= end) continue;
            struct pb_run_finding finding = of_cell(self, &j->rows[b]);
            finding.effect = PB_FINDING_COMPARISON;
            pb_run_find(j, finding,
                        "all its samples were taken after all of %s: what changed on "
                        "the machine meanwhile counts as a difference",
                        j->rows[a].arm);
            break;
        }
    }
}

/* More disturbed samples than this part make the whole run doubtful. */
#define CONTAMINATED_MAX_FRACTION 0.2

void pb_run_check_mostly_undisturbed(struct pb_run_judging *j, const struct pb_run_check *self)
{
    size_t counted = 0, disturbed = 0;
    const char *cause = NULL;
    for (size_t i = 0; i < j->row_count; i++)
        for (size_t k = 0; k < j->rows[i].n; k++) {
            const struct pb_sample *s = j->rows[i].samples[k];
            if (!pb_run_row_counts(s)) continue;
            counted++;
            if (s->outcome != PB_OUTCOME_CONTAMINATED) continue;
            disturbed++;
            if (!cause) cause = s->reason;
        }
    if ((double)disturbed <= CONTAMINATED_MAX_FRACTION * (double)counted) return;
    pb_run_find(j, (struct pb_run_finding){.check = self->name, .effect = PB_FINDING_RUN},
                "%zu of %zu samples were disturbed (first: %s): measure again when it is quiet",
                disturbed, counted, cause ? cause : "no cause is known");
}
