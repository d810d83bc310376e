/* SPDX-License-Identifier: MIT */
#include "harness/plan/data_files.h"

#include "base/datadir.h"
#include "base/fs.h"
#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

enum { DATA_FILE_MAX_BYTES = 1 << 20 };

static int is_json_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && pb_str_ends(pb_str(entry->d_name), ".json");
}

static int visit_file(const char *path, pb_data_file_fn fn, void *user, struct pb_err *err)
{
    struct pb_json doc;
    if (pb_json_load(&doc, AT_FDCWD, path, DATA_FILE_MAX_BYTES, err) < 0) return -1;
    int rc = cJSON_IsObject(doc.root) ? fn(user, &doc, path, err)
                                      : pb_json_err(&doc, doc.root, err, "an object is expected");
    pb_json_free(&doc);
    return rc;
}

static int visit_dir(const char *dir, pb_data_file_fn fn, void *user, struct pb_err *err)
{
    struct dirent **entries;
    int n = scandir(dir, &entries, is_json_file, alphasort);
    if (n < 0) return pb_err_sys(err, errno, "cannot list data files: %s", dir);
    int rc = 0;
    for (int i = 0; i < n; i++) {
        char *path = NULL;
        if (rc == 0 && asprintf(&path, "%s/%s", dir, entries[i]->d_name) < 0)
            rc = pb_err_set(err, PB_E_SYSTEM, "cannot list data files: %s: out of memory", dir);
        if (rc == 0) rc = visit_file(path, fn, user, err);
        free(path);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

int pb_data_files_each(const char *sub, const char *const *extra_dirs, pb_data_file_fn fn,
                       void *user, struct pb_err *err)
{
    PB_AUTO_FREE char *builtin = pb_datadir(sub, err);
    if (!builtin || visit_dir(builtin, fn, user, err) < 0) return -1;
    for (; extra_dirs && *extra_dirs; extra_dirs++)
        if (visit_dir(*extra_dirs, fn, user, err) < 0) return -1;
    return 0;
}

int pb_data_string(struct pb_arena *arena, const struct pb_json *doc, const cJSON *object,
                   const char *key, bool required, const char **out, struct pb_err *err)
{
    const cJSON *node = pb_json_get(object, key);
    *out = NULL;
    if (!node)
        return required ? pb_json_err(doc, object, err, "\"%s\" is missing: add it", key) : 0;
    if (!cJSON_IsString(node)) return pb_json_err(doc, node, err, "\"%s\" must be a string", key);
    *out = pb_arena_cstr(arena, pb_str(node->valuestring));
    return 0;
}

int pb_data_strings(struct pb_arena *arena, const struct pb_json *doc, const cJSON *object,
                    const char *key, const char *const **out, struct pb_err *err)
{
    const cJSON *list = pb_json_get(object, key);
    *out = NULL;
    if (!list) return 0;
    if (!cJSON_IsArray(list))
        return pb_json_err(doc, list, err, "\"%s\" must be a list of strings", key);
    size_t n = (size_t)cJSON_GetArraySize(list), i = 0;
    const char **items = PB_ARENA_ARRAY(arena, const char *, n + 1);
    const cJSON *item;
    cJSON_ArrayForEach (item, list) {
        if (!cJSON_IsString(item))
            return pb_json_err(doc, item, err, "\"%s\" must be a list of strings", key);
        items[i++] = pb_arena_cstr(arena, pb_str(item->valuestring));
    }
    *out = items;
    return 0;
}

int pb_data_kvs(struct pb_arena *arena, const struct pb_json *doc, const cJSON *object,
                const char *key, const struct pb_kv **out, size_t *n, struct pb_err *err)
{
    const cJSON *map = pb_json_get(object, key);
    *out = NULL;
    *n = 0;
    if (!map) return 0;
    if (!cJSON_IsObject(map))
        return pb_json_err(doc, map, err, "\"%s\" must be an object of strings", key);
    struct pb_kv *items = PB_ARENA_ARRAY(arena, struct pb_kv, (size_t)cJSON_GetArraySize(map));
    const cJSON *item;
    cJSON_ArrayForEach (item, map) {
        if (!cJSON_IsString(item))
            return pb_json_err(doc, item, err, "\"%s\" must be an object of strings", key);
        items[(*n)++] = (struct pb_kv){pb_arena_cstr(arena, pb_str(item->string)),
                                       pb_arena_cstr(arena, pb_str(item->valuestring))};
    }
    *out = items;
    return 0;
}
