/* SPDX-License-Identifier: MIT */
#ifndef PB_MARKDOWN_PARTS_H
#define PB_MARKDOWN_PARTS_H

#include "base/buf.h"
#include "reports/format.h"
#include "reports/gates.h"

/*
 * A Markdown report in parts, so that one that is too long for its place loses whole parts, the
 * least needed first, and is never cut inside a table or a fence.
 */
enum pb_md_rank {
    PB_MD_ALWAYS, /* title, verdict, headings */
    PB_MD_TIMES,
    PB_MD_REPRODUCE,
    PB_MD_REASONS,
    PB_MD_CHANGES,
    PB_MD_RESOURCES,
    PB_MD_ABOUT,
    PB_MD_RANK_COUNT
};

struct pb_md_part {
    enum pb_md_rank rank;
    bool left_out;
    struct pb_buf text;
};
struct pb_md_parts {
    struct pb_md_part *items;
    size_t n, cap;
};

/* The text of a new part, at the end. Valid until the next call. */
struct pb_buf *pb_md_part(struct pb_md_parts *parts, enum pb_md_rank rank);
/* Writes them in order. With a limit (max_bytes > 0), parts are left out until the whole is not
 * longer, which a last line tells; fails when what must always stay is too long already. */
int pb_md_write(struct pb_md_parts *parts, size_t max_bytes, const char *workflow_url,
                struct pb_buf *out, struct pb_err *err) PB_MUST_CHECK;
void pb_md_parts_release(struct pb_md_parts *parts);

/* The parts of the report, one file each. */
void pb_md_add_verdict(struct pb_buf *out, const struct pb_report_model *model,
                       const struct pb_report_gates *gates);
void pb_md_add_phases(struct pb_md_parts *parts, const struct pb_report_model *model);
void pb_md_add_changes(struct pb_md_parts *parts, const struct pb_report_model *model,
                       const struct pb_report_gates *gates);
void pb_md_add_about(struct pb_md_parts *parts, const struct pb_report_model *model);

#endif
