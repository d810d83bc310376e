/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/plan_options.h"

#include "base/fs.h"
#include "base/term.h"
#include "harness/compare/compare.h"
#include "reports/escape.h"
#include "reports/json_out.h"
#include "reports/values.h"

#include <math.h>
#include <stddef.h>
#include <unistd.h>

#define THRESHOLD 0.03
enum { OUTPUT_MAX_BYTES = 64 << 20 };

struct options {
    struct pb_opt_list allow;
    const char *metric;
    bool json;
};

static const struct pb_opt opts[] = {
    {"allow", 0, PB_OPT_LIST, offsetof(struct options, allow), "LIST", NULL,
     "what may differ between the runs: machine, project, snapshot, probes, policy", NULL, 0, 0},
    {"metric", 0, PB_OPT_STRING, offsetof(struct options, metric), "NAME", "wall_ns",
     "the figure to compare: phasebench list metrics", NULL, 0, 0},
    {"json", 0, PB_OPT_FLAG, offsetof(struct options, json), NULL, "no", "for programs", NULL, 0,
     0},
    {0},
};

static void defaults(void *out)
{
    ((struct options *)out)->metric = "wall_ns";
}

/* What is compared, and what holds a verdict up. */
struct comparison {
    enum pb_metric metric;
    const char *dirs[2];
    const struct pb_compared *cells;
    size_t cell_count;
    const char **doubts[2];
    size_t doubt_counts[2];
};

static bool is_doubtful(const struct comparison *all)
{
    return all->doubt_counts[0] + all->doubt_counts[1] > 0;
}

/* Above or below the threshold with its whole interval, within it, or neither. */
static const char *word_of(const struct pb_compared *c, const struct comparison *all)
{
    enum pb_metric metric = all->metric;
    bool time = metric == PB_M_WALL || metric == PB_M_WALL_TREE;
    if (c->missing) return "invalid";
    if (is_doubtful(all)) return "doubtful";
    if (!c->shift.has_interval) return "unclear";
    if (c->shift.low > 0 && c->shift.estimate > THRESHOLD) return time ? "slower" : "higher";
    if (c->shift.high < 0 && c->shift.estimate < -THRESHOLD) return time ? "faster" : "lower";
    bool inside = c->shift.low > -THRESHOLD && c->shift.high < THRESHOLD;
    return inside ? "equivalent" : "unclear";
}

static bool has_moved(const struct pb_compared *c)
{
    return !c->missing && c->shift.has_interval && fabs(c->shift.estimate) > THRESHOLD &&
           (c->shift.low > 0 || c->shift.high < 0);
}

static void add_text(struct pb_buf *out, const struct pb_compared *c, const struct comparison *all)
{
    enum pb_unit unit = pb_metric_table[all->metric].unit;
    char a[32], b[32], change[32], low[32], high[32];
    pb_buf_printf(out, "%s %s ", c->registry, c->phase);
    pb_add_line(out, c->arm);
    pb_buf_printf(out, ": %s", word_of(c, all));
    if (c->missing) {
        pb_buf_add_cstr(out, ": ");
        pb_add_line(out, c->missing);
    } else {
        pb_show_value(unit, c->a, a);
        pb_show_value(unit, c->b, b);
        pb_show_change(c->shift.estimate, change);
        pb_buf_printf(out, " %s -> %s, %s", a, b, change);
        if (c->shift.has_interval) {
            pb_show_change(c->shift.low, low);
            pb_show_change(c->shift.high, high);
            pb_buf_printf(out, " [%s, %s]", low, high);
        }
        pb_buf_printf(out, ", %zu and %zu samples%s", c->shift.n, c->shift.m,
                      c->same_program ? ", the same program" : "");
    }
    pb_buf_add_char(out, '\n');
}

static void add_json(struct pb_json_out *j, const struct pb_compared *c,
                     const struct comparison *all)
{
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_json_text(j, "registry", c->registry);
    pb_json_text(j, "phase", c->phase);
    pb_json_text(j, "arm", c->arm);
    pb_json_truth(j, "same_program", c->same_program);
    pb_json_text(j, "verdict", word_of(c, all));
    pb_json_text(j, "missing", c->missing);
    if (!c->missing) {
        pb_json_real(j, "a", c->a);
        pb_json_real(j, "b", c->b);
        pb_json_rounded(j, "change", pb_relative_change(c->shift.estimate));
        if (c->shift.has_interval) {
            pb_json_rounded(j, "low", pb_relative_change(c->shift.low));
            pb_json_rounded(j, "high", pb_relative_change(c->shift.high));
            pb_json_rounded(j, "level", c->shift.level);
        }
    }
    pb_json_close(j, '}');
}

static void render_text(const struct comparison *all, struct pb_buf *out)
{
    for (size_t i = 0; i < all->cell_count; i++)
        add_text(out, &all->cells[i], all);
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < all->doubt_counts[side]; i++) {
            pb_buf_add_cstr(out, "doubtful: ");
            pb_add_line(out, all->dirs[side]);
            pb_buf_add_cstr(out, ": ");
            pb_add_line(out, all->doubts[side][i]);
            pb_buf_add_char(out, '\n');
        }
}

