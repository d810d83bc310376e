/* SPDX-License-Identifier: MIT */
#include "script.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/process.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#define MAX_ARGS 48
#define RUN_TIMEOUT_NS (60 * PB_NS_PER_S)

struct command {
    const char *argv[MAX_ARGS];
    size_t n;
    const char *envp[SCENARIO_ENV_MAX + 8]; /* of equal names the first counts */
};

static void add_arg(struct command *c, const char *arg)
{
    PB_INVARIANT(c->n + 1 < MAX_ARGS);
    c->argv[c->n++] = arg;
}

static struct pb_str put_for(struct scenario *s, struct pb_str word, struct pb_str mark,
                             const char *text)
{
    ptrdiff_t at = pb_str_search(word, mark);
    if (at < 0) return word;
    return pb_str(pb_arena_printf(&s->arena, PB_FMT "%s" PB_FMT,
                                  PB_ARG(pb_strn(word.p, (size_t)at)), text,
                                  PB_ARG(pb_str_skip(word, (size_t)at + mark.n))));
}

/* plumb in a clean environment of the scenario's own folders. @DIR and @URL stand for its folder
 * and the registry's address. */
static void build(struct scenario *s, struct pb_str args, struct command *c)
{
    *c = (struct command){0};
    add_arg(c, s->plumb);
    while (args.n > 0) {
        struct pb_str word = take_word(&args);
        word = put_for(s, word, PB_LIT("@DIR"), s->dir);
        word = put_for(s, word, PB_LIT("@URL"), mock_registry_url(s->registry));
        add_arg(c, pb_arena_cstr(&s->arena, word));
    }
    const char *const env[] = {
        pb_arena_printf(&s->arena, "HOME=%s/home", s->dir),
        pb_arena_printf(&s->arena, "PLUMB_STORE=%s/store", s->dir),
        pb_arena_printf(&s->arena, "PLUMB_CACHE=%s/cache", s->dir),
        pb_arena_printf(&s->arena, "npm_config_registry=%s", mock_registry_url(s->registry)),
        "npm_config_fetch_retries=1",
        "npm_config_fetch_retry_mintimeout=20",
        "PATH=/usr/bin:/bin",
    };
    memcpy(c->envp, s->env, s->n_env * sizeof *s->env);
    memcpy(c->envp + s->n_env, env, sizeof env);
}

static struct pb_process_spec spec_of(struct scenario *s, const struct command *c, const char *cwd)
{
    return (struct pb_process_spec){.argv = c->argv,
                                    .envp = c->envp,
                                    .cwd = cwd,
                                    .timeout_ns = RUN_TIMEOUT_NS,
                                    .out = &s->out,
                                    .err = &s->err};
}

static unsigned count(struct pb_str text, const char *needle)
{
    unsigned n = 0;
    for (ptrdiff_t at; (at = pb_str_search(text, pb_str(needle))) >= 0; n++)
        text = pb_str_skip(text, (size_t)at + strlen(needle));
    return n;
}

/* A failure says exactly one error line, a success none. */
static int check_error_lines(struct scenario *s, struct pb_err *err)
{
    unsigned lines = count(pb_buf_str(&s->err), "plumb: error: ");
    if (lines == (s->exit_code == 0 ? 0 : 1)) return 0;
    return pb_err_set(err, PB_E_CHILD, "exit %d with %u error lines:\n" PB_FMT, s->exit_code, lines,
                      PB_ARG(pb_buf_str(&s->err)));
}

/* Whatever happened, the store must be sound. */
static int check_store(struct scenario *s, const char *cwd, struct pb_err *err)
{
    if (!pb_exists(s->dirfd, "store/v1")) return 0;
    struct command c;
    build(s, PB_LIT("store verify"), &c);
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(65536);
    struct pb_process_spec spec = spec_of(s, &c, cwd);
    spec.out = spec.err = &out;
    struct pb_process_result result;
    if (pb_process_run(&spec, &result, err) != 0) return -1;
    if (result.exit_code == 0) return 0;
    return pb_err_set(err, PB_E_CHILD, "the store is damaged: " PB_FMT, PB_ARG(pb_buf_str(&out)));
}

/* For the runs that follow; without a word, none any more. */
int step_env(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    s->n_env = 0;
    while (args.n > 0) {
        struct pb_str word = put_for(s, take_word(&args), PB_LIT("@DIR"), s->dir);
        if (s->n_env == SCENARIO_ENV_MAX || pb_str_find(word, '=') < 1)
            return pb_err_set(err, PB_E_BAD_INPUT, "env: cannot use \"" PB_FMT "\"", PB_ARG(word));
        s->env[s->n_env++] = pb_arena_cstr(&s->arena, word);
    }
    return 0;
}

