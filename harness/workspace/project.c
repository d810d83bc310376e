/* SPDX-License-Identifier: MIT */
#include "harness/workspace/project.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/json.h"
#include "harness/workspace/tree_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define LOCK_MAX_BYTES (512u << 20)
#define PACKAGE_JSON_MAX_BYTES (16u << 20)

struct templating {
    const char *dest;
    const struct pb_manager *managers;
    size_t manager_count;
};

static bool is_lockfile(const struct templating *t, const char *name)
{
    for (size_t i = 0; i < t->manager_count; i++)
        for (const char *const *lock = t->managers[i].lockfiles; lock && *lock; lock++)
            if (strcmp(*lock, name) == 0) return true;
    return false;
}

static enum pb_walk_next copy_entry(void *user, const struct pb_walk_entry *e, struct pb_err *err)
{
    const struct templating *t = user;
    char to[PATH_MAX];
    if (e->type == DT_DIR && (strcmp(e->name, "node_modules") == 0 || strcmp(e->name, ".git") == 0))
        return PB_WALK_SKIP;
    if (e->type != DT_DIR && is_lockfile(t, e->name)) return PB_WALK_SKIP;
    if (snprintf(to, sizeof to, "%s/%s", t->dest, e->path) >= (int)sizeof to) {
        pb_err_set(err, PB_E_LIMIT, "copy project: %s: path too long", e->path);
        return PB_WALK_FAIL;
    }
    if (e->type == DT_DIR) {
        if (mkdir(to, 0777) == 0) return PB_WALK_ENTER;
        pb_err_sys(err, errno, "copy project: %s", to);
        return PB_WALK_FAIL;
    }
    if (e->type != DT_REG && e->type != DT_LNK) return PB_WALK_SKIP; /* sockets and the like */
    return pb_copy_tree(e->dirfd, e->name, AT_FDCWD, to, err) == 0 ? PB_WALK_ENTER : PB_WALK_FAIL;
}

int pb_project_make_template(const char *source, const char *dest,
                             const struct pb_manager *managers, size_t n, struct pb_err *err)
{
    struct templating t = {dest, managers, n};
    char package_json[PATH_MAX];
    snprintf(package_json, sizeof package_json, "%s/package.json", source);
    if (!pb_exists(AT_FDCWD, package_json))
        return pb_err_set(err, PB_E_NOT_FOUND, "read project: %s: no package.json in it", source);
    if (pb_mkdir_p(AT_FDCWD, dest, err) != 0) return -1;
    return pb_walk(source, copy_entry, &t, err);
}

/* "workspaces" is a list, or an object with the list in "packages". */
static const cJSON *workspace_globs(const cJSON *package)
{
    const cJSON *w = pb_json_get(package, "workspaces");
    if (cJSON_IsObject(w)) w = pb_json_get(w, "packages");
    return cJSON_IsArray(w) && cJSON_GetArraySize(w) > 0 ? w : NULL;
}

static int write_workspace_file(const struct pb_workspace *ws, const char *name, struct pb_err *err)
{
    char path[PATH_MAX];
    struct pb_json doc;
    snprintf(path, sizeof path, "%s/package.json", ws->project);
    int rc = pb_json_load(&doc, AT_FDCWD, path, PACKAGE_JSON_MAX_BYTES, err);
    const cJSON *globs = rc == 0 ? workspace_globs(doc.root) : NULL, *glob;
    snprintf(path, sizeof path, "%s/%s", ws->project, name);
    if (globs && !pb_exists(AT_FDCWD, path)) {
        PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1 << 20);
        pb_buf_add_cstr(&text, "packages:\n");
        cJSON_ArrayForEach (glob, globs) {
            if (!cJSON_IsString(glob)) continue;
            pb_buf_add_cstr(&text, "  - ");
            pb_buf_add_json(&text, pb_str(glob->valuestring)); /* a JSON string is a YAML one */
            pb_buf_add_char(&text, '\n');
        }
        rc = pb_write_file(AT_FDCWD, path, pb_buf_str(&text), 0644, err);
    }
    pb_json_free(&doc);
    return rc;
}

static int write_manager_files(const struct pb_workspace *ws, const struct pb_arm *arm,
                               const char *registry_url, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_template_vars vars = pb_workspace_vars(ws, registry_url);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < arm->manager->file_count; i++) {
        const struct pb_kv *file = &arm->manager->files[i];
        const char *text = pb_template_expand(&arena, file->value, &vars);
        const char *path = pb_arena_printf(&arena, "%s/%s", ws->project, file->key);
        rc = pb_write_file(AT_FDCWD, path, pb_str(text), 0644, err);
    }
    pb_arena_release(&arena);
    return rc;
}

int pb_project_put(const struct pb_workspace *ws, const char *template_dir,
                   const struct pb_arm *arm, const char *registry_url, struct pb_err *err)
{
    struct templating t = {.dest = ws->project};
    if (pb_walk(template_dir, copy_entry, &t, err) != 0 ||
        write_manager_files(ws, arm, registry_url, err) != 0)
        return pb_err_wrap(err, "put the project in place");
    if (!arm->manager->workspace_file) return 0;
    return write_workspace_file(ws, arm->manager->workspace_file, err);
}

int pb_project_copy_locks(const struct pb_arm *arm, const char *from, const char *to, size_t *n,
                          struct pb_err *err)
{
    char source[PATH_MAX], dest[PATH_MAX];
    *n = 0;
    for (const char *const *lock = arm->manager->lockfiles; lock && *lock; lock++) {
        snprintf(source, sizeof source, "%s/%s", from, *lock);
        snprintf(dest, sizeof dest, "%s/%s", to, *lock);
        if (!pb_exists(AT_FDCWD, source)) continue;
        if (pb_copy_tree(AT_FDCWD, source, AT_FDCWD, dest, err) != 0) return -1;
        ++*n;
    }
    return 0;
}

bool pb_project_lock_digest(const struct pb_arm *arm, const char *project, char digest[65],
                            uint64_t *bytes)
{
    char path[PATH_MAX];
    bool found = false, readable = true;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(LOCK_MAX_BYTES);
    struct pb_digest *d = pb_digest_new(PB_SHA256);
    *bytes = 0;
    for (const char *const *lock = arm->manager->lockfiles; lock && *lock; lock++) {
        snprintf(path, sizeof path, "%s/%s", project, *lock);
        if (!pb_exists(AT_FDCWD, path)) continue;
        pb_buf_clear(&text);
        if (pb_read_file(AT_FDCWD, path, &text, NULL) != 0) readable = false;
        pb_digest_add(d, *lock, strlen(*lock) + 1);
        pb_digest_add(d, text.p, text.n);
        *bytes += text.n;
        found = true;
    }
    uint8_t raw[PB_DIGEST_MAX];
    size_t n = pb_digest_finish(d, raw);
    pb_digest_free(d);
    pb_hex(raw, n, digest);
    return found && readable;
}