static void render_json(const struct comparison *all, struct pb_buf *out)
{
    struct pb_json_out j = {.out = out};
    pb_json_open(&j, NULL, '{');
    pb_json_text(&j, "schema", "phasebench-compare/1");
    pb_json_text(&j, "metric", pb_metric_table[all->metric].name);
    pb_json_open(&j, "doubts", '[');
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < all->doubt_counts[side]; i++) {
            pb_json_open(&j, NULL, '{');
            pb_json_text(&j, "run", side == 0 ? "a" : "b");
            pb_json_text(&j, "reason", all->doubts[side][i]);
            pb_json_close(&j, '}');
        }
    pb_json_close(&j, ']');
    pb_json_open(&j, "cells", '[');
    for (size_t i = 0; i < all->cell_count; i++)
        add_json(&j, &all->cells[i], all);
    pb_json_close(&j, ']');
    pb_json_close(&j, '}');
    pb_buf_add_char(out, '\n');
}

/* The figures stand; what they are worth is the exit status. */
static int conclude(const struct comparison *all)
{
    bool drifted = false, invalid = false;
    for (size_t i = 0; i < all->cell_count; i++) {
        drifted = drifted || (all->cells[i].same_program && has_moved(&all->cells[i]));
        invalid = invalid || all->cells[i].missing;
    }
    if (is_doubtful(all))
        pb_warn("no verdict: one of the runs is doubtful as a whole: finish it (phasebench run "
                "--resume) or measure again when the machine is quiet");
    if (drifted)
        pb_warn("the same program is faster or slower in one of the runs: it is the machine that "
                "changed: measure both in one run with --baseline");
    return drifted || invalid || is_doubtful(all) ? PB_EXIT_INVALID : PB_EXIT_FINE;
}

static int refuse(struct pb_arena *arena, const struct options *o, const struct pb_journal_data *a,
                  const struct pb_journal_data *b, enum pb_metric metric, struct pb_err *err)
{
    struct pb_run_list allowed = {0};
    const char *which;
    if (pb_run_list_add(arena, &o->allow, true, &allowed, err) != 0) return -1;
    const char *why = pb_compare_refusal(arena, a, b, metric, allowed.items, allowed.n, &which);
    if (!why) return PB_EXIT_FINE;
    pb_warn("cannot compare: %s: measure both in one run with --baseline, or use --allow %s "
            "and do not trust the figures",
            why, which);
    return PB_EXIT_INVALID;
}

static int compare(struct pb_arena *arena, const struct options *o, const struct pb_args *args,
                   const struct pb_journal_data runs[2], struct pb_err *err)
{
    struct comparison all = {.dirs = {args->items[0], args->items[1]}};
    struct pb_compared *cells;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(OUTPUT_MAX_BYTES);
    int found = pb_metric_by_name(o->metric);
    if (found < 0)
        return pb_err_set(err, PB_E_USAGE, "--metric %s: there is none: phasebench list metrics",
                          o->metric);
    all.metric = (enum pb_metric)found;
    int status = refuse(arena, o, &runs[0], &runs[1], all.metric, err);
    if (status != PB_EXIT_FINE) return status;
    all.cell_count = pb_compare_cells(arena, &runs[0], &runs[1], all.metric, &cells);
    all.cells = cells;
    if (all.cell_count == 0)
        return pb_err_set(err, PB_E_USAGE, "compare: the runs share no registry, phase and arm");
    for (int side = 0; side < 2; side++)
        all.doubt_counts[side] =
            pb_compare_doubts(arena, &runs[side], all.metric, &all.doubts[side]);
    o->json ? render_json(&all, &out) : render_text(&all, &out);
    if (pb_write_all(STDOUT_FILENO, out.p, out.n, err) != 0) return -1;
    return conclude(&all);
}

static int run(const void *options, const struct pb_args *args, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_journal_data runs[2] = {{.arena = PB_ARENA_INIT}, {.arena = PB_ARENA_INIT}};
    int status = pb_journal_read(args->items[0], &runs[0], err);
    if (status == 0) status = pb_journal_read(args->items[1], &runs[1], err);
    if (status == 0) status = compare(&arena, options, args, runs, err);
    pb_journal_data_release(&runs[0]);
    pb_journal_data_release(&runs[1]);
    pb_arena_release(&arena);
    return status;
}

const struct pb_cmd pb_cmd_compare = {
    .name = "compare",
    .args = "DIR-A DIR-B",
    .summary = "hold one result folder against another, arm by arm",
    .details =
        "Shift of the wall times, or of another metric, with the exact interval of Wilcoxon, Mann "
        "and\n"
        "Whitney. Runs of another machine, project, snapshot, policy or isolation are refused; of "
        "other probes\n"
        "where their figures for the metric do not agree. The samples of two runs do not\n"
        "take turns, so an arm with the same program in both shows how much the machine itself "
        "moved.\n"
        "A run that did not finish, or that the machine disturbed too much, is named, and nothing "
        "is\n"
        "called faster or slower by it; a cell that its run's checks refuse is invalid.\n"
        "For a decision use `phasebench run --baseline` and `phasebench gate`.\n\n"
        "  phasebench compare results-monday results-friday\n"
        "  phasebench compare results-monday results-friday --metric rss_tree_peak_bytes\n\n"
        "Exit status: 0 compared, 2 usage, 3 refused, doubtful, a cell is invalid, or the same\n"
        "program moved, 5 not readable.\n",
    .opts = opts,
    .defaults = defaults,
    .opts_size = sizeof(struct options),
    .min_args = 2,
    .max_args = 2,
    .run = run,
};
