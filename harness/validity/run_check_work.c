/* SPDX-License-Identifier: MIT */
/* Did the arms of a phase make the same tree? A difference is no fault of any of them, but times of
 * different work must not be read as times of the same. */
#include "harness/validity/run_check.h"

#include "base/buf.h"

#include <string.h>

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
