/* SPDX-License-Identifier: MIT */
/* Where settings come from: command line, environment and the npmrc files. */
#include "installer/config/config_internal.h"

#include "base/fs.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#define MAX_NPMRC_BYTES (1u << 20)

static bool is_path_key(struct pb_str key)
{
    static const char *const keys[] = {"cache", "cafile", "globalconfig", "prefix", "userconfig"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (pb_str_is(key, keys[i])) return true;
    return false;
}

/* Keys whose values decide which machines are talked to. */
static bool is_destination_key(struct pb_str key)
{
    static const char *const keys[] = {"registry",   "proxy",   "https-proxy",
                                       "http-proxy", "noproxy", "replace-registry-host"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (pb_str_is(key, keys[i])) return true;
    return pb_str_ends(key, ":registry");
}

static const char *home_of(const struct pl_config *c)
{
    const char *home = pl_env_get(c->envp, PB_LIT("HOME"));
    return home ? home : "";
}

/* npm's path values: "~/x" is below the home folder, "x" below the current one. */
static const char *resolve_path(struct pl_config *c, struct pb_str value)
{
    if (pb_str_starts(value, "~/"))
        return pb_arena_printf(&c->arena, "%s/" PB_FMT, home_of(c), PB_ARG(pb_str_skip(value, 2)));
    char cwd[4096];
    if (value.n == 0 || value.p[0] == '/' || !getcwd(cwd, sizeof cwd))
        return pb_arena_cstr(&c->arena, value);
    return pb_arena_printf(&c->arena, "%s/" PB_FMT, cwd, PB_ARG(value));
}

/* Stores one setting; a list's items are joined by an empty line. */
static void set(struct pl_config *c, enum pl_layer layer, struct pb_str key, struct pb_str value,
                bool list)
{
    bool guarded = layer == PL_LAYER_PROJECT;
    if (!guarded) key = pl_env_expand(&c->arena, key, c->envp);
    value = pb_str_trim(value);
    if (!(guarded && is_destination_key(key))) value = pl_env_expand(&c->arena, value, c->envp);
    const char *text = is_path_key(key) ? resolve_path(c, value) : pb_arena_cstr(&c->arena, value);
    const char *former = list ? pb_map_get(&c->layers[layer], key) : NULL;
    if (former) text = pb_arena_printf(&c->arena, "%s\n\n%s", former, text);
    pb_map_put(&c->layers[layer], pb_arena_str(&c->arena, key), (char *)(uintptr_t)text);
    if (pb_str_starts(key, "//")) c->has_credentials = true;
}

static void read_cli(struct pl_config *c, const char *const *cli)
{
    for (size_t i = 0; cli && cli[i]; i++) {
        struct pb_str text = pb_str(cli[i]);
        ptrdiff_t equals = pb_str_find(text, '=');
        struct pb_str value = equals < 0 ? PB_LIT("true") : pb_str_skip(text, (size_t)equals + 1);
        set(c, PL_LAYER_CLI, pb_strn(text.p, equals < 0 ? text.n : (size_t)equals), value, false);
    }
}

/* npm_config_foo_bar (any case) is foo-bar; an underscore in front and places ("//host/:_auth")
 * stay as they are; empty values count as unset. */
static void read_env(struct pl_config *c)
{
    static const char prefix[] = "npm_config_";
    const size_t prefix_n = sizeof prefix - 1;
    for (size_t i = 0; c->envp && c->envp[i]; i++) {
        struct pb_str text = pb_str(c->envp[i]);
        ptrdiff_t equals = pb_str_find(text, '=');
        if (equals <= (ptrdiff_t)prefix_n || strncasecmp(text.p, prefix, prefix_n) != 0) continue;
        struct pb_str value = pb_str_skip(text, (size_t)equals + 1);
        if (value.n == 0) continue;
        size_t n = (size_t)equals - prefix_n;
        char *key = pb_arena_cstr(&c->arena, pb_strn(text.p + prefix_n, n));
        bool place = n >= 2 && key[0] == '/' && key[1] == '/';
        for (size_t k = 0; k < n && !place; k++) {
            if (key[k] >= 'A' && key[k] <= 'Z') key[k] = (char)(key[k] + 32);
            if (key[k] == '_' && k > 0) key[k] = '-';
        }
        set(c, PL_LAYER_ENV, pb_strn(key, n), value, false);
    }
}

static int read_file(struct pl_config *c, enum pl_layer layer, const char *path, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_NPMRC_BYTES);
    c->files[layer] = path;
    struct pb_err why = PB_ERR_INIT;
    if (pb_read_file(AT_FDCWD, path, &text, &why) != 0) {
        if (why.code == PB_E_NOT_FOUND || why.sys == ENOTDIR) return 0;
        return pb_err_set(err, why.code, "read configuration: %s", why.msg);
    }
    struct pl_npmrc rc = pl_npmrc_parse(&c->arena, pb_buf_str(&text));
    for (size_t i = 0; i < rc.n; i++)
        set(c, layer, rc.items[i].key, rc.items[i].value, rc.items[i].list);
    return 0;
}

/* The folder `levels` above the real place of a program; NULL when it is not there. */
static const char *folder_above(struct pl_config *c, const char *program, unsigned levels)
{
    PB_AUTO_FREE char *found = pb_find_program(program);
    PB_AUTO_FREE char *path = found ? pb_real_path(found, NULL) : NULL;
    if (!path) return NULL;
    struct pb_str s = pb_str(path);
    for (unsigned i = 0; i <= levels; i++) {
        ptrdiff_t slash = pb_str_rfind(s, '/');
        if (slash < 0) return NULL;
        s.n = (size_t)slash;
    }
    return pb_arena_cstr(&c->arena, s);
}

static const char *user_path(struct pl_config *c)
{
    const char *path = pl_config_get(c, "userconfig");
    if (path) return path;
    return *home_of(c) ? pb_arena_printf(&c->arena, "%s/.npmrc", home_of(c)) : NULL;
}

/* <prefix>/etc/npmrc, the prefix being the one that holds node's bin folder unless it is set. */
static const char *global_path(struct pl_config *c)
{
    const char *path = pl_config_get(c, "globalconfig"), *prefix = pl_config_get(c, "prefix");
    if (path) return path;
    if (!prefix) prefix = pl_env_get(c->envp, PB_LIT("PREFIX"));
    if (!prefix) prefix = folder_above(c, "node", 1);
    return prefix ? pb_arena_printf(&c->arena, "%s/etc/npmrc", prefix) : NULL;
}

/* npm's program is <npm>/bin/npm-cli.js behind a link; distributions put an npmrc beside it. */
static const char *builtin_path(struct pl_config *c)
{
    const char *npm = folder_above(c, "npm", 1);
    return npm ? pb_arena_printf(&c->arena, "%s/npmrc", npm) : NULL;
}

int pl_config_read_sources(struct pl_config *c, const struct pl_config_sources *sources,
                           struct pb_err *err)
{
    read_cli(c, sources->cli);
    read_env(c);
    const char *user = user_path(c), *project = NULL;
    if (sources->project_dir)
        project = pb_arena_printf(&c->arena, "%s/.npmrc", sources->project_dir);
    /* In the home folder both are one file, which is then the user's. */
    if (project && !(user && strcmp(user, project) == 0) &&
        read_file(c, PL_LAYER_PROJECT, project, err) != 0)
        return -1;
    user = user_path(c); /* the project may name another */
    if (user && read_file(c, PL_LAYER_USER, user, err) != 0) return -1;
    const char *global = global_path(c);
    if (global && read_file(c, PL_LAYER_GLOBAL, global, err) != 0) return -1;
    const char *builtin = builtin_path(c);
    return builtin ? read_file(c, PL_LAYER_BUILTIN, builtin, err) : 0;
}
