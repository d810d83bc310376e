/* SPDX-License-Identifier: MIT */
#include "harness/validity/dependencies.h"

#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"
#include "harness/workspace/tree_walk.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PACKAGE_JSON_MAX_BYTES (16u << 20)

struct reading {
    struct pb_arena *arena;
    const char *project;
    struct pb_dependencies *out;
    const cJSON *globs; /* of the root's "workspaces", or NULL */
};

static void add(struct reading *r, const char *from, const char *name)
{
    struct pb_dependencies *out = r->out;
    PB_GROW(out->items, out->cap, out->n + 1);
    out->items[out->n++] = (struct pb_dependency){pb_arena_cstr(r->arena, pb_str(from)),
                                                  pb_arena_cstr(r->arena, pb_str(name))};
}

/* npm's rule: a name that is optional too is optional. */
static void add_all(struct reading *r, const char *from, const cJSON *package)
{
    static const char *const kinds[] = {"dependencies", "devDependencies"};
    const cJSON *optional = pb_json_get(package, "optionalDependencies"), *dependency;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        cJSON_ArrayForEach (dependency, pb_json_get(package, kinds[i]))
            if (!pb_json_get(optional, dependency->string)) add(r, from, dependency->string);
}

/* `doc` must be freed, also after a failure. */
static int load(const char *project, const char *folder, struct pb_json *doc, struct pb_err *err)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/%s%spackage.json", project, folder, *folder ? "/" : "");
    *doc = (struct pb_json){0};
    if (n >= (int)sizeof path) return pb_err_set(err, PB_E_LIMIT, "read %s: path too long", folder);
    return pb_json_load(doc, AT_FDCWD, path, PACKAGE_JSON_MAX_BYTES, err);
}

/* "**" crosses folders, "*" does not; a leading "./" and a trailing "/" mean nothing. */
static bool glob_matches(const char *glob, const char *folder)
{
    char pattern[PATH_MAX];
    if (strncmp(glob, "./", 2) == 0) glob += 2;
    snprintf(pattern, sizeof pattern, "%s", glob);
    size_t n = strlen(pattern);
    if (n && pattern[n - 1] == '/') pattern[n - 1] = '\0';
    return fnmatch(pattern, folder, strstr(pattern, "**") ? 0 : FNM_PATHNAME) == 0;
}

static bool is_workspace(const cJSON *globs, const char *folder)
{
    const cJSON *glob;
    bool matches = false;
    cJSON_ArrayForEach (glob, globs) {
        if (!cJSON_IsString(glob)) continue;
        const char *text = glob->valuestring;
        if (text[0] == '!' ? glob_matches(text + 1, folder) : glob_matches(text, folder))
            matches = text[0] != '!';
    }
    return matches;
}

static enum pb_walk_next visit(void *user, const struct pb_walk_entry *e, struct pb_err *err)
{
    struct reading *r = user;
    if (e->type == DT_DIR)
        return strcmp(e->name, "node_modules") == 0 ? PB_WALK_SKIP : PB_WALK_ENTER;
    const char *slash = strrchr(e->path, '/');
    if (!slash || strcmp(e->name, "package.json") != 0) return PB_WALK_ENTER;
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - e->path), e->path);
    if (!is_workspace(r->globs, folder)) return PB_WALK_ENTER;
    struct pb_json doc;
    int rc = load(r->project, folder, &doc, err);
    if (rc == 0) add_all(r, folder, doc.root);
    pb_json_free(&doc);
    return rc == 0 ? PB_WALK_ENTER : PB_WALK_FAIL;
}

int pb_dependencies_read(struct pb_arena *arena, const char *project, struct pb_dependencies *out,
                         struct pb_err *err)
{
    struct reading r = {.arena = arena, .project = project, .out = out};
    struct pb_json doc;
    *out = (struct pb_dependencies){0};
    int rc = load(project, "", &doc, err);
    if (rc == 0) add_all(&r, "", doc.root);
    const cJSON *w = pb_json_get(doc.root, "workspaces");
    r.globs = cJSON_IsObject(w) ? pb_json_get(w, "packages") : w;
    if (rc == 0 && cJSON_IsArray(r.globs)) rc = pb_walk(project, visit, &r, err);
    pb_json_free(&doc);
    return rc;
}

/* Whether the folder is a package of a registry, or (by its real place) one of the project's own.
 */
static bool is_package(const char *folder)
{
    struct pb_json doc;
    bool readable = load(folder, "", &doc, NULL) == 0;
    bool versioned = pb_json_cstr(doc.root, "version") != NULL;
    pb_json_free(&doc);
    if (!readable || versioned) return readable;
    PB_AUTO_FREE char *real = pb_real_path(folder, NULL);
    return real && !strstr(real, "/node_modules/");
}

bool pb_dependency_in_place(const char *project, const struct pb_dependency *d)
{
    char from[PATH_MAX], folder[PATH_MAX];
    snprintf(from, sizeof from, "%s", d->from);
    for (;;) {
        int n = snprintf(folder, sizeof folder, "%s/%s%snode_modules/%s", project, from,
                         *from ? "/" : "", d->name);
        if (n < (int)sizeof folder && is_package(folder)) return true;
        if (!*from) return false;
        char *slash = strrchr(from, '/');
        *(slash ? slash : from) = '\0';
    }
}
