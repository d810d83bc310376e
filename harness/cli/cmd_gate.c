/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/plan_options.h"

#include "base/arena.h"
#include "base/fs.h"
#include "base/term.h"
#include "reports/gate_report.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT_MAX_BYTES = 64 << 20, ARMS_MAX = 256 };

struct options {
    struct pb_opt_list candidates, thresholds, controls, accept;
    const char *baseline, *rules, *floor, *format, *output;
    bool unconfirmed;
};

static const char *const formats[] = {"text", "json", "markdown", NULL};

static const struct pb_opt opts[] = {
    {"candidate", 'c', PB_OPT_LIST, offsetof(struct options, candidates), "LIST", "the run's",
     "arms to judge, separated by commas", NULL, 0, 0},
    {"baseline", 'b', PB_OPT_STRING, offsetof(struct options, baseline), "ARM", "the run's",
     "arm that they are held against", NULL, 0, 0},
    {"rules", 0, PB_OPT_STRING, offsetof(struct options, rules), "FILE", NULL,
     "thresholds, controls and what is accepted, as JSON; on top of those of the run", NULL, 0, 0},
    {"aa", 0, PB_OPT_STRING, offsetof(struct options, floor), "FILE", NULL,
     "what identical arms showed on this machine (phasebench doctor --aa)", NULL, 0, 0},
    {"threshold", 0, PB_OPT_LIST, offsetof(struct options, thresholds), "[PHASE:]METRIC=PERCENT",
     "wall_ns=3", "what counts as a change; further timed metrics are gated when named", NULL, 0,
     0},
    {"control", 0, PB_OPT_LIST, offsetof(struct options, controls), "PHASES", NULL,
     "phases that the change cannot touch: if one moves, nothing is proven", NULL, 0, 0},
    {"accept", 0, PB_OPT_LIST, offsetof(struct options, accept), "LIST", NULL,
     "what may differ or happen: metrics, tree_digest, lock_digest, inconclusive, contaminated",
     NULL, 0, 0},
    {"unconfirmed", 0, PB_OPT_FLAG, offsetof(struct options, unconfirmed), NULL, "no",
     "red without a second look on fresh state: 2 to 3 false alarms in 100 cells", NULL, 0, 0},
    {"format", 'f', PB_OPT_CHOICE, offsetof(struct options, format), "F", "text", "output format",
     formats, 0, 0},
    {"output", 'o', PB_OPT_STRING, offsetof(struct options, output), "FILE", "stdout",
     "write to a file instead", NULL, 0, 0},
    {0},
};

static void defaults(void *out)
{
    *(struct options *)out = (struct options){.format = "text"};
}

static int add_names(struct pb_arena *arena, const struct pb_opt_list *from,
                     struct pb_gate_rules *rules,
                     int (*add)(struct pb_gate_rules *, const char *, struct pb_err *),
                     struct pb_err *err)
{
    struct pb_run_list names = {0};
    if (pb_run_list_add(arena, from, true, &names, err) != 0) return -1;
    for (size_t i = 0; i < names.n; i++)
        if (add(rules, names.items[i], err) != 0) return -1;
    return 0;
}

static int read_rules(struct pb_arena *arena, const struct options *o,
                      const struct pb_journal_data *journal, struct pb_gate_rules *out,
                      struct pb_err *err)
{
    struct pb_run_list thresholds = {0};
    const char *text;
    *out = (struct pb_gate_rules){.unconfirmed = o->unconfirmed};
    if (pb_gate_rules_of_run(arena, journal, out, err) != 0 ||
        (o->rules && pb_gate_rules_load(arena, o->rules, out, &text, err) != 0) ||
        (o->floor && pb_gate_floor_load(arena, o->floor, out, &text, err) != 0) ||
        add_names(arena, &o->controls, out, pb_gate_rules_add_control, err) != 0 ||
        add_names(arena, &o->accept, out, pb_gate_rules_add_accept, err) != 0 ||
        pb_run_list_add(arena, &o->thresholds, true, &thresholds, err) != 0)
        return -1;
    for (size_t i = 0; i < thresholds.n; i++)
        if (pb_gate_rules_add_threshold(arena, out, thresholds.items[i], err) != 0) return -1;
    return 0;
}

