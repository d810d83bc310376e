/* SPDX-License-Identifier: MIT */
#include "installer/scripts/script_env.h"

#include "base/buf.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/mem.h"
#include "installer/version.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { DEPTH_MAX = 16 };

struct env {
    struct pb_arena *arena;
    struct pb_map values; /* name -> "NAME=value" */
};

static void set(struct env *env, const char *name, const char *value)
{
    char *text = pb_arena_printf(env->arena, "%s=%s", name, value ? value : "");
    pb_map_put(&env->values, pb_strn(text, strlen(name)), text);
}

static void take_own(struct env *env)
{
    for (char **at = environ; *at; at++) {
        const char *equals = strchr(*at, '=');
        if (equals) pb_map_put(&env->values, pb_strn(*at, (size_t)(equals - *at)), *at);
    }
}

/* npm's package-envs: lists and objects are flattened, null and false are empty. */
static void set_json(struct env *env, const char *name, const cJSON *value, unsigned depth)
{
    if (!value || depth > DEPTH_MAX) return;
    if (cJSON_IsArray(value) || cJSON_IsObject(value)) {
        const cJSON *child;
        int i = 0;
        cJSON_ArrayForEach (child, value) {
            set_json(env,
                     child->string ? pb_arena_printf(env->arena, "%s_%s", name, child->string)
                                   : pb_arena_printf(env->arena, "%s_%d", name, i),
                     child, depth + 1);
            i++;
        }
        return;
    }
    if (cJSON_IsString(value))
        set(env, name, value->valuestring);
    else if (cJSON_IsNumber(value))
        set(env, name, pb_arena_printf(env->arena, "%.15g", value->valuedouble));
    else
        set(env, name, cJSON_IsTrue(value) ? "true" : "");
}

static void set_package(struct env *env, const struct pl_script_package *p)
{
    static const char *const fields[] = {"name", "version", "config", "engines"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        set_json(env, pb_arena_printf(env->arena, "npm_package_%s", fields[i]),
                 cJSON_GetObjectItemCaseSensitive(p->manifest, fields[i]), 0);
    const cJSON *bin = cJSON_GetObjectItemCaseSensitive(p->manifest, "bin");
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(p->manifest, "name");
    const char *bin_name = cJSON_IsString(bin) ? cJSON_GetStringValue(name) : NULL;
    if (bin_name && strchr(bin_name, '/')) bin_name = strrchr(bin_name, '/') + 1;
    set_json(env,
             bin_name ? pb_arena_printf(env->arena, "npm_package_bin_%s", bin_name)
                      : "npm_package_bin",
             bin, 0);
    set(env, "npm_package_json", pb_arena_printf(env->arena, "%s/package.json", p->dir));
    if (!p->is_dependency) return;
    set(env, "npm_package_resolved", p->resolved);
    set(env, "npm_package_integrity", p->integrity);
    set(env, "npm_package_dev", p->dev ? "1" : "");
    set(env, "npm_package_optional", p->optional ? "1" : "");
    set(env, "npm_package_peer", p->peer ? "1" : "");
    set(env, "npm_package_dev_optional", p->dev_optional && !p->dev && !p->optional ? "1" : "");
}

/* Secrets and keys bound to a host or scope are not handed to scripts. */
static void set_config(struct env *env, const struct pl_script_host *host)
{
    struct pl_config_setting *settings;
    size_t n = pl_config_list(host->config, &settings);
    for (size_t i = 0; i < n; i++) {
        const struct pl_config_setting *s = &settings[i];
        if (pl_config_is_secret(s->key) || strpbrk(s->key, "/:@.")) continue;
        char *name = pb_arena_printf(env->arena, "npm_config_%s", s->key);
        for (char *c = name; *c; c++)
            if (*c == '-') *c = '_';
        bool is_off = strcmp(s->value, "false") == 0 || strcmp(s->value, "null") == 0;
        set(env, name, is_off ? "" : s->value);
    }
    if (!pl_config_get(host->config, "user-agent"))
        set(env, "npm_config_user_agent",
            pb_arena_printf(env->arena, "plumb/%s npm/? linux", pl_program_version()));
    set(env, "npm_config_local_prefix", host->root_dir);
    const char *registry = pl_config_registry(host->config, PB_LIT(""), NULL);
    if (registry) set(env, "npm_config_registry", registry);
    if (host->npm_dir)
        set(env, "npm_config_node_gyp",
            pb_arena_printf(env->arena, "%s/node_modules/node-gyp/bin/node-gyp.js", host->npm_dir));
}

static void set_path(struct env *env, const struct pl_script_host *host, const char *dir)
{
    PB_AUTO_BUF struct pb_buf path = PB_BUF_INIT(1u << 20);
    struct pb_str at = pb_str(dir);
    for (;;) {
        pb_buf_printf(&path, PB_FMT "/node_modules/.bin:", PB_ARG(at));
        ptrdiff_t slash = pb_str_rfind(at, '/');
        if (slash < 0) break;
        at.n = (size_t)slash;
    }
    if (host->npm_dir)
        pb_buf_printf(&path, "%s/node_modules/@npmcli/run-script/lib/node-gyp-bin:", host->npm_dir);
    const char *own = getenv("PATH");
    pb_buf_add_cstr(&path, own ? own : "/usr/local/bin:/usr/bin:/bin");
    set(env, "PATH", path.p);
}

void pl_script_host_find(struct pb_arena *arena, struct pl_script_host *host)
{
    PB_AUTO_FREE char *node = pb_find_program("node");
    PB_AUTO_FREE char *npm = pb_find_program("npm");
    PB_AUTO_FREE char *real_npm = npm ? pb_real_path(npm, NULL) : NULL;
    PB_AUTO_FREE char *self = pb_real_path("/proc/self/exe", NULL);
    if (node) host->node = pb_arena_cstr(arena, pb_str(node));
    if (self) host->self = pb_arena_cstr(arena, pb_str(self));
    struct pb_str dir = pb_str(real_npm ? real_npm : "");
    /* <npm>/bin/npm-cli.js */
    for (int i = 0; i < 2; i++) {
        ptrdiff_t slash = pb_str_rfind(dir, '/');
        dir.n = slash > 0 ? (size_t)slash : 0;
    }
    const char *gyp = pb_arena_printf(arena, PB_FMT "/node_modules/node-gyp", PB_ARG(dir));
    if (dir.n > 0 && pb_is_dir(AT_FDCWD, gyp)) host->npm_dir = pb_arena_cstr(arena, dir);
}

const char *const *pl_script_env(struct pb_arena *arena, const struct pl_script_host *host,
                                 const struct pl_script_package *package, const char *event,
                                 const char *command)
{
    struct env env = {.arena = arena};
    take_own(&env);
    set_config(&env, host);
    set_package(&env, package);
    set(&env, "npm_command", host->command);
    set(&env, "npm_lifecycle_event", event);
    set(&env, "npm_lifecycle_script", command);
    if (host->node) set(&env, "NODE", host->node);
    if (host->node) set(&env, "npm_node_execpath", host->node);
    if (host->self) set(&env, "npm_execpath", host->self);
    set(&env, "INIT_CWD", host->init_cwd);
    set_path(&env, host, package->dir);
    const char **out = PB_ARENA_ARRAY(arena, const char *, env.values.n + 1);
    size_t n = 0;
    PB_MAP_EACH (&env.values, e) {
        out[n++] = e->value;
    }
    pb_map_release(&env.values);
    return out;
}
