/* SPDX-License-Identifier: MIT */
#include "installer/install/engines.h"

#include "installer/lockfile/lock_json.h"
#include "installer/semver/semver.h"

struct pb_str pl_engines_node_range(struct pl_engines *engines, const struct pl_manifest *manifest)
{
    struct pb_err ignored = PB_ERR_INIT;
    struct pb_str text = manifest->engines_json;
    struct pb_str key;
    struct pb_str range = {0};
    bool first = true;
    bool more;
    struct pl_json_in in = {.p = text.p,
                            .end = text.p + text.n,
                            .start = text.p,
                            .arena = &engines->arena,
                            .shown = "engines",
                            .err = &ignored};
    if (text.n == 0 || pl_json_peek(&in) != '{' || pl_json_enter(&in, '{') != 0) return range;
    while (pl_json_next(&in, '}', &first, &key, &more) == 0 && more) {
        bool is_node = pb_str_is(key, "node") && pl_json_peek(&in) == '"';
        int rc = is_node ? pl_json_string(&in, &range) : pl_json_skip(&in, NULL);
        if (rc != 0) break;
    }
    return range;
}

bool pl_engines_fit(struct pl_engines *engines, const struct pl_manifest *manifest)
{
    static char yes;
    static char no;
    if (engines->node_version.n == 0 || manifest->engines_json.n == 0) return true;
    const char *known = pb_map_get(&engines->decided, manifest->engines_json);
    if (known) return known == &yes;
    struct pb_str range = pl_engines_node_range(engines, manifest);
    bool fits = range.n == 0 ||
                pl_semver_satisfies(engines->node_version, range, PL_RANGE_INCLUDE_PRERELEASE);
    pb_map_put(&engines->decided, manifest->engines_json, fits ? &yes : &no);
    return fits;
}

void pl_engines_release(struct pl_engines *engines)
{
    pb_map_release(&engines->decided);
    pb_arena_release(&engines->arena);
}
