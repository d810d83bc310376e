/* SPDX-License-Identifier: MIT */
/* Any JSON object gives a manifest whose commands stay inside the package. */
#include "base/json.h"
#include "installer/manifest/manifest.h"
#include "installer/manifest/platform.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_bin(const struct pl_dep *bin)
{
    struct pb_str rest = bin->spec, part;
    PB_INVARIANT(bin->name.n > 0 && pb_str_find(bin->name, '/') < 0);
    PB_INVARIANT(!pb_str_is(bin->name, ".") && !pb_str_is(bin->name, ".."));
    PB_INVARIANT(bin->spec.n > 0 && bin->spec.p[0] != '/');
    while (pb_str_split(&rest, '/', &part))
        PB_INVARIANT(!pb_str_is(part, ".."));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pb_json doc;
    struct pb_err err = PB_ERR_INIT;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_manifest m;
    if (pb_json_parse(&doc, pb_strn((const char *)data, size), "fuzz", &err) == 0 &&
        pl_manifest_from_json(&arena, doc.root, &m, &err) == 0) {
        for (size_t i = 0; i < m.bin.n; i++)
            check_bin(&m.bin.items[i]);
        (void)pl_platform_allows(pl_platform_current(), &m);
    }
    pb_json_free(&doc);
    pb_arena_release(&arena);
    return 0;
}
