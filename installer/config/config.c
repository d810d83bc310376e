/* SPDX-License-Identifier: MIT */
#include "installer/config/config_internal.h"

#include "base/mem.h"
#include "installer/config/auth.h"
#include "installer/config/default_registry.h"
#include "installer/config/url.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct pl_config *pl_config_load(const struct pl_config_sources *sources, struct pb_err *err)
{
    struct pl_config *c = pb_calloc(1, sizeof *c);
    c->envp = sources->envp ? sources->envp : (const char *const *)(uintptr_t)environ;
    if (pl_config_read_sources(c, sources, err) == 0) return c;
    pl_config_free(c);
    return NULL;
}

void pl_config_free(struct pl_config *c)
{
    if (!c) return;
    for (size_t i = 0; i < PL_LAYER_COUNT; i++)
        pb_map_release(&c->layers[i]);
    pb_arena_release(&c->arena);
    free(c);
}

static const char *raw_value(const struct pl_config *c, const char *key)
{
    for (size_t i = 0; i < PL_LAYER_COUNT; i++) {
        const char *value = pb_map_get(&c->layers[i], pb_str(key));
        if (value) return value;
    }
    return NULL;
}

const char *pl_config_get(const struct pl_config *c, const char *key)
{
    const char *value = raw_value(c, key);
    bool unset = !value || strcmp(value, "null") == 0 || strcmp(value, "undefined") == 0;
    return unset ? NULL : value;
}

static bool parse_long(const char *text, long *out)
{
    char *end;
    errno = 0;
    *out = strtol(text, &end, 10);
    return end != text && *end == '\0' && errno == 0;
}

bool pl_config_bool(const struct pl_config *c, const char *key, bool fallback)
{
    const char *value = raw_value(c, key);
    long number;
    if (!value) return fallback;
    if (parse_long(value, &number)) return number != 0;
    return strcmp(value, "false") != 0 && strcmp(value, "null") != 0;
}

long pl_config_long(const struct pl_config *c, const char *key, long fallback)
{
    const char *value = pl_config_get(c, key);
    long number;
    return value && parse_long(value, &number) ? number : fallback;
}

bool pl_config_next_item(const char **list, struct pb_str *item)
{
    if (!*list) return false;
    const char *end = strstr(*list, "\n\n");
    *item = end ? pb_strn(*list, (size_t)(end - *list)) : pb_str(*list);
    *list = end ? end + 2 : NULL;
    return true;
}

/* A registry's URL with the slash that relative paths need. */
static const char *with_slash(struct pl_config *c, const char *key, const char *value,
                              struct pb_err *err)
{
    struct pl_url url;
    struct pb_str text = pb_str(value);
    if (pb_str_search(text, PB_LIT("${")) >= 0) {
        pb_err_set(err, PB_E_BAD_INPUT,
                   "configuration %s: %s: variables are not expanded here in a project's .npmrc "
                   "(it would let a repository choose where your data go): set it in your own "
                   ".npmrc or the environment",
                   key, value);
        return NULL;
    }
    if (!pl_url_parse(text, &url)) {
        pb_err_set(err, PB_E_BAD_INPUT, "configuration %s: \"%s\": not an http: or https: URL", key,
                   value);
        return NULL;
    }
    return pb_str_ends(text, "/") ? value : pb_arena_printf(&c->arena, "%s/", value);
}

static const char *default_registry(struct pl_config *c, struct pb_err *err)
{
    if (c->default_registry) return c->default_registry;
    const char *value = pl_config_get(c, "registry");
    if (!value) value = pl_default_registry(&c->arena, pl_built_in_registry(), c->envp, err);
    c->default_registry = value ? with_slash(c, "registry", value, err) : NULL;
    return c->default_registry;
}

const char *pl_config_registry(struct pl_config *c, struct pb_str package, struct pb_err *err)
{
    ptrdiff_t slash = pb_str_starts(package, "@") ? pb_str_find(package, '/') : -1;
    if (slash > 0) {
        const char *key = pb_arena_printf(&c->arena, "%.*s:registry", (int)slash, package.p);
        const char *value = pl_config_get(c, key);
        if (value) return with_slash(c, key, value, err);
    }
    return default_registry(c, err);
}

static const char *look_up(const void *config, const char *key)
{
    return pl_config_get(config, key);
}

/* The default registry when the URL is on its host, else NULL. */
static const char *registry_of_host(struct pl_config *c, const char *url)
{
    struct pl_url wanted, own;
    const char *registry = default_registry(c, NULL);
    if (!registry || !pl_url_parse(pb_str(url), &wanted) || !pl_url_parse(pb_str(registry), &own))
        return NULL;
    bool same = wanted.scheme.n == own.scheme.n && pl_url_same_host(&wanted, &own);
    return same ? registry : NULL;
}

const char *pl_config_authorization(struct pl_config *c, const char *url)
{
    if (!c->has_credentials) return NULL;
    const char *found = pl_auth_find(&c->arena, pb_str(url), look_up, c);
    const char *registry = found ? NULL : registry_of_host(c, url);
    return registry ? pl_auth_find(&c->arena, pb_str(registry), look_up, c) : found;
}

bool pl_config_client_certificate(struct pl_config *c, const char *url,
                                  struct pl_client_certificate *out)
{
    if (!c->has_credentials) return false;
    if (pl_auth_find_certificate(&c->arena, pb_str(url), look_up, c, out)) return true;
    const char *registry = registry_of_host(c, url);
    return registry && pl_auth_find_certificate(&c->arena, pb_str(registry), look_up, c, out);
}
