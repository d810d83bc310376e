/* SPDX-License-Identifier: MIT */
#include "harness/workspace/inventory.h"

#include "base/buf.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"
#include "harness/workspace/disk_usage.h"
#include "harness/workspace/tree_walk.h"
#include "harness/workspace/virtual_store.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PACKAGE_JSON_MAX_BYTES (8u << 20)

struct taking {
    struct pb_inventory *out;
    struct pb_disk_usage usage;
    struct pb_virtual_store linked;
    struct pb_buf text; /* of the package.json at hand */
    size_t cap;
};

/* Takes the last component off the path. */
static struct pb_str last_component(struct pb_str *path)
{
    ptrdiff_t slash = pb_str_rfind(*path, '/');
    struct pb_str last = pb_str_skip(*path, (size_t)(slash + 1));
    *path = pb_strn(path->p, slash < 0 ? 0 : (size_t)slash);
    return last;
}

static bool is_package_place(struct pb_str path)
{
    struct pb_str name = last_component(&path), parent = last_component(&path);
    if (name.n == 0 || name.p[0] == '.' || name.p[0] == '@') return false;
    if (parent.n && parent.p[0] == '@') parent = last_component(&path);
    return pb_str_is(parent, "node_modules");
}

static bool is_inside_node_modules(const char *path)
{
    struct pb_str rest = pb_str(path), part;
    while (pb_str_split(&rest, '/', &part))
        if (pb_str_is(part, "node_modules")) return true;
    return false;
}

static bool bundles(const cJSON *json)
{
    const cJSON *list = pb_json_get(json, "bundleDependencies");
    if (!list) list = pb_json_get(json, "bundledDependencies");
    return cJSON_IsTrue(list) || cJSON_GetArraySize(list) > 0;
}

static void add_package(struct taking *t, const char *path, const cJSON *json)
{
    const char *name = pb_json_cstr(json, "name"), *version = pb_json_cstr(json, "version");
    if (!name || !version) return;
    struct pb_inventory *out = t->out;
    PB_GROW(out->packages, t->cap, out->package_count + 1);
    out->packages[out->package_count++] = (struct pb_package){
        pb_arena_cstr(&out->arena, pb_str(path)), pb_arena_cstr(&out->arena, pb_str(name)),
        pb_arena_cstr(&out->arena, pb_str(version)), bundles(json)};
}

/* A folder without a readable package.json is no package: whether one is missing is judged later.
 */
static void read_package(struct taking *t, int dirfd, const char *folder, const char *path)
{
    char file[PATH_MAX];
    snprintf(file, sizeof file, "%s/package.json", folder);
    pb_buf_clear(&t->text);
    if (pb_read_file(dirfd, file, &t->text, NULL) != 0) return;
    cJSON *json = cJSON_ParseWithLength(t->text.p ? t->text.p : "", t->text.n);
    add_package(t, path, json);
    cJSON_Delete(json);
}

/* Whether the target of a link at `path` (relative to the project) is outside the project. */
static bool link_leaves_project(const struct pb_walk_entry *e)
{
    char target[PATH_MAX];
    ssize_t n = readlinkat(e->dirfd, e->name, target, sizeof target);
    if (n <= 0) return false;
    if (target[0] == '/') return true;
    long depth = 0;
    struct pb_str rest = pb_str(e->path), part;
    while (pb_str_split(&rest, '/', &part))
        depth++;
    depth--; /* the link itself */
    rest = pb_strn(target, (size_t)n);
    while (depth >= 0 && pb_str_split(&rest, '/', &part)) {
        if (pb_str_is(part, ".."))
            depth--;
        else if (part.n && !pb_str_is(part, "."))
            depth++;
    }
    return depth < 0;
}

/* Whether the link's package is found by following the virtual store. */
static int is_linked_entry(struct taking *t, const struct pb_walk_entry *e, struct pb_err *err)
{
    char link[NAME_MAX + 64];
    snprintf(link, sizeof link, "/proc/self/fd/%d/%s", e->dirfd, e->name);
    return pb_virtual_store_add(&t->linked, link, err);
}

struct bundle {
    struct taking *t;
    const struct pb_virtual_entry *of;
};

