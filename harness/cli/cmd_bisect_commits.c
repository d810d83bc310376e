/* SPDX-License-Identifier: MIT */
#include "harness/cli/bisect_options.h"
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"

#include "base/datadir.h"
#include "base/mem.h"
#include "base/term.h"

#include <stdio.h>

enum { GIT_GOOD = 0, GIT_BAD = 1, GIT_SKIP = 125 }; /* what git bisect run understands */

static const struct pb_opt commit_opts[] = {
    PB_BISECT_ROW("good", 'g', STRING, good, "REV", NULL, "a revision before it got slower"),
    PB_BISECT_ROW("bad", 'b', STRING, bad, "REV", "HEAD", "a revision after"),
    PB_BISECT_ROW("build", 0, STRING, build, "CMD", NULL,
                  "shell command that builds what is checked out"),
    PB_BISECT_ROW("binary", 0, STRING, binary, "PATH", NULL,
                  "the program it makes, in the repository"),
    PB_BISECT_ROW("repository", 'C', STRING, repository, "DIR", ".", "the git repository"),
    PB_BISECT_ROW("out", 'o', STRING, out, "DIR", "phasebench-bisect in .git",
                  "folder for programs and measurements"),
    PB_BISECT_MEASURING,
    {0},
};
static const struct pb_opt step_opts[] = {{0}};

static int begin_commits(struct pb_arena *arena, const struct pb_bisect_options *o,
                         struct pb_bisect *b, struct pb_err *err)
{
    if (!o->good || !o->build || !o->binary)
        return pb_err_set(err, PB_E_USAGE, "bisect commits: give --good, --build and --binary");
    const char *repository = pb_bisect_real_path(arena, o->repository, err);
    const char *git_dir = repository ? pb_bisect_git_dir(arena, repository, err) : NULL;
    if (!git_dir) return -1;
    const char *dir = o->out ? o->out : pb_arena_printf(arena, "%s/phasebench-bisect", git_dir);
    if (pb_bisect_begin(arena, o, dir, b, err) != 0) return -1;
    b->repository = repository;
    b->build = o->build;
    b->binary = o->binary;
    b->good = pb_bisect_commit(arena, repository, o->good, err);
    b->bad = b->good ? pb_bisect_commit(arena, repository, o->bad, err) : NULL;
    b->original = b->bad ? pb_bisect_checkout(arena, repository, err) : NULL;
    return b->original ? pb_bisect_save(b, err) : -1;
}

static int run_commits(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct pb_bisect_options *o = options;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_bisect b;
    const char *found = NULL, *log = NULL;
    (void)args;
    PB_AUTO_FREE char *exe_dir = pb_exe_dir(err);
    int rc = !exe_dir ? -1 : o->resume ? 0 : begin_commits(&arena, o, &b, err);
    if (rc == 0) rc = pb_bisect_open(&arena, o->resume ? o->resume : b.dir, &b, err);
    if (rc == 0 && !b.repository)
        rc = pb_err_set(err, PB_E_USAGE, "bisect commits: %s is a search among binaries", b.dir);
    if (rc == 0) {
        const char *self = pb_arena_printf(&arena, "%s/phasebench", exe_dir);
        rc = pb_bisect_commits(&arena, &b, self, &found, &log, err);
    }
    int status = pb_bisect_status(err, rc);
    if (status == 0) {
        printf("%s%s\n", found ? "first bad commit: " : "undecided: ", found ? found : log);
        status = found ? PB_EXIT_REGRESSION : PB_EXIT_INCONCLUSIVE;
    }
    pb_progress_clear();
    pb_arena_release(&arena);
    return status;
}

static int run_step(const void *options, const struct pb_args *args, struct pb_err *err)
{
    static const int statuses[] = {
        [PB_BISECT_GOOD] = GIT_GOOD, [PB_BISECT_BAD] = GIT_BAD, [PB_BISECT_UNDECIDED] = GIT_SKIP};
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_bisect b;
    enum pb_bisect_answer answer = PB_BISECT_UNDECIDED;
    const char *why = "", *commit = NULL;
    (void)options;
    int rc = pb_bisect_open(&arena, args->items[0], &b, err);
    if (rc == 0) commit = pb_bisect_commit(&arena, b.repository, "HEAD", err);
    if (!commit) rc = -1;
    if (rc == 0) rc = pb_bisect_build(&arena, &b, commit, err);
    if (rc != 0 && err->code == PB_E_CHILD && commit) {
        why = pb_arena_cstr(&arena, pb_str(err->msg));
        pb_err_clear(err);
        rc = 0;
    } else if (rc == 0) {
        rc = pb_bisect_judge(&arena, &b, commit, &answer, &why, err);
    }
    pb_progress_clear();
    if (rc == 0) pb_info("%.12s is %s: %s", commit, pb_bisect_answer_name(answer), why);
    if (rc != 0) pb_warn("%s", err->msg);
    pb_err_clear(err);
    pb_arena_release(&arena);
    /* Anything but an answer must stop git, which would count it as bad. */
    return rc == 0 ? statuses[answer] : PB_EXIT_INTERRUPTED;
}

const struct pb_cmd pb_cmd_bisect_commits = {
    .name = "commits",
    .summary = "find the commit that made a manager slower, by git bisect run",
    .details =
        "Builds both ends, measures them against each other, and lets `git bisect run` go through "
        "the\n"
        "commits. Each is measured in paired rounds against the good end: bad beyond half of the "
        "whole\n"
        "effect, good below it. Where that stays unclear, more rounds are taken, then the commit "
        "is\n"
        "skipped, as is one that does not build. Everything is kept: go on after an interruption "
        "with\n--resume.\n\n"
        "  phasebench bisect commits --good v1.2 --build './dev build release' \\\n"
        "      --binary build/release/bin/plumb --phase p1\n"
        "  phasebench bisect commits --resume .git/phasebench-bisect\n\n" PB_BISECT_STATUSES,
    .opts = commit_opts,
    .opts_size = sizeof(struct pb_bisect_options),
    .defaults = pb_bisect_defaults,
    .run = run_commits,
};
const struct pb_cmd pb_cmd_bisect_step = {
    .name = "step",
    .args = "DIR",
    .summary = "judge what is checked out, for git bisect run: 0 good, 1 bad, 125 undecided",
    .opts = step_opts,
    .min_args = 1,
    .max_args = 1,
    .run = run_step,
};
