/* SPDX-License-Identifier: MIT */
#ifndef PB_RUN_FIELDS_H
#define PB_RUN_FIELDS_H

#include "harness/journal/journal.h"

/* The text members of struct pb_journal_run: one row each, for whoever writes, reads or reports
 * them. Their order is that of the journal's run line. */
struct pb_run_field {
    const char *key;
    size_t offset;
    bool of_machine; /* describes where it ran, not what */
};
extern const struct pb_run_field pb_run_fields[];
extern const size_t pb_run_field_count;

static inline const char *pb_run_field_get(const struct pb_journal_run *run,
                                           const struct pb_run_field *field)
{
    return *(const char *const *)((const char *)run + field->offset);
}
static inline void pb_run_field_set(struct pb_journal_run *run, const struct pb_run_field *field,
                                    const char *value)
{
    *(const char **)((char *)run + field->offset) = value;
}

#endif
