/* SPDX-License-Identifier: MIT */
/* The text of an .npmrc: parsing, expansion of each value, and keys taken as places. */
#include "base/mem.h"
#include "installer/config/auth.h"
#include "installer/config/npmrc.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *no_value(const void *user, const char *key)
{
    (void)user;
    return key[0] == '\0' ? key : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const env[] = {"A=b", "EMPTY=", "LONG=${A}", NULL};
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_str text = pb_strn((const char *)data, size);
    struct pl_npmrc rc = pl_npmrc_parse(&arena, text);
    for (size_t i = 0; i < rc.n; i++) {
        (void)pl_env_expand(&arena, rc.items[i].key, env);
        struct pb_str value = pl_env_expand(&arena, rc.items[i].value, env);
        (void)pl_nerf_dart(&arena, value);
        (void)pl_auth_find(&arena, value, no_value, NULL);
    }
    (void)pl_env_expand(&arena, text, env);
    pb_arena_release(&arena);
    return 0;
}
