/* SPDX-License-Identifier: MIT */
#include "harness/bisect/bisect.h"

#include "base/fs.h"
#include "base/process.h"
#include "base/term.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX_BYTES (1u << 20)

extern char **environ;

/* Runs git in the repository; its output without the last line's end. NULL when it fails. */
static const char *git(struct pb_arena *arena, const char *repository, const char *const *words,
                       struct pb_err *err)
{
    const char *argv[16] = {"git", "-C", repository};
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(OUTPUT_MAX_BYTES);
    size_t n = 3;
    for (; *words && n < 15; words++)
        argv[n++] = *words;
    const struct pb_process_spec spec = {.argv = argv, .out = &out};
    if (pb_process_check(&spec, err) != 0) return NULL;
    return pb_arena_cstr(arena, pb_str_trim(pb_buf_str(&out)));
}
#define GIT(arena, repository, err, ...)                                                           \
    git((arena), (repository), (const char *const[]){__VA_ARGS__, NULL}, (err))

const char *pb_bisect_commit(struct pb_arena *arena, const char *repository, const char *revision,
                             struct pb_err *err)
{
    const char *spec = pb_arena_printf(arena, "%s^{commit}", revision);
    return GIT(arena, repository, err, "rev-parse", "--verify", "--quiet", "--end-of-options",
               spec);
}

const char *pb_bisect_git_dir(struct pb_arena *arena, const char *repository, struct pb_err *err)
{
    return GIT(arena, repository, err, "rev-parse", "--absolute-git-dir");
}

const char *pb_bisect_checkout(struct pb_arena *arena, const char *repository, struct pb_err *err)
{
    const char *branch = GIT(arena, repository, NULL, "symbolic-ref", "--quiet", "--short", "HEAD");
    return branch ? branch : pb_bisect_commit(arena, repository, "HEAD", err);
}

int pb_bisect_build(struct pb_arena *arena, const struct pb_bisect *b, const char *commit,
                    struct pb_err *err)
{
    const char *const argv[] = {"sh", "-c", b->build, NULL};
    const struct pb_process_spec spec = {.argv = argv, .cwd = b->repository};
    if (pb_exists(AT_FDCWD, pb_bisect_program(arena, b, commit))) return 0;
    pb_progress_step("building %.12s", commit);
    if (pb_process_check(&spec, err) != 0) return pb_err_wrap(err, "build %.12s", commit);
    const char *made = pb_arena_printf(arena, "%s/%s", b->repository, b->binary);
    return pb_bisect_keep_program(arena, b, commit, made, err);
}

static int check_out_and_build(struct pb_arena *arena, const struct pb_bisect *b,
                               const char *commit, struct pb_err *err)
{
    if (pb_exists(AT_FDCWD, pb_bisect_program(arena, b, commit))) return 0;
    if (!GIT(arena, b->repository, err, "checkout", "--quiet", "--detach", commit)) return -1;
    return pb_bisect_build(arena, b, commit, err);
}

/* In our own process group, so that an interrupt from the terminal reaches all of them: the step
 * ends its journal, git ends, and then we do. Its talk goes to stderr. */
static int run_bisection(const struct pb_bisect *b, const char *self, struct pb_err *err)
{
    const char *const argv[] = {"git", "-C",     b->repository, "bisect", "run",
                                self,  "bisect", "step",        b->dir,   NULL};
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t defaults;
    pid_t pid;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGINT);
    sigaction(SIGINT, &ignore, &before);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setsigdefault(&attr, &defaults);
    int status, error = posix_spawnp(&pid, argv[0], &actions, &attr, (char *const *)argv, environ);
    while (!error && waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) error = errno;
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    sigaction(SIGINT, &before, NULL);
    return error ? pb_err_sys(err, error, "run git bisect") : 0;
}

static bool is_under_way(struct pb_arena *arena, const struct pb_bisect *b)
{
    return GIT(arena, b->repository, NULL, "bisect", "log") != NULL;
}

static int measure_ends(struct pb_arena *arena, struct pb_bisect *b, struct pb_err *err)
{
    struct pb_err ignored = PB_ERR_INIT;
    if (b->has_effect) return 0;
    int rc = check_out_and_build(arena, b, b->good, err);
    if (rc == 0) rc = check_out_and_build(arena, b, b->bad, err);
    if (!GIT(arena, b->repository, &ignored, "checkout", "--quiet", b->original))
        pb_warn("%s", ignored.msg);
    return rc == 0 ? pb_bisect_measure_ends(arena, b, err) : -1;
}

/* The first bad commit when all that lie before it are known good. */
static const char *first_bad(struct pb_arena *arena, const struct pb_bisect *b, const char *log)
{
    const char *end = strstr(log, "# first bad commit: [");
    if (!end) return NULL;
    end += strlen("# first bad commit: [");
    return pb_bisect_commit(arena, b->repository,
                            pb_arena_cstr(arena, pb_strn(end, strcspn(end, "]"))), NULL);
}

int pb_bisect_commits(struct pb_arena *arena, struct pb_bisect *b, const char *self,
                      const char **found, const char **log, struct pb_err *err)
{
    if (measure_ends(arena, b, err) != 0) return -1;
    if (!is_under_way(arena, b) &&
        !GIT(arena, b->repository, err, "bisect", "start", b->bad, b->good))
        return -1;
    if (run_bisection(b, self, err) != 0) return -1;
    *log = GIT(arena, b->repository, err, "bisect", "log");
    if (!*log) return -1;
    *found = first_bad(arena, b, *log);
    /* git's own exit status does not tell a stopped search from a failed one. */
    if (!*found && !strstr(*log, "only skipped commits left"))
        return pb_err_set(err, PB_E_CANCELLED,
                          "bisect: stopped before there was an answer: go on with --resume %s",
                          b->dir);
    return GIT(arena, b->repository, err, "bisect", "reset") ? 0 : -1;
}