int step_run(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    const char *cwd = pb_arena_printf(&s->arena, "%s/project", s->dir);
    struct command c;
    build(s, args, &c);
    pb_buf_clear(&s->out);
    pb_buf_clear(&s->err);
    s->counts_before = mock_registry_counts(s->registry);
    struct pb_process_spec spec = spec_of(s, &c, cwd);
    struct pb_process_result result;
    if (pb_process_run(&spec, &result, err) != 0) return -1;
    if (result.timed_out || result.signal)
        return pb_err_set(err, PB_E_CHILD, "plumb %s (signal %d):\n" PB_FMT,
                          result.timed_out ? "hangs" : "crashed", result.signal,
                          PB_ARG(pb_buf_str(&s->err)));
    s->exit_code = result.exit_code;
    if (check_error_lines(s, err) != 0) return -1;
    return check_store(s, cwd, err);
}

/* For what other programs must make: git repositories, archives. */
int step_shell(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT((size_t)1 << 16);
    for (ptrdiff_t at; (at = pb_str_search(args, PB_LIT("@DIR"))) >= 0;) {
        pb_buf_add(&text, args.p, (size_t)at);
        pb_buf_add_cstr(&text, s->dir);
        args = pb_str_skip(args, (size_t)at + 4);
    }
    pb_buf_add_str(&text, args);
    const char *argv[] = {"/bin/sh", "-ec", text.p, NULL};
    const char *envp[] = {pb_arena_printf(&s->arena, "HOME=%s/home", s->dir),
                          "PATH=/usr/bin:/bin",
                          "GIT_AUTHOR_NAME=n",
                          "GIT_AUTHOR_EMAIL=n@mail.example",
                          "GIT_COMMITTER_NAME=n",
                          "GIT_COMMITTER_EMAIL=n@mail.example",
                          NULL};
    const struct pb_process_spec spec = {.argv = argv,
                                         .envp = envp,
                                         .cwd = pb_arena_printf(&s->arena, "%s/project", s->dir),
                                         .timeout_ns = RUN_TIMEOUT_NS};
    return pb_process_check(&spec, err);
}

int step_start(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    const char *cwd = pb_arena_printf(&s->arena, "%s/project", s->dir);
    struct command c;
    build(s, args, &c);
    struct pb_process_spec spec = spec_of(s, &c, cwd);
    spec.out = spec.err = NULL;
    return pb_process_start(&spec, &s->running, NULL, err);
}

int step_kill(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    (void)args;
    int status;
    pid_t pid = s->running;
    s->running = 0;
    if (!pid || kill(pid, SIGKILL) != 0) return pb_err_sys(err, errno, "kill plumb");
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return pb_err_sys(err, errno, "wait for plumb");
    if (WIFSIGNALED(status)) return 0;
    return pb_err_set(err, PB_E_CHILD, "plumb had ended before it was killed");
}

int step_exit(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    uint64_t wanted;
    if (!pb_str_u64(args, &wanted)) return pb_err_set(err, PB_E_BAD_INPUT, "exit: no number");
    if (s->exit_code == (int)wanted) return 0;
    return pb_err_set(err, PB_E_CHILD, "exit %d:\n" PB_FMT, s->exit_code,
                      PB_ARG(pb_buf_str(&s->err)));
}

static int contains(const char *stream, const struct pb_buf *text, struct pb_str wanted,
                    struct pb_err *err)
{
    if (pb_str_search(pb_buf_str(text), wanted) >= 0) return 0;
    return pb_err_set(err, PB_E_CHILD, "\"" PB_FMT "\" is not on %s:\n" PB_FMT, PB_ARG(wanted),
                      stream, PB_ARG(pb_buf_str(text)));
}

int step_out(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    return contains("stdout", &s->out, args, err);
}

int step_err(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    return contains("stderr", &s->err, args, err);
}

/* "requests metadata 2 tarballs 0", of the last run. */
int step_requests(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    struct mock_counts now = mock_registry_counts(s->registry);
    while (args.n > 0) {
        struct pb_str what = take_word(&args);
        struct pb_str number = take_word(&args);
        bool is_metadata = pb_str_is(what, "metadata");
        unsigned got = is_metadata ? now.metadata - s->counts_before.metadata
                                   : now.tarballs - s->counts_before.tarballs;
        uint64_t wanted;
        if (!pb_str_u64(number, &wanted)) return pb_err_set(err, PB_E_BAD_INPUT, "no number");
        if (got != wanted)
            return pb_err_set(err, PB_E_CHILD, "%u requests for " PB_FMT ", not %u", got,
                              PB_ARG(what), (unsigned)wanted);
    }
    return 0;
}
