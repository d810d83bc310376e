/* SPDX-License-Identifier: MIT */
#include "installer/manifest/bin.h"

#include "base/map.h"

static char *unix_slashes(struct pb_arena *arena, struct pb_str s, bool colons)
{
    char *text = pb_arena_cstr(arena, s);
    for (char *p = text; *p; p++) {
        if (*p == '\\' || (colons && *p == ':')) *p = '/';
    }
    return text;
}

/* The last part of a path; trailing slashes do not count. */
static struct pb_str base_name(struct pb_str path)
{
    while (path.n > 0 && path.p[path.n - 1] == '/')
        path.n--;
    return pb_str_skip(path, (size_t)(pb_str_rfind(path, '/') + 1));
}

static struct pb_str command_name(struct pb_arena *arena, struct pb_str key)
{
    struct pb_str base = base_name(pb_str(unix_slashes(arena, key, true)));
    bool is_dots = pb_str_is(base, ".") || pb_str_is(base, "..");
    return is_dots ? (struct pb_str){0} : base;
}

/* The path without ".", ".." and double slashes, as if the package's folder were the root. A slash
 * at the end stays, as in Node's path.join. */
static struct pb_str target_path(struct pb_arena *arena, struct pb_str value)
{
    struct pb_str rest = pb_str(unix_slashes(arena, value, false)), part;
    bool is_folder = pb_str_ends(rest, "/");
    char *out = pb_arena_alloc(arena, rest.n + 2);
    size_t n = 0;
    while (pb_str_split(&rest, '/', &part)) {
        if (part.n == 0 || pb_str_is(part, ".")) continue;
        if (pb_str_is(part, "..")) {
            n = (size_t)(pb_str_rfind(pb_strn(out, n), '/') + 1);
            n -= n > 0; /* the slash */
            continue;
        }
        if (n > 0) out[n++] = '/';
        memcpy(out + n, part.p, part.n);
        n += part.n;
    }
    if (n > 0 && is_folder) out[n++] = '/';
    return pb_strn(out, n);
}

static void put(struct pb_arena *arena, struct pb_map *map, struct pb_str key, const cJSON *value)
{
    if (!cJSON_IsString(value)) return;
    struct pl_dep *dep = PB_ARENA_NEW(arena, struct pl_dep);
    dep->name = command_name(arena, key);
    dep->spec = target_path(arena, pb_str(value->valuestring));
    if (dep->name.n > 0 && dep->spec.n > 0) (void)pb_map_put(map, dep->name, dep);
}

struct pl_deps pl_bin_normalize(struct pb_arena *arena, const cJSON *bin, struct pb_str name)
{
    struct pb_map map = PB_MAP_INIT;
    const cJSON *child;
    if (cJSON_IsString(bin) && name.n > 0) put(arena, &map, name, bin);
    if (cJSON_IsObject(bin) || cJSON_IsArray(bin)) {
        cJSON_ArrayForEach (child, bin) {
            const char *key = cJSON_IsObject(bin) ? child->string : child->valuestring;
            if (key) put(arena, &map, pb_str(key), child);
        }
    }
    struct pl_deps out = {PB_ARENA_ARRAY(arena, struct pl_dep, map.n), 0};
    PB_MAP_EACH (&map, e) {
        out.items[out.n++] = *(const struct pl_dep *)e->value;
    }
    pb_map_release(&map);
    return out;
}
