/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"

#include "base/arena.h"
#include "base/term.h"
#include "harness/plan/arm.h"
#include "harness/run/cache_dir.h"
#include "harness/run/fetch.h"

#include <stddef.h>
#include <stdio.h>

struct options {
    const char *cache, *registry;
    struct pb_opt_list dirs;
};

#define CACHE_OPT                                                                                  \
    {                                                                                              \
        "cache", 0, PB_OPT_STRING, offsetof(struct options, cache), "DIR",                         \
            "see phasebench run --help", "folder of fetched managers", NULL, 0, 0                  \
    }
#define DIR_OPT                                                                                    \
    {                                                                                              \
        "managers-dir", 0, PB_OPT_LIST, offsetof(struct options, dirs), "DIR", NULL,               \
            "folder with manager files of your own; repeatable", NULL, 0, 0                        \
    }

static const struct pb_opt list_opts[] = {CACHE_OPT, DIR_OPT, {0}};
static const struct pb_opt fetch_opts[] = {
    CACHE_OPT,
    DIR_OPT,
    {"registry", 'r', PB_OPT_STRING, offsetof(struct options, registry), "URL",
     "npm's configured one", "registry to fetch from", NULL, 0, 0},
    {0}};

struct managers {
    struct pb_arena arena;
    struct pb_manager *items;
    size_t n;
    const char *cache_dir;
};

static int load(const struct options *o, struct managers *m, struct pb_err *err)
{
    const char *dirs[PB_OPT_LIST_MAX + 1] = {0};
    for (size_t i = 0; i < o->dirs.n; i++)
        dirs[i] = o->dirs.items[i];
    m->cache_dir = pb_cache_dir(&m->arena, o->cache, err);
    if (!m->cache_dir) return -1;
    return pb_managers_load(&m->arena, dirs, &m->items, &m->n, err);
}

static int show(struct managers *m, const struct pb_manager *manager, struct pb_err *err)
{
    struct pb_arm arm;
    if (pb_arm_make(&m->arena, manager->name, m->items, m->n, m->cache_dir, &arm, err) != 0)
        return -1;
    if (arm.binary)
        printf("%-8s %-12s %s\n", manager->name, arm.version, arm.binary);
    else
        printf("%-8s %-12s %s\n", manager->name, "-", arm.missing);
    return 0;
}

static int run_list(const void *options, const struct pb_args *args, struct pb_err *err)
{
    (void)args;
    struct managers m = {.arena = PB_ARENA_INIT};
    int rc = load(options, &m, err);
    for (size_t i = 0; rc == 0 && i < m.n; i++)
        rc = show(&m, &m.items[i], err);
    pb_arena_release(&m.arena);
    return rc;
}

static int fetch(struct managers *m, const char *text, const char *registry, struct pb_err *err)
{
    struct pb_str name, version = pb_str(text);
    pb_str_split(&version, '@', &name);
    const struct pb_manager *manager =
        pb_manager_find(m->items, m->n, pb_arena_cstr(&m->arena, name));
    if (!manager)
        return pb_err_set(err, PB_E_USAGE,
                          "fetch %s: there is no such manager: see phasebench list managers", text);
    const char *wanted = version.n ? pb_arena_cstr(&m->arena, version) : NULL;
    pb_progress_step("fetching %s", text);
    const char *program = pb_manager_fetch(&m->arena, manager, wanted, m->cache_dir, registry, err);
    pb_progress_clear();
    if (!program) return -1;
    printf("%s %s %s\n", manager->name, wanted ? wanted : manager->fetch_version, program);
    return 0;
}

static int run_fetch(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct options *o = options;
    struct managers m = {.arena = PB_ARENA_INIT};
    int rc = load(o, &m, err);
    for (size_t i = 0; rc == 0 && i < args->n; i++)
        rc = fetch(&m, args->items[i], o->registry, err);
    pb_arena_release(&m.arena);
    return rc;
}

static const struct pb_cmd cmd_list = {
    .name = "list",
    .summary = "show the managers, their versions and programs, or why there is none",
    .opts = list_opts,
    .opts_size = sizeof(struct options),
    .run = run_list,
};
static const struct pb_cmd cmd_fetch = {
    .name = "fetch",
    .args = "NAME[@VERSION]...",
    .summary = "get managers from npm's registry into the cache folder",
    .details = "Uses plumb to install the manager's npm package. Versions stand side by side; "
               "measure one\n"
               "as an arm NAME@VERSION.\n\n"
               "  phasebench managers fetch bun utoo pnpm@10.20.0\n",
    .opts = fetch_opts,
    .opts_size = sizeof(struct options),
    .min_args = 1,
    .max_args = 64,
    .run = run_fetch,
};
static const struct pb_cmd *const cmds[] = {&cmd_list, &cmd_fetch, NULL};

const struct pb_cmd pb_cmd_managers = {
    .name = "managers",
    .summary = "look at or get package managers",
    .cmds = cmds,
};
