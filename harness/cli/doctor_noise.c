/* SPDX-License-Identifier: MIT */
#include "harness/cli/doctor_noise.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/term.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/measuring.h"
#include "harness/doctor/noise.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char first_arm[] = "first", second_arm[] = "second";

/* "5%" or "5": 1 to 100 percent. */
static int read_percent(const char *text, unsigned *permille, struct pb_err *err)
{
    char *end;
    double percent = strtod(text, &end);
    if (*end == '%') end++;
    if (end == text || *end || !(percent >= 0.1 && percent <= 100))
        return pb_err_set(err, PB_E_USAGE, "--inject %s: give 0.1%% to 100%%", text);
    *permille = (unsigned)lround(10 * percent);
    return 0;
}

/* One arm's text, twice under two names. The text may have a name of its own. */
static int make_arms(struct pb_arena *arena, struct pb_run_options *run, struct pb_err *err)
{
    const char *text = run->arms.n ? run->arms.items[0] : "plumb";
    const char *equals = strchr(text, '=');
    size_t name = strcspn(text, "@:,=");
    if (run->arms.n > 1)
        return pb_err_set(err, PB_E_USAGE, "doctor: name one arm: it is measured against itself");
    if (equals && (size_t)(equals - text) == name) text = equals + 1;
    run->arms.items[0] = pb_arena_printf(arena, "%s=%s", first_arm, text);
    run->arms.items[1] = pb_arena_printf(arena, "%s=%s", second_arm, text);
    run->arms.n = 2;
    return 0;
}

static int read_options(struct pb_arena *arena, const struct pb_doctor_options *o,
                        const char *project, struct pb_run_options *run, struct pb_err *err)
{
    *run = (struct pb_run_options){
        .project = project,
        .snapshot = o->snapshot,
        .out = o->out ? o->out : pb_default_out(arena, "aa-"),
        .title = "one program against itself",
        .rounds = o->aa ? o->aa : PB_DOCTOR_ROUNDS,
        .linger_ns = PB_NS_PER_S,
        .seed = (uint64_t)pb_wallclock_ns(),
        .command_line = pb_own_command_line(arena),
        .delayed_arm = o->inject ? second_arm : NULL,
    };
    if (o->inject && read_percent(o->inject, &run->delay_permille, err) != 0) return -1;
    if (pb_plan_options_read(arena, &o->plan, run, err) != 0) return -1;
    return make_arms(arena, run, err);
}

static double percent(double log_ratio)
{
    return 100 * pb_relative_change(log_ratio);
}

static void print_cell(const struct pb_noise_cell *c, unsigned injected)
{
    char interval[48] = "-", smallest[16] = "-";
    printf("%-10s %-18s", c->registry, c->phase);
    if (c->missing) {
        printf(" %s\n", c->missing);
        return;
    }
    if (c->paired.has_interval) {
        snprintf(interval, sizeof interval, "%+.1f..%+.1f", percent(c->paired.low),
                 percent(c->paired.high));
        snprintf(smallest, sizeof smallest, "%.1f", percent(c->paired.smallest_visible));
    }
    printf(" %5zu %8.1f %+8.1f %14s %9s", c->paired.n, percent(c->noise),
           percent(c->paired.estimate), interval, smallest);
    if (injected) printf("  %s", pb_noise_found(c) ? "found" : "not found");
    printf("\n");
}

static void print_table(const struct pb_noise_cell *cells, size_t n, unsigned injected)
{
    printf("%-10s %-18s %5s %8s %8s %14s %9s%s\n", "registry", "phase", "pairs", "noise %",
           injected ? "effect %" : "bias %", "interval %", "visible %", injected ? "  delay" : "");
    for (size_t i = 0; i < n; i++)
        print_cell(&cells[i], injected);
    if (injected)
        printf("\nThe second arm was delayed by %.1f %%.\n", injected / 10.0);
    else
        printf(
            "\nnoise: how far the two lie apart in the median round; bias: their difference over "
            "all rounds;\nvisible: a smaller effect could not be told from none.\n");
}

static int write_file(const struct pb_run_options *run, const struct pb_journal_data *journal,
                      const struct pb_noise_cell *cells, size_t n, bool to_stdout,
                      struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1u << 20);
    pb_noise_print_json(journal, cells, n, &text);
    PB_AUTO_FD int dir = pb_open_dir(AT_FDCWD, run->out, err);
    if (dir < 0 || pb_write_file_atomic(dir, "aa.json", pb_buf_str(&text), 0644, err) != 0)
        return -1;
    return to_stdout ? pb_write_all(STDOUT_FILENO, text.p, text.n, err) : 0;
}

static int exit_status(const struct pb_noise_cell *cells, size_t n, bool injected)
{
    int status = PB_EXIT_FINE;
    for (size_t i = 0; i < n; i++) {
        if (cells[i].missing) return PB_EXIT_INVALID;
        if (injected && !pb_noise_found(&cells[i])) status = PB_EXIT_INCONCLUSIVE;
    }
    return status;
}

/* A delayed arm's figures are no bias: no file for a gate then. */
static int show(struct pb_arena *arena, const struct pb_doctor_options *o,
                const struct pb_run_options *run, struct pb_err *err)
{
    struct pb_journal_data journal;
    struct pb_noise_cell *cells;
    int status = -1;
    if (pb_journal_read(run->out, &journal, err) == 0) {
        size_t n = pb_noise_of(arena, &journal, &cells);
        if (!o->json) print_table(cells, n, run->delay_permille);
        if (o->inject || write_file(run, &journal, cells, n, o->json, err) == 0)
            status = exit_status(cells, n, o->inject != NULL);
    }
    pb_journal_data_release(&journal);
    return status;
}

int pb_doctor_noise(const struct pb_doctor_options *o, const char *project, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_run_options run;
    struct pb_run_summary summary;
    int status = -1;
    if (o->json && o->inject)
        pb_err_set(err, PB_E_USAGE, "doctor: --inject has no --json: read the exit status");
    else if (read_options(&arena, o, project, &run, err) == 0) {
        run.cancel = pb_catch_interrupts();
        if (pb_run(&run, &summary, err) == 0) {
            status = show(&arena, o, &run, err);
            pb_info("results: %s", run.out);
            if (status >= 0 && summary.cancelled) status = PB_EXIT_INTERRUPTED;
        }
    }
    pb_arena_release(&arena);
    return status;
}
