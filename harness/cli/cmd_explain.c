/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"

#include "base/fs.h"
#include "harness/compare/compare.h"
#include "reports/escape.h"
#include "reports/json_out.h"
#include "reports/values.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT_MAX_BYTES = 16 << 20 };

struct options {
    const char *phase, *arm, *baseline, *registry;
    long most;
    bool json;
};

/* Whose change is explained. */
struct cell {
    const char *registry, *phase, *arm, *baseline;
};

static const struct pb_opt opts[] = {
    {"phase", 'p', PB_OPT_STRING, offsetof(struct options, phase), "PHASE", "the first",
     "phase of the cell", NULL, 0, 0},
    {"arm", 'a', PB_OPT_STRING, offsetof(struct options, arm), "ARM", "the run's candidate",
     "arm to explain", NULL, 0, 0},
    {"baseline", 'b', PB_OPT_STRING, offsetof(struct options, baseline), "ARM", "the run's",
     "arm to hold it against", NULL, 0, 0},
    {"registry", 'r', PB_OPT_STRING, offsetof(struct options, registry), "LABEL", "the first",
     "registry of the cell", NULL, 0, 0},
    {"most", 0, PB_OPT_LONG, offsetof(struct options, most), "N", "40", "lines to print", NULL, 1,
     100000},
    {"json", 0, PB_OPT_FLAG, offsetof(struct options, json), NULL, "no",
     "for programs: all rows, changes as relative numbers", NULL, 0, 0},
    {0},
};

static void defaults(void *out)
{
    *(struct options *)out = (struct options){.most = 40};
}

static const char *choose(const char *const *list, size_t n, const char *given, const char *what,
                          struct pb_err *err)
{
    for (size_t i = 0; i < n; i++) {
        size_t prefix = strcspn(list[i], "_");
        if (!given || strcmp(list[i], given) == 0 ||
            (strlen(given) == prefix && strncmp(list[i], given, prefix) == 0))
            return list[i];
    }
    pb_err_set(err, PB_E_USAGE, "explain: no %s \"%s\" in this run", what, given ? given : "");
    return NULL;
}

static void show(const struct pb_moved *m, double value, char out[32])
{
    if (m->traced)
        snprintf(out, 32, "%.6g", value);
    else
        pb_show_value(m->unit, value, out);
}

static void add_row(struct pb_buf *out, const struct pb_moved *m)
{
    char baseline[32], candidate[32], change[32] = "from nothing";
    show(m, m->baseline, baseline);
    show(m, m->candidate, candidate);
    if (isfinite(m->change))
        pb_show_change(m->change, change);
    else if (m->change < 0)
        snprintf(change, sizeof change, "to nothing");
    pb_buf_printf(out, "%-12s ", change);
    pb_add_line(out, m->name);
    pb_buf_printf(out, ": %s -> %s", baseline, candidate);
    if (m->paired.n)
        pb_buf_printf(out, ", %zu of %zu rounds, q %.2g",
                      m->change > 0 ? m->paired.positive : m->paired.negative, m->paired.n, m->q);
    pb_buf_add_char(out, '\n');
}

static void add_rows(const struct options *o, const struct pb_moved *moved, size_t n,
                     struct pb_buf *out)
{
    bool traced = false;
    if (n == 0) pb_buf_add_cstr(out, "nothing moved by 1 % or more in the same way\n");
    for (size_t i = 0; i < n && i < (size_t)o->most; i++) {
        if (moved[i].traced && !traced)
            pb_buf_add_cstr(out, "traced, or counted by the manager itself (means):\n");
        traced = moved[i].traced;
        add_row(out, &moved[i]);
    }
    if (n > (size_t)o->most) pb_buf_printf(out, "and %zu more (--most)\n", n - (size_t)o->most);
}

static void add_json_row(struct pb_json_out *j, const struct pb_moved *m)
{
    static const char *const units[] = {
        [PB_UNIT_NS] = "ns", [PB_UNIT_BYTES] = "bytes", [PB_UNIT_COUNT] = "count"};
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_json_text(j, "name", m->name);
    pb_json_text(j, "source", m->traced ? pb_figure_source_name(m->source) : "metric");
    pb_json_text(j, "unit", m->traced ? NULL : units[m->unit]);
    pb_json_rounded(j, "baseline", m->baseline);
    pb_json_rounded(j, "candidate", m->candidate);
    if (isfinite(m->change))
        pb_json_rounded(j, "change", pb_relative_change(m->change));
    else
        pb_json_null(j, "change"); /* from nothing, or to nothing */
    if (m->paired.n) {
        pb_json_whole(j, "rounds", (long long)m->paired.n);
        pb_json_whole(j, "rounds_this_way",
                      (long long)(m->change > 0 ? m->paired.positive : m->paired.negative));
        pb_json_rounded(j, "q", m->q);
    }
    pb_json_close(j, '}');
}

