/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"

#include "base/fs.h"
#include "base/term.h"
#include "reports/format.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { REPORT_MAX_BYTES = 256 << 20 };

struct options {
    const char *format, *output, *commit, *workflow_url;
};

static const struct pb_opt opts[] = {
    {.name = "format",
     .key = 'f',
     .kind = PB_OPT_STRING,
     .offset = offsetof(struct options, format),
     .arg = "F",
     .def = "text",
     .help = "report format: see `phasebench list formats`"},
    {.name = "output",
     .key = 'o',
     .kind = PB_OPT_STRING,
     .offset = offsetof(struct options, output),
     .arg = "FILE",
     .def = "stdout",
     .help = "write to a file instead"},
    {.name = "commit",
     .kind = PB_OPT_STRING,
     .offset = offsetof(struct options, commit),
     .arg = "SHA",
     .help = "commit to name in the title of a comment"},
    {.name = "workflow-url",
     .kind = PB_OPT_STRING,
     .offset = offsetof(struct options, workflow_url),
     .arg = "URL",
     .help = "workflow run to link from a comment"},
    {0},
};

static void defaults(void *out)
{
    *(struct options *)out = (struct options){.format = "text"};
}

static int write_report(const struct options *o, struct pb_str text, struct pb_err *err)
{
    if (!o->output) return pb_write_all(STDOUT_FILENO, text.p, text.n, err);
    return pb_write_file_atomic(AT_FDCWD, o->output, text, 0666, err);
}

static int render(const struct options *o, const struct pb_report_format *format,
                  const struct pb_journal_data *journal, struct pb_err *err)
{
    struct pb_report_model model;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(REPORT_MAX_BYTES);
    bool terminal = !o->output && isatty(STDOUT_FILENO);
    struct pb_report_options options = {
        .color = terminal && pb_term_color(STDOUT_FILENO),
        .width = terminal ? pb_term_width(STDOUT_FILENO) : 0,
        .title_commit = o->commit,
        .workflow_url = o->workflow_url,
    };
    if (pb_report_model_make(journal, &model, err) < 0) return -1;
    int rc = format->render(&model, &options, &out, err);
    if (rc == 0 && !pb_buf_ok(&out))
        rc = pb_err_set(err, PB_E_LIMIT, "cannot make the report: over %d bytes", REPORT_MAX_BYTES);
    if (rc == 0) rc = write_report(o, pb_buf_str(&out), err);
    pb_report_model_release(&model);
    return rc;
}

static int run(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct options *o = options;
    const struct pb_report_format *format = pb_report_format_find(o->format);
    if (!format)
        return pb_err_set(err, PB_E_USAGE,
                          "cannot make the report: unknown format \"%s\": see `phasebench list "
                          "formats`",
                          o->format);
    struct pb_journal_data journal;
    int rc = pb_journal_read(args->items[0], &journal, err);
    if (rc == 0) rc = render(o, format, &journal, err);
    pb_journal_data_release(&journal);
    return rc;
}

const struct pb_cmd pb_cmd_report = {
    .name = "report",
    .args = "DIR",
    .summary = "make a report from the journal of a result folder",
    .details = "Every report can be made again from journal.jsonl alone, also from one that was\n"
               "cut short: the report then says what is missing.\n\n"
               "  phasebench report results\n"
               "  phasebench report results --format markdown -o comment.md\n",
    .opts = opts,
    .opts_size = sizeof(struct options),
    .defaults = defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