static size_t choose_candidates(struct pb_arena *arena, const struct options *o,
                                const struct pb_journal_data *journal, const char *baseline,
                                const char **out, struct pb_err *err)
{
    struct pb_run_list given = {0};
    if (pb_run_list_add(arena, &o->candidates, true, &given, err) != 0) return 0;
    for (size_t i = 0; i < given.n; i++)
        out[i] = given.items[i];
    size_t n = given.n ? given.n : pb_gate_candidates_of(journal, baseline, out);
    if (n == 0) pb_err_set(err, PB_E_USAGE, "gate: this run has one arm: nothing to compare");
    return n;
}

static int status_of(const struct pb_gate *gates, size_t n)
{
    static const int statuses[] = {[PB_GATE_PASSES] = PB_EXIT_FINE,
                                   [PB_GATE_REGRESSION] = PB_EXIT_REGRESSION,
                                   [PB_GATE_INVALID] = PB_EXIT_INVALID,
                                   [PB_GATE_INCONCLUSIVE] = PB_EXIT_INCONCLUSIVE};
    int worst = PB_EXIT_FINE;
    for (size_t i = 0; i < n; i++) {
        int status = statuses[gates[i].answer];
        if (worst == PB_EXIT_FINE || (status != PB_EXIT_FINE && status < worst)) worst = status;
    }
    return worst;
}

static int show(const struct options *o, const struct pb_gate *gates, size_t n, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(OUTPUT_MAX_BYTES);
    bool color = !o->output && pb_term_color(STDOUT_FILENO);
    pb_gate_format_find(o->format)->render(gates, n, color, &out);
    if (!pb_buf_ok(&out))
        return pb_err_set(err, PB_E_LIMIT, "gate: the output is over %d bytes", OUTPUT_MAX_BYTES);
    if (o->output) return pb_write_file_atomic(AT_FDCWD, o->output, pb_buf_str(&out), 0644, err);
    return pb_write_all(STDOUT_FILENO, out.p, out.n, err);
}

static int gate(struct pb_arena *arena, const struct options *o,
                const struct pb_journal_data *journal, struct pb_err *err)
{
    const char *candidates[ARMS_MAX];
    struct pb_gate_rules rules;
    const char *baseline = o->baseline ? o->baseline : pb_gate_baseline_of(journal);
    if (!baseline)
        return pb_err_set(err, PB_E_USAGE,
                          "gate: which arm is the baseline: the run names none: use --baseline");
    if (read_rules(arena, o, journal, &rules, err) != 0) return -1;
    size_t n = choose_candidates(arena, o, journal, baseline, candidates, err);
    if (n == 0) return -1;
    struct pb_gate *gates = PB_ARENA_ARRAY(arena, struct pb_gate, n);
    for (size_t i = 0; i < n; i++)
        if (pb_gate_evaluate(arena, journal, &rules, candidates[i], baseline, &gates[i], err) != 0)
            return -1;
    for (size_t i = 0; i < journal->problem_count; i++)
        pb_warn("%s", journal->problems[i]);
    if (show(o, gates, n, err) != 0) return -1;
    return status_of(gates, n);
}

static int run(const void *options, const struct pb_args *args, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_journal_data journal;
    int status = pb_journal_read(args->items[0], &journal, err);
    if (status == 0) status = gate(&arena, options, &journal, err);
    pb_journal_data_release(&journal);
    pb_arena_release(&arena);
    return status;
}

const struct pb_cmd pb_cmd_gate = {
    .name = "gate",
    .args = "DIR",
    .summary = "say whether an arm is slower than its baseline, and fail if it is",
    .details =
        "Judges the result folder of `phasebench run --baseline ARM`, cell by cell: slower, "
        "faster,\n"
        "equivalent, inconclusive or invalid. Requests, bytes, files, packages and digests are "
        "compared\n"
        "by equality between arms of one manager. Red needs the change seen twice, the second time "
        "on\n"
        "fresh state.\n\n"
        "  phasebench gate results\n"
        "  phasebench gate results --candidate head --baseline base --control p4\n"
        "  phasebench gate results --threshold p0:wall_ns=5,rss_max_bytes=5 --accept "
        "inconclusive\n\n"
        "Exit status: 0 no regression, 1 confirmed regression, 2 usage, 3 invalid, disturbed or a\n"
        "moved control, 4 inconclusive, 5 the journal could not be read.\n",
    .opts = opts,
    .opts_size = sizeof(struct options),
    .defaults = defaults,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
