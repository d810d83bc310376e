/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/measuring.h"
#include "harness/cli/plan_options.h"

#include "base/clock.h"
#include "base/datadir.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/term.h"
#include "harness/bisect/bisect.h"

#include <dirent.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GIT_GOOD = 0, GIT_BAD = 1, GIT_SKIP = 125 }; /* what git bisect run understands */

struct options {
    const char *good, *bad, *build, *binary, *repository; /* of commits */
    const char *manager, *phase, *metric, *project, *snapshot, *out, *resume, *timeout, *cache,
        *package;
    struct pb_opt_list phase_dirs, manager_dirs;
    long rounds;
};

#define ROW(name_, key_, kind_, member_, arg_, def_, help_)                                        \
    {                                                                                              \
        .name = (name_), .key = (key_), .kind = PB_OPT_##kind_,                                    \
        .offset = offsetof(struct options, member_), .arg = (arg_), .def = (def_), .help = (help_) \
    }
#define MEASURING                                                                                  \
    ROW("manager", 'm', STRING, manager, "NAME", "plumb", "manager that the programs are of"),     \
        ROW("phase", 'p', STRING, phase, "PHASE", "p1", "phase in which it is slower"),            \
        ROW("metric", 0, STRING, metric, "NAME", "wall_ns",                                        \
            "what got worse; counted ones (requests_metadata) need one round only"),               \
        ROW("project", 0, STRING, project, "DIR", "the synthetic one", "project to install"),      \
        ROW("snapshot", 0, STRING, snapshot, "DIR", "by the project", "snapshot to replay"),       \
        ROW("package", 0, STRING, package, "NAME", NULL, "package that p7_add_one adds"),          \
        {.name = "rounds",                                                                         \
         .key = 'n',                                                                               \
         .kind = PB_OPT_LONG,                                                                      \
         .offset = offsetof(struct options, rounds),                                               \
         .arg = "N",                                                                               \
         .def = "30",                                                                              \
         .help = "most rounds for one program; then it is undecided",                              \
         .min = 10,                                                                                \
         .max = 60},                                                                               \
        ROW("timeout", 't', STRING, timeout, "T", "10m", "longest time of one install"),           \
        ROW("cache", 0, STRING, cache, "DIR", "see phasebench run --help", "cache folder"),        \
        ROW("phases-dir", 0, LIST, phase_dirs, "DIR", NULL,                                        \
            "folder with phase files of your own"),                                                \
        ROW("managers-dir", 0, LIST, manager_dirs, "DIR", NULL,                                    \
            "folder with manager files of your own"),                                              \
        ROW("resume", 0, STRING, resume, "DIR", NULL,                                              \
            "go on with the interrupted search of this folder; needs no other option")

static const struct pb_opt commit_opts[] = {
    ROW("good", 'g', STRING, good, "REV", NULL, "a revision before it got slower"),
    ROW("bad", 'b', STRING, bad, "REV", "HEAD", "a revision after"),
    ROW("build", 0, STRING, build, "CMD", NULL, "shell command that builds what is checked out"),
    ROW("binary", 0, STRING, binary, "PATH", NULL, "the program it makes, in the repository"),
    ROW("repository", 'C', STRING, repository, "DIR", ".", "the git repository"),
    ROW("out", 'o', STRING, out, "DIR", "phasebench-bisect in .git",
        "folder for programs and measurements"),
    MEASURING,
    {0},
};
static const struct pb_opt binary_opts[] = {
    ROW("out", 'o', STRING, out, "DIR", "phasebench-bisect", "folder for measurements"),
    MEASURING,
    {0},
};
static const struct pb_opt step_opts[] = {{0}};

static void defaults(void *out)
{
    *(struct options *)out = (struct options){.bad = "HEAD",
                                              .repository = ".",
                                              .manager = "plumb",
                                              .phase = "p1",
                                              .metric = "wall_ns",
                                              .timeout = "10m",
                                              .rounds = 30};
}

static const char *keep_real_path(struct pb_arena *arena, const char *path, struct pb_err *err)
{
    PB_AUTO_FREE char *real = pb_real_path(path, err);
    return real ? pb_arena_cstr(arena, pb_str(real)) : NULL;
}

