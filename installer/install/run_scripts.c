/* SPDX-License-Identifier: MIT */
#include "installer/install/run_scripts.h"

#include "base/mem.h"
#include "installer/install/install_internal.h"
#include "installer/install/script_leave.h"
#include "installer/scripts/lifecycle.h"

#include <stdlib.h>

struct job {
    size_t index;   /* of the place */
    unsigned depth; /* node_modules folders above */
    const char *dir;
    struct pl_package_file file;
};

struct pl_package_scripts {
    struct install *in;
    struct pl_wanted_tree *tree;
    struct pl_script_host host;
    struct job *jobs;
    size_t n;
};

static unsigned depth_of(struct pb_str path)
{
    unsigned depth = 0;
    for (; path.n > 0; path = pl_path_owner(path))
        depth++;
    return depth;
}

static bool is_candidate(const struct pl_wanted *item)
{
    return item->kind == PL_WANTED_PACKAGE && !item->is_kept;
}

static int by_depth(const void *a, const void *b)
{
    const struct job *x = a;
    const struct job *y = b;
    return x->depth != y->depth ? (x->depth < y->depth ? -1 : 1) : x->index < y->index ? -1 : 1;
}

static int add_job(struct pl_package_scripts *s, size_t index, struct pb_err *err)
{
    const struct pl_wanted *item = &s->tree->items[index];
    struct job *job = &s->jobs[s->n++];
    *job = (struct job){
        .index = index,
        .depth = depth_of(item->entry->path),
        .dir = pb_arena_printf(&s->in->arena, "%s/%s", s->host.root_dir, item->path),
    };
    const char *file = pb_arena_printf(&s->in->arena, "%s/package.json", item->path);
    return pl_package_file_load(s->in->root_dirfd, file, &job->file, err);
}

static int add_jobs(struct pl_package_scripts *s, struct pb_err *err)
{
    for (size_t i = 1; i < s->tree->n; i++) {
        const struct pl_wanted *item = &s->tree->items[i];
        if (!is_candidate(item) || !pl_may_run_scripts(s->in, item->entry)) continue;
        if (add_job(s, i, err) != 0) return -1;
    }
    if (s->n > 1) qsort(s->jobs, s->n, sizeof *s->jobs, by_depth);
    return 0;
}

struct pl_package_scripts *pl_package_scripts_new(struct install *in, struct pl_wanted_tree *tree,
                                                  struct pb_err *err)
{
    if (in->set->ignore_scripts) return NULL;
    struct pl_package_scripts *s = pb_calloc(1, sizeof *s);
    s->in = in;
    s->tree = tree;
    s->jobs = PB_ARENA_ARRAY(&in->arena, struct job, tree->n);
    if (pl_script_host_open(in, &s->host, err) == 0 && add_jobs(s, err) == 0) return s;
    pl_package_scripts_free(s);
    return NULL;
}

void pl_package_scripts_free(struct pl_package_scripts *s)
{
    if (!s) return;
    for (size_t i = 0; i < s->n; i++)
        pl_package_file_free(&s->jobs[i].file);
    free(s);
}

static struct pl_script_package package_of(struct pl_package_scripts *s, const struct job *job)
{
    const struct pl_lock_entry *e = s->tree->items[job->index].entry;
    return (struct pl_script_package){
        .dir = job->dir,
        .manifest = job->file.doc.root,
        .is_dependency = true,
        .resolved = pb_arena_cstr(&s->in->arena, e->resolved),
        .integrity = pb_arena_cstr(&s->in->arena, e->integrity),
        .dev = e->dev,
        .optional = e->optional,
        .dev_optional = e->dev_optional,
        .peer = e->peer,
    };
}

int pl_package_scripts_run(struct pl_package_scripts *s, const char *event, pl_script_lost *lost,
                           void *user, struct pb_err *err)
{
    for (size_t i = 0; s && i < s->n; i++) {
        const struct job *job = &s->jobs[i];
        if (s->tree->items[job->index].kind == PL_WANTED_SKIPPED) continue;
        struct pl_script_package package = package_of(s, job);
        struct pb_err why = PB_ERR_INIT;
        if (!pl_script_command(&package, event)) continue;
        s->in->result->scripts_run++;
        if (pl_script_run(&s->host, &package, event, PL_SCRIPT_QUIET, &why) == 0) continue;
        if (lost(user, job->index, &why) == 0) continue;
        *err = why;
        return -1;
    }
    return 0;
}