static void render_json(const struct cell *cell, const struct pb_moved *moved, size_t n,
                        struct pb_buf *out)
{
    struct pb_json_out j = {.out = out};
    pb_json_open(&j, NULL, '{');
    pb_json_text(&j, "schema", "phasebench-explain/1");
    pb_json_text(&j, "registry", cell->registry);
    pb_json_text(&j, "phase", cell->phase);
    pb_json_text(&j, "candidate", cell->arm);
    pb_json_text(&j, "baseline", cell->baseline);
    pb_json_open(&j, "moved", '[');
    for (size_t i = 0; i < n; i++)
        add_json_row(&j, &moved[i]);
    pb_json_close(&j, ']');
    pb_json_close(&j, '}');
    pb_buf_add_char(out, '\n');
}

static void render_text(const struct options *o, const struct cell *cell,
                        const struct pb_moved *moved, size_t n, struct pb_buf *out)
{
    pb_buf_printf(out, "%s %s: ", cell->registry, cell->phase);
    pb_add_line(out, cell->arm);
    pb_buf_add_cstr(out, " against ");
    pb_add_line(out, cell->baseline);
    pb_buf_add_cstr(out, ", what moved most first\n");
    add_rows(o, moved, n, out);
}

static int choose_cell(const struct options *o, const struct pb_journal_data *journal,
                       struct cell *out, struct pb_err *err)
{
    const struct pb_journal_run *run = &journal->run;
    const char *candidates[256], *arm = o->arm, *baseline = o->baseline;
    out->registry = choose(run->registries, run->registry_count, o->registry, "registry", err);
    if (!out->registry) return -1;
    out->phase = choose(run->phases, run->phase_count, o->phase, "phase", err);
    if (!out->phase) return -1;
    if (!baseline) baseline = pb_gate_baseline_of(journal);
    out->baseline = choose(run->arms, run->arm_count, baseline, "arm", err);
    if (!out->baseline) return -1;
    if (!arm) arm = pb_gate_candidates_of(journal, out->baseline, candidates) ? candidates[0] : "";
    out->arm = choose(run->arms, run->arm_count, arm, "arm", err);
    return out->arm ? 0 : -1;
}

static int explain(struct pb_arena *arena, const struct options *o, const char *dir,
                   const struct pb_journal_data *journal, struct pb_err *err)
{
    struct cell cell;
    struct pb_moved *moved;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(OUTPUT_MAX_BYTES);
    if (choose_cell(o, journal, &cell, err) != 0) return -1;
    size_t n =
        pb_explain(arena, journal, dir, cell.registry, cell.phase, cell.arm, cell.baseline, &moved);
    if (o->json)
        render_json(&cell, moved, n, &out);
    else
        render_text(o, &cell, moved, n, &out);
    return pb_write_all(STDOUT_FILENO, out.p, out.n, err);
}

static int run(const void *options, const struct pb_args *args, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_journal_data journal;
    int status = pb_journal_read(args->items[0], &journal, err);
    if (status == 0) status = explain(&arena, options, args->items[0], &journal, err);
    pb_journal_data_release(&journal);
    pb_arena_release(&arena);
    return status;
}

const struct pb_cmd pb_cmd_explain = {
    .name = "explain",
    .args = "DIR",
    .summary = "say what moved with a cell: counters, and what was traced",
    .details =
        "Lists the metrics that moved by 1 % or more in at least 80 % of the paired rounds, with "
        "the\n"
        "chance that such a row is noise (q, over all metrics). Where both arms have traced "
        "samples,\n"
        "their system calls, waits and stages that moved by 5 % or more follow, with what the\n"
        "managers count for themselves.\n\n"
        "  phasebench explain results --phase p1 --arm head --baseline base\n"
        "  phasebench explain results --json\n",
    .opts = opts,
    .opts_size = sizeof(struct options),
    .defaults = defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
