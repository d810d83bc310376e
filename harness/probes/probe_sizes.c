/* SPDX-License-Identifier: MIT */
/* What is on disk afterwards: caches, node_modules, lockfile. */
#include "harness/probes/probe.h"

#include "harness/workspace/disk_usage.h"
#include "harness/workspace/project.h"

static const enum pb_metric metrics[] = {PB_M_CACHE,      PB_M_NODE_MODULES, PB_M_LOCK,
                                         PB_M_TREE_FILES, PB_M_TREE_DIRS,    PB_M_TREE_PACKAGES};

static int measure_caches(struct pb_facts *facts, uint64_t *bytes, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_disk_usage usage = {0};
    const char *const *dirs =
        pb_workspace_cache_dirs(&arena, facts->ws, facts->arm, facts->registry_url);
    int rc = 0;
    for (; rc == 0 && *dirs; dirs++)
        rc = pb_disk_usage_add(&usage, *dirs, err);
    *bytes = usage.bytes;
    pb_disk_usage_release(&usage);
    pb_arena_release(&arena);
    return rc;
}

static int after(void *state, struct pb_facts *facts, struct pb_metric_values *out,
                 struct pb_err *err)
{
    (void)state;
    uint64_t cache_bytes;
    if (measure_caches(facts, &cache_bytes, err) != 0) return -1;
    facts->inventory_taken = true; /* to be released, complete or not */
    struct pb_inventory *inv = &facts->inventory;
    if (pb_inventory_take(facts->ws->project, inv, err) != 0) return -1;
    struct pb_lock_fact *lock = &facts->lock_after;
    lock->present =
        pb_project_lock_digest(facts->arm, facts->ws->project, lock->digest, &lock->bytes);

    pb_metric_set(out, PB_M_CACHE, (int64_t)cache_bytes);
    pb_metric_set(out, PB_M_NODE_MODULES, (int64_t)inv->bytes);
    pb_metric_set(out, PB_M_TREE_FILES, (int64_t)inv->files);
    pb_metric_set(out, PB_M_TREE_DIRS, (int64_t)inv->dirs);
    pb_metric_set(out, PB_M_TREE_PACKAGES, (int64_t)inv->package_count);
    if (lock->present)
        pb_metric_set(out, PB_M_LOCK, (int64_t)lock->bytes);
    else
        pb_metric_missing(out, PB_M_LOCK, "there is no lockfile");
    return 0;
}

const struct pb_probe pb_probe_sizes = {
    .name = "sizes",
    .help = "bytes of caches, node_modules and lockfile; files, folders and packages of the tree",
    .metrics = metrics,
    .metric_count = sizeof metrics / sizeof *metrics,
    .after = after,
};
