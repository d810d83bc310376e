/* SPDX-License-Identifier: MIT */
#include "installer/cli/project_root.h"

#include "base/fs.h"
#include "installer/install/workspaces.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool has(struct pb_arena *arena, struct pb_str dir, const char *name)
{
    return pb_exists(AT_FDCWD, pb_arena_printf(arena, PB_FMT "/%s", PB_ARG(dir), name));
}

/* The folder above; false at the top. */
static bool go_up(struct pb_str *dir)
{
    ptrdiff_t slash = pb_str_rfind(*dir, '/');
    if (slash < 0 || dir->n <= 1) return false;
    dir->n = slash > 0 ? (size_t)slash : 1;
    return true;
}

static bool find_nearest(struct pb_arena *arena, struct pb_str cwd, struct pb_str *out)
{
    *out = cwd;
    do {
        if (has(arena, *out, "package.json") || has(arena, *out, "node_modules")) return true;
    } while (go_up(out));
    return false;
}

/* The member's path below `dir` when that is a project which has it; else NULL. What is wrong with
 * a package.json further up is not this command's concern. */
static const char *member_of(struct pb_arena *arena, struct pb_str dir, struct pb_str nearest)
{
    struct pb_err ignored = PB_ERR_INIT;
    struct pl_manifest manifest;
    struct pl_workspaces members;
    const char *found = NULL;
    PB_AUTO_FD int fd = pb_open_dir(AT_FDCWD, pb_arena_cstr(arena, dir), &ignored);
    if (fd < 0 || !pb_exists(fd, "package.json")) return NULL;
    if (pl_manifest_load(arena, fd, "package.json", &manifest, &ignored) != 0) return NULL;
    if (manifest.workspaces.n == 0) return NULL;
    if (pl_workspaces_find(arena, fd, &manifest.workspaces, &members, &ignored) != 0) return NULL;
    struct pb_str rest = pb_str_skip(nearest, dir.n > 1 ? dir.n + 1 : 1);
    for (size_t i = 0; i < members.n && !found; i++)
        if (pb_str_eq(members.items[i].path, rest)) found = members.items[i].path.p;
    return found;
}

int pl_project_root_find(struct pb_arena *arena, const char *given, struct pl_project_root *out,
                         struct pb_err *err)
{
    *out = (struct pl_project_root){.dir = given ? given : "."};
    char cwd[4096];
    struct pb_str nearest;
    if (given) return 0;
    if (!getcwd(cwd, sizeof cwd)) return pb_err_sys(err, errno, "find the current folder");
    if (!find_nearest(arena, pb_str(cwd), &nearest)) return 0;
    if (!pb_str_is(nearest, cwd)) out->dir = pb_arena_cstr(arena, nearest);
    for (struct pb_str above = nearest; go_up(&above);) {
        const char *member = member_of(arena, above, nearest);
        if (!member) continue;
        out->dir = pb_arena_cstr(arena, above);
        out->member = member;
        return 0;
    }
    return 0;
}
