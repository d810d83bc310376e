/* SPDX-License-Identifier: MIT */
#include "harness/limit/plan.h"

#include "base/digest.h"
#include "base/fs.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOCK_MAX_BYTES (256u << 20)
#define FILE_MAX_BYTES ((size_t)1 << 30)

struct making {
    const char *project;
    struct pb_buf *out;
    struct pb_arena arena;
    struct pb_map seen;     /* names, tarballs */
    struct pb_map contents; /* digest and mode -> number + 1 */
    uintptr_t content_count;
};

static bool is_new(struct making *m, const char *text)
{
    if (pb_map_has(&m->seen, pb_str(text))) return false;
    struct pb_str kept = pb_str(pb_arena_cstr(&m->arena, pb_str(text)));
    (void)pb_map_put(&m->seen, kept, m);
    return true;
}

static int load_lock(const struct making *m, const char *name, struct pb_json *doc,
                     struct pb_err *err)
{
    PB_AUTO_FREE char *path = NULL;
    if (asprintf(&path, "%s/%s", m->project, name) < 0)
        return pb_err_set(err, PB_E_LIMIT, "no memory for a path");
    return pb_json_load(doc, AT_FDCWD, path, LOCK_MAX_BYTES, err);
}

/* "node_modules/a/node_modules/@s/b" -> "@s/b"; NULL for a folder of the project. */
static const char *name_in(const char *path)
{
    const char *name = NULL;
    for (const char *at = path; (at = strstr(at, "node_modules/")) != NULL;)
        name = at += strlen("node_modules/");
    return name;
}

/* Registries take the scope's slash escaped. */
static void add_metadata(struct making *m, const char *name)
{
    const char *path =
        name[0] == '@' && strchr(name, '/')
            ? pb_arena_printf(&m->arena, "/%.*s%%2f%s", (int)(strchr(name, '/') - name), name,
                              strchr(name, '/') + 1)
            : pb_arena_printf(&m->arena, "/%s", name);
    if (is_new(m, path)) pb_buf_printf(m->out, "metadata\t%s\n", path);
}

static int add_names(struct making *m, struct pb_err *err)
{
    struct pb_json doc = {0};
    if (load_lock(m, "package-lock.json", &doc, err) != 0) return -1;
    const cJSON *entry;
    cJSON_ArrayForEach (entry, pb_json_get(doc.root, "packages")) {
        const char *own = pb_json_cstr(entry, "name"), *name = own ? own : name_in(entry->string);
        bool is_package = name_in(entry->string) && pb_json_cstr(entry, "resolved") &&
                          !pb_json_bool(entry, "link", false);
        if (is_package) add_metadata(m, name);
    }
    pb_json_free(&doc);
    return 0;
}

static int add_tarballs(struct making *m, struct pb_err *err)
{
    struct pb_json doc = {0};
    if (load_lock(m, "node_modules/.package-lock.json", &doc, err) != 0) return -1;
    const cJSON *entry;
    cJSON_ArrayForEach (entry, pb_json_get(doc.root, "packages")) {
        const char *url = pb_json_cstr(entry, "resolved");
        const char *host = url ? strstr(url, "://") : NULL;
        const char *path = host ? strchr(host + 3, '/') : NULL;
        if (path && is_new(m, path)) pb_buf_printf(m->out, "tarball\t%s\n", path);
    }
    pb_json_free(&doc);
    return 0;
}

static const char *content_key(struct making *m, const struct pb_buf *data, bool is_executable)
{
    uint8_t digest[PB_DIGEST_MAX];
    char hex[2 * PB_DIGEST_MAX + 1];
    size_t n = pb_digest_once(PB_SHA256, data->p, data->n, digest);
    pb_hex(digest, n, hex);
    return pb_arena_printf(&m->arena, "%s%c", hex, is_executable ? 'x' : '-');
}

/* Empty files stay apart, as in any installer. */
static int add_file(struct making *m, const FTSENT *e, const char *path, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf data = PB_BUF_INIT(FILE_MAX_BYTES);
    if (pb_read_file(AT_FDCWD, e->fts_accpath, &data, err) != 0) return -1;
    const char *key = content_key(m, &data, e->fts_statp->st_mode & 0100);
    uintptr_t known = (uintptr_t)pb_map_get(&m->contents, pb_str(key));
    if (known && data.n > 0) {
        pb_buf_printf(m->out, "same\t%zu\t%s\n", (size_t)known - 1, path);
        return 0;
    }
    bool is_text = strcmp(e->fts_name, "package.json") == 0;
    (void)pb_map_put(&m->contents, pb_str(key), (void *)++m->content_count);
    pb_buf_printf(m->out, "%s\t%zu\t%s\n", is_text ? "text" : "file", data.n, path);
    if (!is_text) return 0;
    pb_buf_add_str(m->out, pb_buf_str(&data));
    pb_buf_add_char(m->out, '\n');
    return 0;
}

static int add_symlink(struct making *m, const FTSENT *e, const char *path, struct pb_err *err)
{
    char target[4096];
    ssize_t n = readlink(e->fts_accpath, target, sizeof target - 1);
    if (n < 0) return pb_err_sys(err, errno, "read the link %s", path);
    target[n] = '\0';
    pb_buf_printf(m->out, "symlink\t%s\t%s\n", target, path);
    return 0;
}

static int add_entry(struct making *m, const FTSENT *e, struct pb_err *err)
{
    const char *path = e->fts_path + strlen(m->project) + 1;
    if (strpbrk(path, "\t\n"))
        return pb_err_set(err, PB_E_UNSUPPORTED, "plan %s: the name has a tab or line break", path);
    switch (e->fts_info) {
    case FTS_D:
        pb_buf_printf(m->out, "dir\t%s\n", path);
        return 0;
    case FTS_F:
        return add_file(m, e, path, err);
    case FTS_SL:
    case FTS_SLNONE:
        return add_symlink(m, e, path, err);
    case FTS_DP:
        return 0;
    default:
        return pb_err_sys(err, e->fts_errno, "read %s", path);
    }
}

static int add_tree(struct making *m, struct pb_err *err)
{
    PB_AUTO_FREE char *root = NULL;
    if (asprintf(&root, "%s/node_modules", m->project) < 0)
        return pb_err_set(err, PB_E_LIMIT, "no memory for a path");
    FTS *fts = fts_open((char *[]){root, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (!fts) return pb_err_sys(err, errno, "read %s", root);
    int result = 0;
    for (FTSENT *e; result == 0 && (e = fts_read(fts)) != NULL;)
        result = add_entry(m, e, err);
    (void)fts_close(fts);
    return result;
}

int pb_limit_plan_make(const char *project, struct pb_buf *out, struct pb_err *err)
{
    struct making m = {.project = project, .out = out};
    pb_buf_add_cstr(out, PB_LIMIT_PLAN_HEAD);
    int result = add_names(&m, err);
    if (result == 0) result = add_tarballs(&m, err);
    if (result == 0) result = add_tree(&m, err);
    if (result == 0 && !pb_buf_ok(out)) result = pb_err_set(err, PB_E_LIMIT, "the plan is too big");
    pb_map_release(&m.seen);
    pb_map_release(&m.contents);
    pb_arena_release(&m.arena);
    return result;
}
