/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "installer/cli/commands.h"
#include "installer/cli/folders.h"
#include "installer/install/tree_stamp.h"
#include "installer/store/store.h"
#include "installer/virtual_store/virtual_store.h"

#include <inttypes.h>

struct store_opts {
    const char *store, *cache;
    bool repair, json;
};

#define STORE_OPTION                                                                               \
    {                                                                                              \
        "store", 0, PB_OPT_STRING, offsetof(struct store_opts, store), "DIR",                      \
            "$PLUMB_STORE or the user's data folder", "The package store", NULL, 0, 0              \
    }

static const struct pb_opt verify_table[] = {
    STORE_OPTION,
    {"repair", 0, PB_OPT_FLAG, offsetof(struct store_opts, repair), NULL, NULL,
     "Forget damaged packages: the next install fetches them again", NULL, 0, 0},
    {0},
};
static const struct pb_opt prune_table[] = {
    STORE_OPTION,
    {"cache", 0, PB_OPT_STRING, offsetof(struct store_opts, cache), "DIR",
     "$PLUMB_CACHE or the user's cache folder", "The cache, which remembers projects", NULL, 0, 0},
    {0},
};
static const struct pb_opt plain_table[] = {STORE_OPTION, {0}};

typedef int store_action(struct pl_store *store, const struct store_opts *opts, struct pb_err *err);

static int with_store(const struct store_opts *opts, store_action *action, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    const char *path = pl_store_folder(&arena, opts->store, err);
    struct pl_store *store = path ? pl_store_open(path, err) : NULL;
    int rc = store ? action(store, opts, err) : -1;
    pl_store_close(store);
    pb_arena_release(&arena);
    return rc;
}

static int verify(struct pl_store *store, const struct store_opts *opts, struct pb_err *err)
{
    struct pl_store_check check = {0};
    if (pl_store_verify(store, opts->repair, &check, err) != 0) return -1;
    printf("%" PRIu64 " packages, %" PRIu64 " files, %" PRIu64 " bytes, %" PRIu64 " damaged\n",
           check.packages, check.files, check.bytes, check.damaged);
    if (check.damaged > 0 && opts->repair)
        return pl_virtual_store_distrust(pl_store_path(store), err);
    if (check.damaged == 0) return 0;
    return pb_err_set(err, PB_E_INTEGRITY,
                      "verify the store %s: %" PRIu64 " packages are damaged: use --repair",
                      pl_store_path(store), check.damaged);
}

static int prune_stamps(const struct store_opts *opts, uint64_t *removed, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    const char *cache = pl_cache_folder(&arena, opts->cache, err);
    int rc = cache ? pl_tree_stamps_prune(cache, removed, err) : -1;
    pb_arena_release(&arena);
    return rc;
}

static int prune(struct pl_store *store, const struct store_opts *opts, struct pb_err *err)
{
    struct pl_store_check removed = {0};
    struct pl_virtual_store_pruned entries = {0};
    uint64_t stamps = 0;
    if (pl_virtual_store_prune(pl_store_path(store), &entries, err) != 0) return -1;
    if (pl_store_prune(store, &removed, err) != 0) return -1;
    if (prune_stamps(opts, &stamps, err) != 0) return -1;
    printf("removed %" PRIu64 " folders, %" PRIu64 " files, %" PRIu64 " bytes; forgot %" PRIu64
           " projects\n",
           removed.packages + entries.entries, removed.files + entries.files,
           removed.bytes + entries.bytes, stamps);
    return 0;
}

static int print_path(struct pl_store *store, const struct store_opts *opts, struct pb_err *err)
{
    (void)opts;
    (void)err;
    puts(pl_store_path(store));
    return 0;
}

static int run_verify(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    (void)args;
    return with_store(opts, verify, err);
}

static int run_prune(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    (void)args;
    return with_store(opts, prune, err);
}

static int run_path(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    (void)args;
    return with_store(opts, print_path, err);
}

static const struct pb_cmd cmd_verify = {
    .name = "verify",
    .summary = "Read every file of every package and compare it with the index",
    .opts = verify_table,
    .opts_size = sizeof(struct store_opts),
    .run = run_verify,
};
static const struct pb_cmd cmd_prune = {
    .name = "prune",
    .summary = "Remove left-overs of interrupted installs, and what no project links to",
    .details =
        "Left-overs go, and with the global linker the packages that no project links to any "
        "more.\n"
        "A project that cannot be found (moved, on a disk that is not there) counts as gone: its\n"
        "next install makes what it needs. What the cache remembers of projects without a tree "
        "goes "
        "too.\n",
    .opts = prune_table,
    .opts_size = sizeof(struct store_opts),
    .run = run_prune,
};
static const struct pb_cmd cmd_path = {
    .name = "path",
    .summary = "Print where the store is",
    .opts = plain_table,
    .opts_size = sizeof(struct store_opts),
    .run = run_path,
};
static const struct pb_cmd *const store_cmds[] = {&cmd_verify, &cmd_prune, &cmd_path, NULL};

const struct pb_cmd pl_cmd_store = {
    .name = "store",
    .args = "COMMAND",
    .summary = "Look after the package store",
    .cmds = store_cmds,
};
