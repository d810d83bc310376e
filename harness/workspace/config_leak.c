/* SPDX-License-Identifier: MIT */
#include "harness/workspace/config_leak.h"

#include "base/fs.h"
#include "base/json.h"
#include "harness/workspace/manifests.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#define CONFIG_MAX_BYTES (1u << 20)
#define PACKAGE_JSON_MAX_BYTES (16u << 20)

/* Read by at least one manager from any folder above the project. */
static const char *const files_above[] = {".npmrc", "pnpm-workspace.yaml", ".yarnrc.yml", ".yarnrc",
                                          "bunfig.toml"};

/* Keys that void a measurement. What a manager's command line or environment settles anyway
 * (registry, caches, lockfile) is not among them: other checks see its effect. */
static const struct {
    const char *key, *effect;
} leaking_keys[] = {
    {"userconfig", "reads more configuration"},
    {"globalconfig", "reads more configuration"},
    {"prefix", "moves the tree"},
    {"modules-dir", "moves the tree"},
    {"proxy", "goes through a proxy"},
    {"https-proxy", "goes through a proxy"},
};

static bool same_url(struct pb_str value, const char *url)
{
    struct pb_str own = pb_str(url);
    while (own.n && own.p[own.n - 1] == '/')
        own.n--;
    while (value.n && value.p[value.n - 1] == '/')
        value.n--;
    return pb_str_eq(value, own);
}

static const char *effect_of(struct pb_str key, struct pb_str value, const char *registry_url)
{
    bool scope = key.n && key.p[0] == '@' && pb_str_ends(key, ":registry");
    if (scope && !same_url(value, registry_url)) return "sends a scope to another registry";
    for (size_t i = 0; i < sizeof leaking_keys / sizeof *leaking_keys; i++)
        if (pb_str_is(key, leaking_keys[i].key)) return leaking_keys[i].effect;
    return NULL;
}

bool pb_npmrc_leak(struct pb_str text, const char *registry_url, char out[PB_CONFIG_LEAK_BYTES])
{
    struct pb_str line;
    while (pb_str_split(&text, '\n', &line)) {
        line = pb_str_trim(line);
        ptrdiff_t equals = pb_str_find(line, '=');
        if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';' || equals < 0) continue;
        struct pb_str key = pb_str_trim(pb_strn(line.p, (size_t)equals)),
                      value = pb_str_trim(pb_str_skip(line, (size_t)equals + 1));
        const char *effect = effect_of(key, value, registry_url);
        if (!effect) continue;
        snprintf(out, PB_CONFIG_LEAK_BYTES, ".npmrc of the project: %.*s %s",
                 key.n < 100 ? (int)key.n : 100, key.p, effect);
        return true;
    }
    return false;
}

/* A parent with "workspaces" may take the project for one of its own. */
static bool is_workspace_root(const char *folder)
{
    char path[PATH_MAX];
    struct pb_json doc;
    int n = snprintf(path, sizeof path, "%s/package.json", folder);
    if (n >= (int)sizeof path || !pb_exists(AT_FDCWD, path)) return false;
    bool has = pb_json_load(&doc, AT_FDCWD, path, PACKAGE_JSON_MAX_BYTES, NULL) == 0 &&
               pb_json_get(doc.root, "workspaces");
    pb_json_free(&doc);
    return has;
}

static bool leaks_from(const char *folder, char out[PB_CONFIG_LEAK_BYTES])
{
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof files_above / sizeof *files_above; i++) {
        int n = snprintf(path, sizeof path, "%s/%s", folder, files_above[i]);
        if (n >= (int)sizeof path || !pb_exists(AT_FDCWD, path)) continue;
        snprintf(out, PB_CONFIG_LEAK_BYTES,
                 "%.180s above the project is read too: choose another --out", path);
        return true;
    }
    if (!is_workspace_root(folder)) return false;
    snprintf(out, PB_CONFIG_LEAK_BYTES,
             "%.180s above the project has workspaces: choose another --out",
             *folder ? folder : "/");
    return true;
}

static bool leaks_from_above(const char *project, char out[PB_CONFIG_LEAK_BYTES])
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", project);
    for (char *slash; (slash = strrchr(folder, '/')) != NULL;) {
        *slash = '\0';
        if (leaks_from(folder, out)) return true;
    }
    return false;
}

static bool leaks_from_npmrc(const char *project, const char *registry_url,
                             char out[PB_CONFIG_LEAK_BYTES])
{
    char path[PATH_MAX];
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(CONFIG_MAX_BYTES);
    snprintf(path, sizeof path, "%s/.npmrc", project);
    return pb_read_file(AT_FDCWD, path, &text, NULL) == 0 &&
           pb_npmrc_leak(pb_buf_str(&text), registry_url, out);
}

bool pb_config_leak_find(const char *project, const char *registry_url,
                         char out[PB_CONFIG_LEAK_BYTES])
{
    char pin[64];
    if (pb_manifest_pin(project, pin)) {
        snprintf(out, PB_CONFIG_LEAK_BYTES, "package.json names a package manager: %s", pin);
        return true;
    }
    return leaks_from_npmrc(project, registry_url, out) || leaks_from_above(project, out);
}
