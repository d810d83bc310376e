/* SPDX-License-Identifier: MIT */
/* phasebench-limit: looks like a package manager and does only the system work of one. */
#include "base/fs.h"
#include "base/mem.h"
#include "base/opt.h"
#include "base/term.h"
#include "harness/limit/plan.h"
#include "harness/limit/receive.h"
#include "harness/limit/tree_work.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOCK "limit-plan" /* the arm's lockfile: a plan */

struct opts {
    const char *registry, *store, *plan;
};

struct run {
    const struct opts *opts;
    struct pb_buf text;
    struct pb_arena arena;
    struct pb_limit_plan plan;
};

static int read_plan(struct run *run, const char *path, struct pb_err *err)
{
    run->text = PB_BUF_INIT(PB_LIMIT_PLAN_MAX_BYTES);
    if (pb_read_file(AT_FDCWD, path, &run->text, err) != 0) return -1;
    if (pb_limit_plan_read(run->text.p, run->text.n, &run->arena, &run->plan, err) == 0) return 0;
    return pb_err_wrap(err, "%s", path);
}

/* The plan's path; NULL with an error when none is named. */
static const char *find_plan(const struct opts *opts, struct pb_err *err)
{
    const char *path = opts->plan ? opts->plan : getenv("PHASEBENCH_LIMIT_PLAN");
    if (path && *path) return path;
    (void)pb_err_set(err, PB_E_USAGE,
                     "no plan: make one with `phasebench-limit plan` and name it with --plan "
                     "or $PHASEBENCH_LIMIT_PLAN");
    return NULL;
}

static int write_lock(const char *from, struct pb_err *err)
{
    return pb_copy_tree(AT_FDCWD, from, AT_FDCWD, LOCK, err);
}

static int resolve(struct run *run, struct pb_err *err)
{
    const char *path = find_plan(run->opts, err);
    if (!path || read_plan(run, path, err) != 0) return -1;
    if (pb_limit_receive(run->opts->registry, run->plan.metadata, run->plan.metadata_count, err))
        return -1;
    return write_lock(path, err);
}

struct receiving {
    const char *registry;
    const char **paths;
    size_t count;
    struct pb_err err;
};

static void add_paths(struct receiving *r, const char **paths, size_t count)
{
    memcpy(r->paths + r->count, paths, count * sizeof *paths);
    r->count += count;
}

static void *receive(void *arg)
{
    struct receiving *r = arg;
    (void)!pb_limit_receive(r->registry, r->paths, r->count, &r->err);
    return NULL;
}

static int make_files(const struct run *run, const char *store, bool has_store, struct pb_err *err)
{
    if (!has_store && pb_limit_make_store(&run->plan, store, err) != 0) return -1;
    return pb_limit_make_tree(&run->plan, store, ".", err);
}

/* Bytes and files at the same time: neither needs the other here. */
static int receive_and_make(struct run *run, const char *store, bool has_lock, struct pb_err *err)
{
    const struct pb_limit_plan *plan = &run->plan;
    bool has_store = pb_exists(AT_FDCWD, store);
    size_t most = plan->metadata_count + plan->tarball_count;
    struct receiving r = {.registry = run->opts->registry,
                          .paths = PB_ARENA_ARRAY(&run->arena, const char *, most)};
    pthread_t thread;
    if (!has_lock) add_paths(&r, plan->metadata, plan->metadata_count);
    if (!has_store) add_paths(&r, plan->tarballs, plan->tarball_count);
    if (r.count == 0) return make_files(run, store, has_store, err);
    int sys = pthread_create(&thread, NULL, receive, &r);
    if (sys) return pb_err_sys(err, sys, "start a thread");
    int result = make_files(run, store, has_store, err);
    (void)pthread_join(thread, NULL);
    if (result != 0 || !pb_err_is_set(&r.err)) return result;
    *err = r.err;
    return -1;
}

static int install(struct run *run, struct pb_err *err)
{
    PB_AUTO_FREE char *store = NULL;
    const char *parent = run->opts->store ? run->opts->store : getenv("PHASEBENCH_LIMIT_STORE");
    if (!parent || asprintf(&store, "%s/limit", parent) < 0)
        return pb_err_set(err, PB_E_USAGE, "no store: name it with --store");
    bool has_lock = pb_exists(AT_FDCWD, LOCK);
    const char *path = has_lock ? LOCK : find_plan(run->opts, err);
    if (!path || read_plan(run, path, err) != 0) return -1;
    if (receive_and_make(run, store, has_lock, err) != 0) return -1;
    return has_lock ? 0 : write_lock(path, err);
}

static int run_with(const void *opts, int (*work)(struct run *, struct pb_err *),
                    struct pb_err *err)
{
    struct run run = {.opts = opts};
    int result = work(&run, err);
    pb_arena_release(&run.arena);
    pb_buf_release(&run.text);
    return result;
}

static int run_install(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    (void)args;
    return run_with(opts, install, err);
}

static int run_resolve(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    (void)args;
    return run_with(opts, resolve, err);
}

static int run_plan(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    (void)opts;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(PB_LIMIT_PLAN_MAX_BYTES);
    if (pb_limit_plan_make(args->items[0], &text, err) != 0) return -1;
    return pb_write_file(AT_FDCWD, args->items[1], pb_buf_str(&text), 0666, err);
}

#define AT(field) offsetof(struct opts, field)
static const struct pb_opt options[] = {
    {"registry", 0, PB_OPT_STRING, AT(registry), "URL", NULL, "The replayed registry", NULL, 0, 0},
    {"store", 0, PB_OPT_STRING, AT(store), "DIR", "$PHASEBENCH_LIMIT_STORE", "Where files are kept",
     NULL, 0, 0},
    {"plan", 0, PB_OPT_STRING, AT(plan), "FILE", "$PHASEBENCH_LIMIT_PLAN", "What is to be done",
     NULL, 0, 0},
    {0},
};
static const struct pb_opt no_options[] = {{0}};

static void defaults(void *opts)
{
    *(struct opts *)opts = (struct opts){.registry = ""};
}

static const struct pb_cmd cmd_install = {
    .name = "install",
    .args = "[OPTIONS]",
    .summary = "Receive the tarballs, make the files, folders and links",
    .details = "Without a " LOCK " in the current folder the metadata is received first. With a\n"
               "filled store only the tree is made.\n",
    .opts = options,
    .opts_size = sizeof(struct opts),
    .defaults = defaults,
    .run = run_install,
};
static const struct pb_cmd cmd_resolve = {
    .name = "resolve",
    .args = "[OPTIONS]",
    .summary = "Receive the metadata and write " LOCK,
    .opts = options,
    .opts_size = sizeof(struct opts),
    .defaults = defaults,
    .run = run_resolve,
};
static const struct pb_cmd cmd_plan = {
    .name = "plan",
    .args = "PROJECT FILE",
    .summary = "Write down what an installed project takes",
    .details = "PROJECT has a package-lock.json and a node_modules that plumb or npm filled.\n\n"
               "  phasebench-limit plan my-project /tmp/plan\n",
    .opts = no_options,
    .min_args = 2,
    .max_args = 2,
    .run = run_plan,
};
static const struct pb_cmd *const commands[] = {&cmd_plan, &cmd_resolve, &cmd_install, NULL};

int main(int argc, char **argv)
{
    const struct pb_program program = {
        .name = "phasebench-limit",
        .version = PB_VERSION,
        .summary = "The limit arm: the system work of an installation and nothing else",
        .cmds = commands,
    };
    pb_log_init("phasebench-limit", PB_INFO);
    return pb_program_main(&program, argc, argv);
}
