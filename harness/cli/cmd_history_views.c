/* SPDX-License-Identifier: MIT */
/* history show, plot, export: the same points, looked at in three ways. */
#include "harness/cli/history_file.h"

#include "base/fs.h"
#include "base/term.h"
#include "reports/history_report.h"

#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT_MAX_BYTES = 256 << 20, PICTURE_WIDTH = 960, PLOTS_MAX = 100 };

struct options {
    const char *db, *format, *output;
    struct pb_history_key key;
    long width;
    bool ascii;
};

typedef int view(const struct options *o, struct pb_arena *arena,
                 const struct pb_history_result *result, struct pb_buf *out, struct pb_err *err);

static struct pb_trend *trends_of(struct pb_arena *arena, const struct pb_history_result *result)
{
    struct pb_trend *trends = PB_ARENA_ARRAY(arena, struct pb_trend, result->n);
    for (size_t i = 0; i < result->n; i++)
        pb_trend_make(&result->items[i], arena, &trends[i]);
    return trends;
}

static int show(const struct options *o, struct pb_arena *arena,
                const struct pb_history_result *result, struct pb_buf *out, struct pb_err *err)
{
    (void)o;
    (void)err;
    pb_history_table(out, trends_of(arena, result), result->n);
    return 0;
}

static bool is_utf8(void)
{
    setlocale(LC_CTYPE, "");
    bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    setlocale(LC_CTYPE, "C");
    return utf8;
}

static int plot(const struct options *o, struct pb_arena *arena,
                const struct pb_history_result *result, struct pb_buf *out, struct pb_err *err)
{
    bool picture = strcmp(o->format, "svg") == 0;
    const struct pb_plot_options options = {
        .width = o->width  ? (unsigned)o->width
                 : picture ? PICTURE_WIDTH
                           : pb_term_width(STDOUT_FILENO),
        .ascii = o->ascii || !is_utf8(),
        .color = !o->output && pb_term_color(STDOUT_FILENO),
    };
    if (result->n > PLOTS_MAX)
        return pb_err_set(err, PB_E_LIMIT,
                          "plot: %zu series, at most %d: choose by --phase, --arm, --metric",
                          result->n, PLOTS_MAX);
    struct pb_trend *trends = trends_of(arena, result);
    if (picture)
        pb_history_plot_svg(out, trends, result->n, &options);
    else
        pb_history_plot_text(out, trends, result->n, &options);
    return 0;
}

static int export(const struct options *o, struct pb_arena *arena,
                  const struct pb_history_result *result, struct pb_buf *out, struct pb_err *err)
{
    (void)err;
    if (strcmp(o->format, "csv") == 0)
        pb_history_csv(out, result);
    else
        pb_history_json(out, result, arena);
    return 0;
}

static int write_out(const struct options *o, struct pb_buf *out, struct pb_err *err)
{
    if (!pb_buf_ok(out))
        return pb_err_set(err, PB_E_LIMIT, "history: the output is over %d bytes",
                          OUTPUT_MAX_BYTES);
    if (o->output) return pb_write_file_atomic(AT_FDCWD, o->output, pb_buf_str(out), 0644, err);
    return pb_write_all(STDOUT_FILENO, out->p, out->n, err);
}

static int look(const struct options *o, view *of, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_history_result result;
    struct pb_history_key key = o->key;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(OUTPUT_MAX_BYTES);
    if (key.metric && strcmp(key.metric, "all") == 0) key.metric = NULL;
    struct pb_history *history = pb_history_file_open(&arena, o->db, PB_HISTORY_READ, err);
    int rc = history ? pb_history_find(history, &arena, &key, &result, err) : -1;
    pb_history_close(history);
    if (rc == 0 && result.n == 0)
        rc = pb_err_set(err, PB_E_NOT_FOUND,
                        "history: nothing there fits: see phasebench history list");
    if (rc == 0) rc = of(o, &arena, &result, &out, err);
    if (rc == 0) rc = write_out(o, &out, err);
    pb_arena_release(&arena);
    return rc;
}

static int run_show(const void *options, const struct pb_args *args, struct pb_err *err)
{
    (void)args;
    return look(options, show, err);
}

static int run_plot(const void *options, const struct pb_args *args, struct pb_err *err)
{
    (void)args;
    return look(options, plot, err);
}

