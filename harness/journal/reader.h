/* SPDX-License-Identifier: MIT */
#ifndef PB_JOURNAL_READER_H
#define PB_JOURNAL_READER_H

#include "base/json.h"
#include "base/map.h"
#include "harness/journal/journal.h"

/* Reading a journal, inside harness/journal only. Texts live in the arena of `out`. */
enum { PB_JOURNAL_LINE_MAX_BYTES = 8 << 20 };

struct pb_reader {
    struct pb_journal_data *out;
    struct pb_map texts; /* repeated texts (arm names, reasons) are kept once */
    size_t arm_cap, seed_cap, tree_cap, sample_cap, problem_cap;
    size_t line;
};

const char *pb_reader_keep(struct pb_reader *r, const char *text);
const char *pb_reader_text(struct pb_reader *r, const cJSON *object, const char *key);
/* A whole number within int64_t; fallback otherwise. */
int64_t pb_reader_number(const cJSON *object, const char *key, int64_t fallback);
enum pb_outcome pb_reader_outcome(const cJSON *object);
void pb_reader_problem(struct pb_reader *r, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

void pb_read_sample(struct pb_reader *r, const cJSON *object);

#endif
