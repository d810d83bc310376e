/* SPDX-License-Identifier: MIT */
/* Any text is either refused with a message or read into a spec with a safe name; paths are
 * absolute and without "..". */
#include "installer/manifest/manifest.h"
#include "installer/manifest/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_path(struct pb_str path)
{
    struct pb_str part;
    PB_INVARIANT(pb_str_starts(path, "/"));
    while (pb_str_split(&path, '/', &part))
        PB_INVARIANT(!pb_str_is(part, ".."));
}

static void check(struct pb_str name, struct pb_str raw)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pl_spec spec;
    if (pl_spec_parse(&arena, name, raw, "/base/folder", &spec, &err) != 0) {
        PB_INVARIANT(err.code == PB_E_BAD_INPUT && err.msg[0] != '\0');
    } else {
        PB_INVARIANT(spec.name.n == 0 || pl_name_is_safe(spec.name));
        if (spec.kind == PL_SPEC_FILE || spec.kind == PL_SPEC_DIRECTORY) check_path(spec.fetch);
        if (spec.kind == PL_SPEC_ALIAS) PB_INVARIANT(pl_name_is_safe(pl_spec_registry_name(&spec)));
    }
    pb_arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pb_str raw = pb_strn((const char *)data, size);
    check((struct pb_str){0}, raw);
    check(PB_LIT("foo"), raw);
    return 0;
}
