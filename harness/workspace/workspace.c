/* SPDX-License-Identifier: MIT */
#include "harness/workspace/workspace.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int pb_workspace_make(struct pb_arena *arena, const char *root, const struct pb_workspace *kept,
                      struct pb_workspace *out, struct pb_err *err)
{
    *out = (struct pb_workspace){
        .root = pb_arena_cstr(arena, pb_str(root)),
        .project = pb_arena_printf(arena, "%s/project", root),
        .home = pb_arena_printf(arena, "%s/home", root),
        .tmp = pb_arena_printf(arena, "%s/tmp", root),
        .store = kept && kept->store ? kept->store : pb_arena_printf(arena, "%s/store", root),
        .meta = kept && kept->meta ? kept->meta : pb_arena_printf(arena, "%s/meta", root),
        .output = pb_arena_printf(arena, "%s/output", root),
    };
    if (mkdir(root, 0777) != 0) return pb_err_sys(err, errno, "make workspace: %s", root);
    const char *const folders[] = {out->project, out->home, out->tmp, out->store, out->meta};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (pb_mkdir_p(AT_FDCWD, folders[i], err) != 0) return pb_err_wrap(err, "make workspace");
    return 0;
}

struct pb_template_vars pb_workspace_vars(const struct pb_workspace *ws, const char *registry_url)
{
    return (struct pb_template_vars){.registry = registry_url,
                                     .store = ws->store,
                                     .meta = ws->meta,
                                     .home = ws->home,
                                     .tmp = ws->tmp,
                                     .project = ws->project};
}

struct environment {
    struct pb_arena *arena;
    const char **items;
    size_t n;
};

static size_t name_length(const char *assignment)
{
    return (size_t)(strchr(assignment, '=') - assignment) + 1;
}

/* A later value replaces an earlier one of the same name. */
static void set(struct environment *env, const char *assignment)
{
    size_t name = name_length(assignment);
    for (size_t i = 0; i < env->n; i++) {
        if (strncmp(env->items[i], assignment, name) != 0) continue;
        env->items[i] = assignment;
        return;
    }
    env->items[env->n++] = assignment;
}

/* Managers call node (shims, lifecycle scripts): its folder comes first. */
static const char *search_path(struct pb_arena *arena)
{
    static const char system_path[] =
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    char *node = pb_find_program("node"), *real = node ? pb_real_path(node, NULL) : NULL;
    const char *path = pb_arena_printf(arena, "PATH=%s", system_path);
    if (real) {
        *strrchr(real, '/') = '\0';
        path = pb_arena_printf(arena, "PATH=%s:%s", real, system_path);
    }
    free(real);
    free(node);
    return path;
}

static void set_basics(struct environment *env, const struct pb_workspace *ws)
{
    set(env, search_path(env->arena));
    set(env, pb_arena_printf(env->arena, "HOME=%s", ws->home));
    set(env, pb_arena_printf(env->arena, "XDG_CACHE_HOME=%s/.cache", ws->home));
    set(env, pb_arena_printf(env->arena, "XDG_CONFIG_HOME=%s/.config", ws->home));
    set(env, pb_arena_printf(env->arena, "XDG_DATA_HOME=%s/.local/share", ws->home));
    set(env, pb_arena_printf(env->arena, "XDG_STATE_HOME=%s/.local/state", ws->home));
    set(env, pb_arena_printf(env->arena, "TMPDIR=%s", ws->tmp));
    set(env, "LANG=C.UTF-8");
    set(env, "TERM=dumb");
    set(env, "NO_COLOR=1");
    set(env, "SHELL=/bin/sh");
}

const char *const *pb_workspace_environment(struct pb_arena *arena, const struct pb_workspace *ws,
                                            const struct pb_arm *arm, const char *registry_url)
{
    const struct pb_manager *m = arm->manager;
    struct pb_template_vars vars = pb_workspace_vars(ws, registry_url);
    vars.plan = arm->plan;
    size_t room = 16 + m->env_count + arm->env_count;
    struct environment env = {arena, PB_ARENA_ARRAY(arena, const char *, room), 0};
    set_basics(&env, ws);
    for (size_t i = 0; i < m->env_count; i++)
        set(&env, pb_arena_printf(arena, "%s=%s", m->env[i].key,
                                  pb_template_expand(arena, m->env[i].value, &vars)));
    for (size_t i = 0; i < arm->env_count; i++)
        set(&env, pb_arena_printf(arena, "%s=%s", arm->env[i].key, arm->env[i].value));
    return env.items;
}

static size_t count_strings(const char *const *list)
{
    size_t n = 0;
    while (list && list[n])
        n++;
    return n;
}

static size_t add_distinct(const char **out, size_t n, const char *dir)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(out[i], dir) == 0) return n;
    out[n] = dir;
    return n + 1;
}

const char *const *pb_workspace_cache_dirs(struct pb_arena *arena, const struct pb_workspace *ws,
                                           const struct pb_arm *arm, const char *registry_url)
{
    const struct pb_manager *m = arm->manager;
    struct pb_template_vars vars = pb_workspace_vars(ws, registry_url);
    size_t stores = count_strings(m->store_dirs), metas = count_strings(m->metadata_dirs), n = 0;
    const char **out = PB_ARENA_ARRAY(arena, const char *, stores + metas + 1);
    for (size_t i = 0; i < stores; i++)
        n = add_distinct(out, n, pb_template_expand(arena, m->store_dirs[i], &vars));
    for (size_t i = 0; i < metas; i++)
        n = add_distinct(out, n, pb_template_expand(arena, m->metadata_dirs[i], &vars));
    return out;
}
