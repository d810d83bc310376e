/* SPDX-License-Identifier: MIT */
/* The settings as a whole, for people to look at. */
#include "installer/config/config_internal.h"

#include <stdlib.h>

static const char *const layer_names[PL_LAYER_COUNT] = {
    [PL_LAYER_CLI] = "cli",   [PL_LAYER_ENV] = "env",       [PL_LAYER_PROJECT] = "project",
    [PL_LAYER_USER] = "user", [PL_LAYER_GLOBAL] = "global", [PL_LAYER_BUILTIN] = "builtin",
};

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct pl_config_setting *)a)->key,
                  ((const struct pl_config_setting *)b)->key);
}

static bool is_hidden(const struct pl_config *c, size_t layer, struct pb_str key)
{
    for (size_t i = 0; i < layer; i++)
        if (pb_map_has(&c->layers[i], key)) return true;
    return false;
}

size_t pl_config_list(struct pl_config *c, struct pl_config_setting **out)
{
    size_t most = 0, n = 0;
    for (size_t i = 0; i < PL_LAYER_COUNT; i++)
        most += c->layers[i].n;
    *out = PB_ARENA_ARRAY(&c->arena, struct pl_config_setting, most);
    for (size_t i = 0; i < PL_LAYER_COUNT; i++) {
        PB_MAP_EACH (&c->layers[i], e) {
            if (is_hidden(c, i, e->key)) continue;
            (*out)[n++] = (struct pl_config_setting){
                .key = pb_arena_cstr(&c->arena, e->key), .value = e->value, .from = layer_names[i]};
        }
    }
    if (n > 1) qsort(*out, n, sizeof **out, by_key);
    return n;
}

bool pl_config_is_secret(const char *key)
{
    struct pb_str s = pb_str(key);
    ptrdiff_t colon = pb_str_rfind(s, ':');
    return pb_str_skip(s, (size_t)(colon + 1)).n > 0 && key[colon + 1] == '_';
}

const char *pl_config_file(struct pl_config *c, const char *location)
{
    for (size_t i = 0; i < PL_LAYER_COUNT; i++)
        if (strcmp(location, layer_names[i]) == 0) return c->files[i];
    return NULL;
}
