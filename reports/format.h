/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_FORMAT_H
#define PB_REPORT_FORMAT_H

#include "base/buf.h"
#include "reports/model.h"

/* A report format: one file beside this one and one row in format_table.c. */
struct pb_report_options {
    bool color;               /* for the terminal */
    unsigned width;           /* columns, 0: no limit */
    const char *title_commit; /* first 7 of a commit for the title, or NULL */
    const char *workflow_url; /* link for the comment, or NULL */
};
struct pb_report_format {
    const char *name, *extension, *help;
    int (*render)(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err);
};
extern const struct pb_report_format *const pb_report_formats[]; /* NULL-terminated */
const struct pb_report_format *pb_report_format_find(const char *name);

/* Values as the seed tables print them (reference: docs/design.md section 6). "-" where the seed
 * prints it. `out` needs 32 bytes. */
void pb_format_seconds(double ns, char out[32]); /* "1.23s" */
void pb_format_bytes(double bytes, char out[32]);
void pb_format_count(double count, char out[32]);

#endif