/* What a package brought in its tarball. */
static enum pb_walk_next visit_bundle(void *user, const struct pb_walk_entry *e, struct pb_err *err)
{
    struct bundle *bundle = user;
    char path[PATH_MAX];
    (void)err;
    if (e->type != DT_DIR || !is_package_place(pb_str(e->path))) return PB_WALK_ENTER;
    snprintf(path, sizeof path, "%s/%s", bundle->of->shown, e->path);
    read_package(bundle->t, e->dirfd, e->name, path);
    return PB_WALK_ENTER;
}

static int read_linked(struct taking *t, struct pb_err *err)
{
    if (pb_virtual_store_follow(&t->linked, err) != 0) return -1;
    for (size_t i = 0; i < t->linked.n; i++) {
        struct bundle bundle = {t, &t->linked.entries[i]};
        read_package(t, AT_FDCWD, bundle.of->folder, bundle.of->shown);
        if (pb_walk(bundle.of->folder, visit_bundle, &bundle, err) != 0) return -1;
    }
    return 0;
}

static enum pb_walk_next visit(void *user, const struct pb_walk_entry *e, struct pb_err *err)
{
    struct taking *t = user;
    if (strcmp(e->name, PB_SCRIPT_MARK) == 0) t->out->scripts_ran = true;
    if (!is_inside_node_modules(e->path)) return PB_WALK_ENTER;
    if (pb_disk_usage_entry(&t->usage, e->dirfd, e->name, err) != 0) return PB_WALK_FAIL;
    if (strcmp(e->name, "node_modules") == 0) {
        struct pb_str parent = pb_str(e->path);
        last_component(&parent);
        char folder[PATH_MAX];
        snprintf(folder, sizeof folder, PB_FMT, PB_ARG(parent));
        if (!is_inside_node_modules(folder)) {
            t->out->node_modules_count++;
            t->usage.dirs--; /* count what is below it */
        }
    }
    bool leaves = e->type == DT_LNK && link_leaves_project(e);
    if ((!leaves && e->type != DT_DIR) || !is_package_place(pb_str(e->path))) return PB_WALK_ENTER;
    int linked = leaves ? is_linked_entry(t, e, err) : 0;
    if (linked == 0) read_package(t, e->dirfd, e->name, e->path);
    return linked < 0 ? PB_WALK_FAIL : PB_WALK_ENTER;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct pb_package *)a)->path, ((const struct pb_package *)b)->path);
}

static void make_digest(struct pb_inventory *out)
{
    struct pb_digest *d = pb_digest_new(PB_SHA256);
    for (size_t i = 0; i < out->package_count; i++) {
        const struct pb_package *p = &out->packages[i];
        pb_digest_add(d, p->path, strlen(p->path) + 1); /* with the zero, as a separator */
        pb_digest_add(d, p->name, strlen(p->name) + 1);
        pb_digest_add(d, p->version, strlen(p->version) + 1);
    }
    uint8_t bytes[PB_DIGEST_MAX];
    size_t n = pb_digest_finish(d, bytes);
    pb_digest_free(d);
    pb_hex(bytes, n, out->digest);
}

int pb_inventory_take(const char *project, struct pb_inventory *out, struct pb_err *err)
{
    *out = (struct pb_inventory){0};
    struct taking t = {.out = out, .text = PB_BUF_INIT(PACKAGE_JSON_MAX_BYTES)};
    PB_AUTO_FREE char *real = pb_real_path(project, NULL);
    t.linked.project = real;
    int rc = pb_walk(project, visit, &t, err);
    if (rc == 0) rc = read_linked(&t, err);
    out->bytes = t.usage.bytes;
    out->files = t.usage.files;
    out->dirs = t.usage.dirs;
    out->symlinks = t.usage.symlinks;
    pb_disk_usage_release(&t.usage);
    pb_virtual_store_release(&t.linked);
    pb_buf_release(&t.text);
    if (rc != 0) return pb_err_wrap(err, "inventory of %s", project);
    if (out->package_count)
        qsort(out->packages, out->package_count, sizeof *out->packages, by_path);
    make_digest(out);
    return 0;
}

void pb_inventory_release(struct pb_inventory *inventory)
{
    free(inventory->packages);
    pb_arena_release(&inventory->arena);
    *inventory = (struct pb_inventory){0};
}
