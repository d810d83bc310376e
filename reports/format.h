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
    const char *baseline;     /* arm that the others are compared with, or NULL: by default */
    const char *candidate;    /* arm that the verdict of a comment is about, or NULL: by default */
    const char *reproduce;    /* command to show for it, or NULL: the run's own */
    size_t max_bytes;         /* markdown leaves out parts beyond this, 0: no limit */
    /* Takes what was rendered so far, so that a large report need not fit in memory, and empties
     * the buffer. NULL: all of it stays in the buffer. */
    int (*drain)(void *context, struct pb_buf *out, struct pb_err *err);
    void *drain_context;
};
struct pb_report_format {
    const char *name, *extension, *help;
    /* -1 only when draining failed; the caller checks pb_buf_ok(out). */
    int (*render)(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err);
};
extern const struct pb_report_format *const pb_report_formats[]; /* NULL-terminated */
const struct pb_report_format *pb_report_format_find(const char *name);

/* Makes the model, compares it with options->baseline and renders it. The report is in `out`, or
 * was drained to the last byte. */
int pb_report_write(const struct pb_report_format *format, const struct pb_journal_data *journal,
                    const struct pb_report_options *options, struct pb_buf *out,
                    struct pb_err *err) PB_MUST_CHECK;

/* For formats, every few kilobytes: drains when enough has come together. */
int pb_report_drain(const struct pb_report_options *options, struct pb_buf *out,
                    struct pb_err *err) PB_MUST_CHECK;

#endif