/* What both kinds of search have in common, into a new folder. */
static int begin(struct pb_arena *arena, const struct options *o, const char *dir,
                 struct pb_bisect *out, struct pb_err *err)
{
    int metric = pb_metric_by_name(o->metric);
    struct pb_run_options run = {.project = o->project,
                                 .snapshot = o->snapshot,
                                 .cache = o->cache,
                                 .package = o->package,
                                 .rounds = o->rounds,
                                 .linger_ns = PB_NS_PER_S,
                                 .seed = (uint64_t)pb_wallclock_ns(),
                                 .phases = {.items = {o->phase}, .n = 1}};
    if (metric < 0)
        return pb_err_set(err, PB_E_USAGE, "metric %s: see phasebench list metrics", o->metric);
    if (pb_read_duration("timeout", o->timeout, PB_NS_PER_MS, &run.timeout_ns, err) != 0 ||
        pb_run_list_add(arena, &o->phase_dirs, false, &run.phase_dirs, err) != 0 ||
        pb_run_list_add(arena, &o->manager_dirs, false, &run.manager_dirs, err) != 0 ||
        pb_mkdir_p(AT_FDCWD, dir, err) != 0)
        return -1;
    *out = (struct pb_bisect){.dir = keep_real_path(arena, dir, err),
                              .run = run,
                              .manager = o->manager,
                              .metric = (enum pb_metric)metric};
    if (!out->dir) return -1;
    if (!pb_exists(AT_FDCWD, pb_arena_printf(arena, "%s/bisect.json", out->dir))) return 0;
    return pb_err_set(err, PB_E_USAGE,
                      "bisect: %s holds a search already: go on with --resume, or choose another "
                      "folder with --out",
                      out->dir);
}

static int load(struct pb_arena *arena, const char *dir, struct pb_bisect *out, struct pb_err *err)
{
    const char *real = keep_real_path(arena, dir, err);
    if (!real || pb_bisect_load(arena, real, out, err) != 0) return -1;
    out->run.cancel = pb_catch_interrupts();
    return 0;
}

static int status_of(struct pb_err *err, int rc)
{
    if (rc == 0) return 0;
    if (err->code == PB_E_CONFLICT) {
        pb_warn("%s", err->msg);
        pb_err_clear(err);
        return PB_EXIT_INCONCLUSIVE;
    }
    if (err->code != PB_E_CANCELLED) return -1;
    pb_warn("%s", err->msg);
    pb_err_clear(err);
    return PB_EXIT_INTERRUPTED;
}

/* --- commits --- */

