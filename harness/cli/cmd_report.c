/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"

#include "base/fs.h"
#include "base/mem.h"
#include "base/term.h"
#include "reports/format.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { REPORT_MAX_BYTES = 256 << 20 };

struct options {
    const char *format, *output, *baseline, *commit, *workflow_url;
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
    {.name = "baseline",
     .kind = PB_OPT_STRING,
     .offset = offsetof(struct options, baseline),
     .arg = "ARM",
     .def = "the run's",
     .help = "arm to compare the others with"},
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

static int write_out(void *context, struct pb_buf *out, struct pb_err *err)
{
    const int *fd = context;
    int rc = pb_write_all(*fd, out->p, out->n, err);
    pb_buf_clear(out);
    return rc;
}

static int render(const struct options *o, const struct pb_report_format *format,
                  const struct pb_journal_data *journal, int fd, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(REPORT_MAX_BYTES);
    bool terminal = !o->output && isatty(STDOUT_FILENO);
    struct pb_report_options options = {
        .color = terminal && pb_term_color(STDOUT_FILENO),
        .width = terminal ? pb_term_width(STDOUT_FILENO) : 0,
        .title_commit = o->commit,
        .workflow_url = o->workflow_url,
        .baseline = o->baseline,
        .drain = write_out,
        .drain_context = &fd,
    };
    return pb_report_write(format, journal, &options, &out, err);
}

/* A regular file is replaced when the report is complete; anything else (a pipe, /dev/null) is
 * written to. */
static int render_to_file(const struct options *o, const struct pb_report_format *format,
                          const struct pb_journal_data *journal, struct pb_err *err)
{
    PB_AUTO_FREE char *part = NULL;
    struct stat st;
    bool direct = stat(o->output, &st) == 0 && !S_ISREG(st.st_mode);
    if (!direct && asprintf(&part, "%s.part", o->output) < 0)
        return pb_err_set(err, PB_E_SYSTEM, "cannot write: %s: out of memory", o->output);
    const char *path = direct ? o->output : part;
    PB_AUTO_FD int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) return pb_err_sys(err, errno, "cannot write: %s", path);
    int rc = render(o, format, journal, fd, err);
    if (direct) return rc;
    if (rc == 0 && rename(part, o->output) < 0)
        rc = pb_err_sys(err, errno, "cannot write: %s", o->output);
    if (rc < 0) unlink(part);
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
    if (rc == 0)
        rc = o->output ? render_to_file(o, format, &journal, err)
                       : render(o, format, &journal, STDOUT_FILENO, err);
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
               "  phasebench report results --format markdown -o comment.md\n"
               "  phasebench report results --format html --baseline npm -o report.html\n",
    .opts = opts,
    .opts_size = sizeof(struct options),
    .defaults = defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