static int run_export(const void *options, const struct pb_args *args, struct pb_err *err)
{
    (void)args;
    return look(options, export, err);
}

static void wall_text(void *out)
{
    *(struct options *)out = (struct options){.format = "text", .key = {.metric = "wall_ns"}};
}

static void all_csv(void *out)
{
    *(struct options *)out = (struct options){.format = "csv", .key = {.metric = "all"}};
}

static const char *const plot_formats[] = {"text", "svg", NULL};
static const char *const export_formats[] = {"csv", "json", NULL};

#define STRING(name_, member, arg_, def_, help_)                                                   \
    {                                                                                              \
        .name = (name_), .kind = PB_OPT_STRING, .offset = offsetof(struct options, member),        \
        .arg = (arg_), .def = (def_), .help = (help_)                                              \
    }
#define FILTER(metric_)                                                                            \
    PB_HISTORY_FILE_OPT(struct options, db), STRING("phase", key.phase, "KEY", "all", "phase"),    \
        STRING("arm", key.arm, "ARM", "all", "arm"),                                               \
        STRING("reference", key.reference, "ARM", "all", "arm that it is held against"),           \
        STRING("metric", key.metric, "NAME", metric_, "metric; all: every timed one"),             \
        STRING("registry", key.registry, "LABEL", "all", "registry"),                              \
        STRING("project", key.project, "NAME", "all", "project"),                                  \
        STRING("platform", key.platform, "NAME", "all", "platform")
#define OUTPUT                                                                                     \
    {                                                                                              \
        .name = "output", .key = 'o', .kind = PB_OPT_STRING,                                       \
        .offset = offsetof(struct options, output), .arg = "FILE", .def = "stdout",                \
        .help = "write to a file instead"                                                          \
    }
#define FORMAT(def_, choices_)                                                                     \
    {                                                                                              \
        .name = "format", .key = 'f', .kind = PB_OPT_CHOICE,                                       \
        .offset = offsetof(struct options, format), .arg = "F", .def = (def_), .help = "format",   \
        .choices = (choices_)                                                                      \
    }

static const struct pb_opt show_opts[] = {FILTER("wall_ns"), OUTPUT, {0}};
static const struct pb_opt plot_opts[] = {
    FILTER("wall_ns"),
    FORMAT("text", plot_formats),
    OUTPUT,
    {"width", 'w', PB_OPT_LONG, offsetof(struct options, width), "N", "the terminal's, or 960",
     "columns, or pixels of the picture", NULL, 20, 10000},
    {"ascii", 0, PB_OPT_FLAG, offsetof(struct options, ascii), NULL, "by the locale",
     "only ASCII characters", NULL, 0, 0},
    {0},
};
static const struct pb_opt export_opts[] = {
    FILTER("all"), FORMAT("csv", export_formats), OUTPUT, {0}};

const struct pb_cmd pb_history_show_cmd = {
    .name = "show",
    .args = "",
    .summary = "show the latest ratio of each cell and when it changed",
    .details =
        "Changes are found by E-divisive with a permutation test (p at most 0.01, four runs on\n"
        "each side at least).\n\n"
        "  phasebench history show --phase p3_cold_install\n\n" PB_HISTORY_FILE_HELP,
    .opts = show_opts,
    .opts_size = sizeof(struct options),
    .defaults = wall_text,
    .run = run_show,
};
const struct pb_cmd pb_history_plot_cmd = {
    .name = "plot",
    .args = "",
    .summary = "plot ratios over time, with levels and changes",
    .details = "  phasebench history plot --arm utoo --phase p4_warm_link\n"
               "  phasebench history plot --format svg -o history.svg\n\n" PB_HISTORY_FILE_HELP,
    .opts = plot_opts,
    .opts_size = sizeof(struct options),
    .defaults = wall_text,
    .run = run_plot,
};
const struct pb_cmd pb_history_export_cmd = {
    .name = "export",
    .args = "",
    .summary = "write every point with what is known of its run",
    .details = "  phasebench history export --format json -o history.json\n\n" PB_HISTORY_FILE_HELP,
    .opts = export_opts,
    .opts_size = sizeof(struct options),
    .defaults = all_csv,
    .run = run_export,
};
