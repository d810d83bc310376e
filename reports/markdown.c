/* SPDX-License-Identifier: MIT */
/* The pull-request comment: title, verdict, the two seed tables of each phase, the rest folded. */
#include "reports/format_table.h"

#include "reports/markdown_parts.h"
#include "reports/markdown_text.h"

#include <string.h>

enum { PROBLEMS_SHOWN = 5, ARMS_IN_TITLE = 16 };

static void add_arms(const struct pb_report_model *model, struct pb_buf *out)
{
    size_t count = model->journal->arm_count;
    pb_buf_add_cstr(out, "_PMs:");
    for (size_t i = 0; i < count && i < ARMS_IN_TITLE; i++) {
        const struct pb_journal_arm *arm = &model->journal->arms[i];
        pb_buf_add_cstr(out, i ? " · " : " ");
        pb_md_code(out, arm->name);
        if (!arm->version) continue;
        pb_buf_add_cstr(out, " (");
        pb_md_text(out, arm->version);
        pb_buf_add_char(out, ')');
    }
    if (count > ARMS_IN_TITLE) pb_buf_printf(out, " and %zu more", count - ARMS_IN_TITLE);
    pb_buf_add_cstr(out, "_\n\n");
}

static void add_title(const struct pb_report_model *model, const struct pb_report_options *options,
                      const struct pb_report_gates *gates, struct pb_buf *out)
{
    const struct pb_journal_run *run = &model->run;
    pb_buf_add_cstr(out, "## 📊 ");
    pb_md_text(out, run->title ? run->title : "phasebench");
    if (options->title_commit) pb_buf_printf(out, " · `%.7s`", options->title_commit);
    pb_buf_add_cstr(out, " · ");
    pb_md_text(out, run->platform ? run->platform : "unknown platform");
    pb_buf_add_cstr(out, " (");
    pb_md_code(out, run->host_os ? run->host_os : "unknown");
    pb_buf_add_cstr(out, ")\n\n");
    pb_md_add_verdict(out, model, gates);
    if (options->workflow_url) pb_buf_printf(out, "[Workflow run](%s) — ", options->workflow_url);
    pb_md_text(out, run->project ? run->project : "unknown project");
    pb_buf_add_cstr(out, "\n\n");
    add_arms(model, out);
}

static void add_problems(const struct pb_report_model *model, struct pb_buf *out)
{
    for (size_t i = 0; i < model->problem_count && i < PROBLEMS_SHOWN; i++) {
        pb_buf_add_cstr(out, "> ⚠️ ");
        pb_md_text(out, model->problems[i]);
        pb_buf_add_cstr(out, "\n");
    }
    if (model->problem_count > PROBLEMS_SHOWN)
        pb_buf_printf(out, "> ⚠️ and %zu more of this kind\n",
                      model->problem_count - PROBLEMS_SHOWN);
    if (model->problem_count) pb_buf_add_char(out, '\n');
}

static void add_reproduce(const struct pb_report_model *model,
                          const struct pb_report_options *options, struct pb_buf *out)
{
    const char *command = options->reproduce ? options->reproduce : model->run.command_line;
    if (!command) return;
    pb_buf_add_cstr(out, "<details><summary>Reproduce on your machine</summary>\n\n");
    pb_md_block(out, command);
    pb_buf_add_cstr(out, "\n</details>\n\n");
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    struct pb_md_parts parts = {0};
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_report_gates gates;
    if (pb_report_gates_make(model, options->candidate, &arena, &gates, err) != 0) {
        pb_arena_release(&arena);
        return -1;
    }
    add_title(model, options, &gates, pb_md_part(&parts, PB_MD_ALWAYS));
    add_problems(model, pb_md_part(&parts, PB_MD_ALWAYS));
    pb_md_add_phases(&parts, model);
    pb_md_add_changes(&parts, model, &gates);
    pb_md_add_about(&parts, model);
    add_reproduce(model, options, pb_md_part(&parts, PB_MD_REPRODUCE));
    int rc = pb_md_write(&parts, options->max_bytes, options->workflow_url, out, err);
    pb_md_parts_release(&parts);
    pb_arena_release(&arena);
    return rc;
}

const struct pb_report_format pb_report_markdown = {
    .name = "markdown",
    .extension = "md",
    .help = "the comment on a pull request: verdict, tables, the rest folded",
    .render = render,
};
