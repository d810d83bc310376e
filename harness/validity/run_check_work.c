/* SPDX-License-Identifier: MIT */
/* Did the arms of a phase make the same tree, and from the same documents? A difference is no fault
 * of any of them, but times of different work must not be read as times of the same. */
#include "harness/validity/run_check.h"

#include "base/buf.h"

#include <math.h>
#include <string.h>

/* A few documents of the other form (a version that only the full one names) are no habit. */
#define FORM_SHARE_TOLERATED 0.1

static const struct pb_journal_tree *tree_of(const struct pb_journal_data *journal,
                                             const struct pb_run_rows *r)
{
    const char *digest = NULL;
    for (size_t i = 0; i < r->n && !digest; i++)
        if (pb_run_row_counts(r->samples[i])) digest = r->samples[i]->tree_digest;
    return digest ? pb_journal_tree_find(journal, digest) : NULL;
}

static bool same_packages(const struct pb_journal_tree *a, const struct pb_journal_tree *b)
{
    if (a->package_count != b->package_count) return false;
    for (size_t i = 0; i < a->package_count; i++)
        if (strcmp(a->packages[i], b->packages[i]) != 0) return false;
    return true;
}

/* Describes the phase that begins at row `from`; returns the first row after it. */
static size_t judge_phase(struct pb_run_judging *j, const struct pb_run_check *self, size_t from)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(4096);
    const struct pb_journal_tree *first = NULL;
    bool differ = false;
    size_t i = from;
    for (; i < j->row_count && pb_run_same_phase(&j->rows[from], &j->rows[i]); i++) {
        const struct pb_journal_tree *tree = tree_of(j->journal, &j->rows[i]);
        if (!tree) continue;
        if (!first) first = tree;
        bool same = same_packages(first, tree);
        differ |= !same;
        pb_buf_printf(&text, "%s%s %zu packages%s", text.n ? ", " : "", j->rows[i].arm,
                      tree->package_count,
                      !same && tree->package_count == first->package_count ? " (others)" : "");
    }
    if (differ)
        pb_run_find(j,
                    (struct pb_run_finding){.check = self->name,
                                            .registry = j->rows[from].registry,
                                            .phase = j->rows[from].phase,
                                            .effect = PB_FINDING_REMARK},
                    "the trees differ: %s (lists: report --format work)", text.p);
    return i;
}

void pb_run_check_same_work(struct pb_run_judging *j, const struct pb_run_check *self)
{
    for (size_t i = 0; i < j->row_count;)
        i = judge_phase(j, self, i);
}

struct metadata_asked {
    double full, all; /* a sample's, on average */
};

/* False where no metadata was asked for, or nobody counted. */
static bool metadata_of(const struct pb_run_rows *r, struct metadata_asked *out)
{
    size_t n = 0;
    *out = (struct metadata_asked){0};
    for (size_t i = 0; i < r->n; i++) {
        const struct pb_metric_values *m = &r->samples[i]->metrics;
        if (!pb_run_row_counts(r->samples[i]) || !m->has[PB_M_REQUESTS_METADATA] ||
            !m->has[PB_M_REQUESTS_METADATA_FULL])
            continue;
        out->full += (double)m->value[PB_M_REQUESTS_METADATA_FULL];
        out->all += (double)m->value[PB_M_REQUESTS_METADATA];
        n++;
    }
    if (n == 0 || out->all == 0) return false;
    out->full /= (double)n;
    out->all /= (double)n;
    return true;
}

static size_t judge_metadata(struct pb_run_judging *j, const struct pb_run_check *self, size_t from)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(4096);
    double least = INFINITY, most = 0;
    size_t i = from;
    for (; i < j->row_count && pb_run_same_phase(&j->rows[from], &j->rows[i]); i++) {
        struct metadata_asked asked;
        if (!metadata_of(&j->rows[i], &asked)) continue;
        least = fmin(least, asked.full / asked.all);
        most = fmax(most, asked.full / asked.all);
        pb_buf_printf(&text, "%s%s %.0f of %.0f", text.n ? ", " : "", j->rows[i].arm, asked.full,
                      asked.all);
    }
    if (most - least > FORM_SHARE_TOLERATED)
        pb_run_find(j,
                    (struct pb_run_finding){.check = self->name,
                                            .registry = j->rows[from].registry,
                                            .phase = j->rows[from].phase,
                                            .effect = PB_FINDING_REMARK},
                    "metadata fetched as full documents, not abbreviated ones: %s", text.p);
    return i;
}

void pb_run_check_same_metadata_form(struct pb_run_judging *j, const struct pb_run_check *self)
{
    for (size_t i = 0; i < j->row_count;)
        i = judge_metadata(j, self, i);
}
