/* SPDX-License-Identifier: MIT */
#include "installer/lockfile/lock_path.h"

#include "installer/manifest/manifest.h"

static bool part_is_plain(struct pb_str part)
{
    if (part.n == 0 || pb_str_is(part, ".") || pb_str_is(part, "..")) return false;
    for (size_t i = 0, n; i < part.n; i += n) {
        n = pb_utf8_sequence(part, i);
        if (n == 0 || part.p[i] == '\\' || (unsigned char)part.p[i] < 0x20) return false;
    }
    return true;
}

bool pl_lock_path_is_safe(struct pb_str path)
{
    struct pb_str rest = path, part;
    while (pb_str_split(&rest, '/', &part)) {
        if (!part_is_plain(part)) return false;
        if (!pb_str_is(part, "node_modules")) continue;
        struct pb_str name;
        if (!pb_str_split(&rest, '/', &name)) return false;
        /* plumb's virtual store, in the hidden lock of a linker other than hoisted */
        if (pb_str_is(name, ".plumb") && rest.p) continue;
        if (name.n && name.p[0] == '@') {
            struct pb_str base;
            if (!pb_str_split(&rest, '/', &base)) return false;
            name.n = (size_t)(base.p + base.n - name.p);
        }
        if (!pl_name_is_safe(name)) return false;
    }
    return true;
}

bool pl_lock_path_is_outside(struct pb_str path)
{
    return pb_str_starts(path, "../");
}

bool pl_lock_folder_is_safe(struct pb_str path)
{
    if (!pl_lock_path_is_outside(path)) return pl_lock_path_is_safe(path);
    while (pl_lock_path_is_outside(path))
        path = pb_str_skip(path, strlen("../"));
    if (!pl_lock_path_is_safe(path)) return false;
    ptrdiff_t modules = pb_str_search(path, PB_LIT("node_modules"));
    if (modules < 0) return true;
    /* the machine's virtual store, in the hidden lock of the global linker */
    return pb_str_search(pb_strn(path.p, (size_t)modules), PB_LIT("links/v1/")) >= 0;
}

struct pb_str pl_lock_path_name(struct pb_str path)
{
    ptrdiff_t base = pb_str_rfind(path, '/');
    if (base < 0) return path;
    struct pb_str before = pb_strn(path.p, (size_t)base);
    ptrdiff_t scope = pb_str_rfind(before, '/');
    struct pb_str folder = pb_str_skip(before, (size_t)(scope + 1));
    if (folder.n && folder.p[0] == '@') return pb_str_skip(path, (size_t)(scope + 1));
    return pb_str_skip(path, (size_t)(base + 1));
}

struct pb_str pl_lock_path_package(struct pb_str path)
{
    struct pb_str rest = path, part, package = {0};
    while (pb_str_split(&rest, '/', &part)) {
        if (!pb_str_is(part, "node_modules")) continue;
        bool is_named = pb_str_split(&rest, '/', &part);
        if (is_named && pb_str_starts(part, "@")) is_named = pb_str_split(&rest, '/', &part);
        if (is_named) package = pb_strn(path.p, (size_t)(part.p + part.n - path.p));
    }
    return package.n < path.n ? package : (struct pb_str){0};
}
