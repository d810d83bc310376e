/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_MODEL_H
#define PB_REPORT_MODEL_H

#include "harness/journal/journal.h"

/*
 * What every report is made from: the journal, sorted into cells. Formats only read it; all
 * arithmetic is done here (with harness/stats).
 */
struct pb_cell {
    const char *registry, *phase, *arm;
    enum pb_outcome outcome; /* OK when at least one counted sample is and none failed */
    const char *reason;
    const struct pb_sample **samples; /* counted ones (round >= 1, not traced), by round */
    size_t sample_count, attempted;
    struct {
        bool has;
        const char *reason;                /* why not */
        double mean, sd, min, max, median; /* sample standard deviation, n-1; 0 for n = 1 */
        size_t n;
    } metric[PB_METRIC_COUNT];
};

struct pb_report_phase {
    const char *key;
    struct pb_cell *
        *cells; /* one per arm in table order: sorted by arm name as the seed tables do */
    size_t cell_count;
};
struct pb_report_registry {
    const char *label;
    struct pb_report_phase *phases;
    size_t phase_count;
    bool has_results; /* false: "no output captured" */
};
struct pb_report_model {
    struct pb_arena arena;
    const struct pb_journal_data *journal; /* borrowed */
    struct pb_report_registry *registries;
    size_t registry_count;
};
int pb_report_model_make(const struct pb_journal_data *journal, struct pb_report_model *out,
                         struct pb_err *err) PB_MUST_CHECK;
void pb_report_model_release(struct pb_report_model *model);

#endif
