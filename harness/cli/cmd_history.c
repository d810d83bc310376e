/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"
#include "harness/cli/history_file.h"

#include "base/fs.h"
#include "reports/history_report.h"
#include "reports/json_out.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT_MAX_BYTES = 256 << 20 };

struct options {
    const char *db, *reference, *commit, *label;
    bool json;
};

static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

struct pb_history *pb_history_file_open(struct pb_arena *arena, const char *given,
                                        enum pb_history_mode mode, struct pb_err *err)
{
    const char *path = given ? given : variable("PHASEBENCH_HISTORY");
    const char *data = variable("XDG_DATA_HOME"), *home = variable("HOME");
    if (!path && data) path = pb_arena_printf(arena, "%s/phasebench/history.sqlite", data);
    if (!path && home)
        path = pb_arena_printf(arena, "%s/.local/share/phasebench/history.sqlite", home);
    if (path) return pb_history_open(path, mode, err);
    pb_err_set(err, PB_E_USAGE, "find the history: no HOME: use --db FILE");
    return NULL;
}

static int add_model(struct pb_history *history, const struct options *o, const char *dir,
                     const struct pb_report_model *model, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_history_points points;
    bool added = false;
    int rc = pb_history_points_of(model, &arena, &points, err);
    if (rc == 0) {
        points.run.commit = o->commit ? o->commit : variable("GITHUB_SHA");
        if (!points.run.commit) points.run.commit = variable("CI_COMMIT_SHA");
        points.run.label = o->label;
        rc = pb_history_add(history, &points.run, points.items, points.n, &added, err);
    }
    if (rc == 0)
        printf(added ? "%s: added, %zu ratios to %s\n" : "%s: is there already\n", dir, points.n,
               model->baseline);
    pb_arena_release(&arena);
    return rc;
}

static int add_folder(struct pb_history *history, const struct options *o, const char *dir,
                      struct pb_err *err)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    int rc = pb_journal_read(dir, &journal, err);
    if (rc == 0) rc = pb_report_model_make(&journal, &model, err);
    if (rc == 0) {
        rc = pb_report_model_compare(&model, o->reference, err);
        if (rc == 0) rc = add_model(history, o, dir, &model, err);
        pb_report_model_release(&model);
    }
    pb_journal_data_release(&journal);
    return rc;
}

static int run_add(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct options *o = options;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_history *history = pb_history_file_open(&arena, o->db, PB_HISTORY_WRITE, err);
    int rc = history ? 0 : -1;
    for (size_t i = 0; rc == 0 && i < args->n; i++)
        rc = add_folder(history, o, args->items[i], err);
    pb_history_close(history);
    pb_arena_release(&arena);
    return rc;
}

static void add_json(struct pb_buf *out, const struct pb_history_runs *runs)
{
    struct pb_json_out j = {.out = out};
    pb_json_open(&j, NULL, '[');
    for (size_t i = 0; i < runs->n; i++) {
        const struct pb_history_run *run = &runs->items[i];
        pb_json_break(&j);
        pb_json_open(&j, NULL, '{');
        pb_json_text(&j, "run", run->id);
        pb_json_text(&j, "started_utc", run->started_utc);
        pb_json_text(&j, "commit", run->commit);
        pb_json_text(&j, "label", run->label);
        pb_json_text(&j, "project", run->project);
        pb_json_text(&j, "platform", run->platform);
        pb_json_text(&j, "machine", run->machine);
        pb_json_close(&j, '}');
    }
    pb_json_close(&j, ']');
    pb_buf_add_char(out, '\n');
}

static int run_list(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct options *o = options;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_history_runs runs;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(OUTPUT_MAX_BYTES);
    (void)args;
    struct pb_history *history = pb_history_file_open(&arena, o->db, PB_HISTORY_READ, err);
    int rc = history ? pb_history_list(history, &arena, &runs, err) : -1;
    if (rc == 0 && o->json)
        add_json(&out, &runs);
    else if (rc == 0)
        pb_history_run_table(&out, &runs);
    if (rc == 0) rc = pb_write_all(STDOUT_FILENO, out.p, out.n, err);
    pb_history_close(history);
    pb_arena_release(&arena);
    return rc;
}

static const struct pb_opt add_opts[] = {
    PB_HISTORY_FILE_OPT(struct options, db),
    {"reference", 0, PB_OPT_STRING, offsetof(struct options, reference), "ARM",
     "the run's baseline", "arm that the others are held against", NULL, 0, 0},
    {"commit", 0, PB_OPT_STRING, offsetof(struct options, commit), "SHA", "the CI job's",
     "commit that was measured", NULL, 0, 0},
    {"label", 0, PB_OPT_STRING, offsetof(struct options, label), "TEXT", NULL,
     "a word to tell the run by", NULL, 0, 0},
    {0},
};
static const struct pb_opt list_opts[] = {
    PB_HISTORY_FILE_OPT(struct options, db),
    {"json", 0, PB_OPT_FLAG, offsetof(struct options, json), NULL, "no", "for programs", NULL, 0,
     0},
    {0},
};

static const struct pb_cmd add_cmd = {
    .name = "add",
    .args = "DIR...",
    .summary = "add result folders",
    .details = "Kept are ratios to a reference arm of the same run, by rounds: times of different\n"
               "days and machines do not compare. A reference that never changes (a fixed version\n"
               "of a manager, or limit) makes a trend; the baseline of a gate makes the steps.\n"
               "Adding a run twice changes nothing.\n\n"
               "  phasebench history add results --reference bun --commit $(git rev-parse "
               "HEAD)\n\n" PB_HISTORY_FILE_HELP,
    .opts = add_opts,
    .opts_size = sizeof(struct options),
    .min_args = 1,
    .max_args = 100000,
    .run = run_add,
};
static const struct pb_cmd list_cmd = {
    .name = "list",
    .args = "",
    .summary = "list the runs",
    .details = PB_HISTORY_FILE_HELP,
    .opts = list_opts,
    .opts_size = sizeof(struct options),
    .run = run_list,
};
static const struct pb_cmd *const cmds[] = {
    &add_cmd, &list_cmd, &pb_history_show_cmd, &pb_history_plot_cmd, &pb_history_export_cmd, NULL};

const struct pb_cmd pb_cmd_history = {
    .name = "history",
    .summary = "keep results over time, find when they changed, plot and export them",
    .cmds = cmds,
};