static int begin_commits(struct pb_arena *arena, const struct options *o, struct pb_bisect *b,
                         struct pb_err *err)
{
    if (!o->good || !o->build || !o->binary)
        return pb_err_set(err, PB_E_USAGE, "bisect commits: give --good, --build and --binary");
    const char *repository = keep_real_path(arena, o->repository, err);
    const char *git_dir = repository ? pb_bisect_git_dir(arena, repository, err) : NULL;
    if (!git_dir) return -1;
    const char *dir = o->out ? o->out : pb_arena_printf(arena, "%s/phasebench-bisect", git_dir);
    if (begin(arena, o, dir, b, err) != 0) return -1;
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
    const struct options *o = options;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_bisect b;
    const char *found = NULL, *log = NULL;
    (void)args;
    PB_AUTO_FREE char *exe_dir = pb_exe_dir(err);
    int rc = !exe_dir ? -1 : o->resume ? 0 : begin_commits(&arena, o, &b, err);
    if (rc == 0) rc = load(&arena, o->resume ? o->resume : b.dir, &b, err);
    if (rc == 0 && !b.repository)
        rc = pb_err_set(err, PB_E_USAGE, "bisect commits: %s is a search among binaries", b.dir);
    if (rc == 0) {
        const char *self = pb_arena_printf(&arena, "%s/phasebench", exe_dir);
        rc = pb_bisect_commits(&arena, &b, self, &found, &log, err);
    }
    int status = status_of(err, rc);
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
    int rc = load(&arena, args->items[0], &b, err);
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

/* --- binaries --- */

/* Names of programs within the folder: "003-plumb". */
static int begin_binaries(struct pb_arena *arena, const struct options *o,
                          const struct pb_args *args, const char **names, struct pb_bisect *b,
                          struct pb_err *err)
{
    if (args->n < 2)
        return pb_err_set(err, PB_E_USAGE, "bisect binaries: name two programs at least");
    if (begin(arena, o, o->out ? o->out : "phasebench-bisect", b, err) != 0) return -1;
    for (size_t i = 0; i < args->n; i++) {
        const char *slash = strrchr(args->items[i], '/');
        names[i] = pb_arena_printf(arena, "%03zu-%s", i, slash ? slash + 1 : args->items[i]);
        if (pb_bisect_keep_program(arena, b, names[i], args->items[i], err) != 0) return -1;
    }
    b->good = names[0];
    b->bad = names[args->n - 1];
    return pb_bisect_save(b, err);
}

static int is_program(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* A resumed search has its programs in its folder; their names are in order. */
static size_t kept_names(struct pb_arena *arena, const struct pb_bisect *b, const char **names,
                         size_t max)
{
    struct dirent **entries;
    int n = scandir(pb_arena_printf(arena, "%s/programs", b->dir), &entries, is_program, alphasort);
    size_t count = 0;
    for (int i = 0; i < n; i++) {
        if (count < max) names[count++] = pb_arena_cstr(arena, pb_str(entries[i]->d_name));
        free(entries[i]);
    }
    if (n >= 0) free(entries);
    return count;
}

struct judging {
    struct pb_arena *arena;
    const struct pb_bisect *bisect;
};

static int judge(void *arg, const char *name, enum pb_bisect_answer *answer, struct pb_err *err)
{
    const struct judging *j = arg;
    const char *why;
    if (pb_bisect_judge(j->arena, j->bisect, name, answer, &why, err) != 0) return -1;
    pb_progress_clear();
    pb_info("%s is %s: %s", name, pb_bisect_answer_name(*answer), why);
    return 0;
}

enum { BINARIES_MAX = 999 };

static int run_binaries(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct options *o = options;
    const char *names[BINARIES_MAX];
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_bisect b;
    struct judging j = {&arena, &b};
    size_t n = args->n, first = 0, last = 0;
    int rc = o->resume ? 0 : begin_binaries(&arena, o, args, names, &b, err);
    if (rc == 0) rc = load(&arena, o->resume ? o->resume : b.dir, &b, err);
    if (rc == 0) n = kept_names(&arena, &b, names, BINARIES_MAX);
    if (rc == 0) rc = pb_bisect_measure_ends(&arena, &b, err);
    if (rc == 0) rc = pb_bisect_search(names, n, judge, &j, &first, &last, err);
    int status = status_of(err, rc);
    if (status == 0) {
        bool found = first == last;
        printf("%s%s", found ? "first bad: " : "undecided:", found ? names[last] : "");
        for (size_t i = first; !found && i <= last; i++)
            printf(" %s", names[i]);
        printf("\n");
        status = found ? PB_EXIT_REGRESSION : PB_EXIT_INCONCLUSIVE;
    }
    pb_progress_clear();
    pb_arena_release(&arena);
    return status;
}

#define STATUSES                                                                                   \
    "Exit status: 1 found, 2 usage, 4 undecided or the ends do not differ, 5 it could not be "     \
    "done,\n130 interrupted.\n"

static const struct pb_cmd cmd_commits = {
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
        "  phasebench bisect commits --resume .git/phasebench-bisect\n\n" STATUSES,
    .opts = commit_opts,
    .opts_size = sizeof(struct options),
    .defaults = defaults,
    .run = run_commits,
};
static const struct pb_cmd cmd_binaries = {
    .name = "binaries",
    .args = "GOOD ... BAD",
    .summary = "find the first slower one in a row of programs",
    .details = "  phasebench bisect binaries plumb-1.0 plumb-1.1 plumb-1.2 plumb-2.0 --phase "
               "p4\n\n" STATUSES,
    .opts = binary_opts,
    .opts_size = sizeof(struct options),
    .defaults = defaults,
    .max_args = BINARIES_MAX,
    .run = run_binaries,
};
static const struct pb_cmd cmd_step = {
    .name = "step",
    .args = "DIR",
    .summary = "judge what is checked out, for git bisect run: 0 good, 1 bad, 125 undecided",
    .opts = step_opts,
    .min_args = 1,
    .max_args = 1,
    .run = run_step,
};
static const struct pb_cmd *const cmds[] = {&cmd_commits, &cmd_binaries, &cmd_step, NULL};

const struct pb_cmd pb_cmd_bisect = {
    .name = "bisect",
    .summary = "find what made a manager slower: among commits or programs",
    .cmds = cmds,
};
