/* SPDX-License-Identifier: MIT */
#include "installer/install/package_file.h"

#include "base/fs.h"
#include "base/mem.h"
#include "installer/lockfile/locale_cmp.h"
#include "installer/semver/semver.h"

#include <stdlib.h>

enum { MAX_BYTES = 16 << 20 };

static const char *const lists[] = {"dependencies", "optionalDependencies", "devDependencies",
                                    "peerDependencies"};
enum { LISTS = sizeof lists / sizeof lists[0] };

static const char *list_of(enum pl_save_type type)
{
    switch (type) {
    case PL_SAVE_DEV:
        return "devDependencies";
    case PL_SAVE_OPTIONAL:
        return "optionalDependencies";
    case PL_SAVE_PEER:
        return "peerDependencies";
    case PL_SAVE_AS_IS:
    case PL_SAVE_PROD:
        break;
    }
    return "dependencies";
}

/* npm's reading: the white space behind the first bracket and its line break; one line has none. */
static void detect_format(struct pb_str text, struct pl_package_file *out)
{
    struct pb_str s = pb_str_trim(text);
    memcpy(out->indent, "  ", 3);
    if (s.n < 2 || pb_str_is(s, "{}")) return;
    size_t at = 1;
    while (at < s.n &&
           (s.p[at] == '\n' || (s.p[at] == '\r' && at + 1 < s.n && s.p[at + 1] == '\n')))
        at++;
    out->has_crlf = at > 1 && s.p[1] == '\r';
    size_t n = 0;
    out->is_one_line = at == 1;
    while (!out->is_one_line && n + 1 < sizeof out->indent && at + n < s.n &&
           (s.p[at + n] == ' ' || s.p[at + n] == '\t'))
        n++;
    memcpy(out->indent, s.p + at, n);
    out->indent[n] = '\0';
}

int pl_package_file_load(int dirfd, const char *path, struct pl_package_file *out,
                         struct pb_err *err)
{
    *out = (struct pl_package_file){0};
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_BYTES);
    if (!pb_exists(dirfd, path))
        pb_buf_add_cstr(&text, "{}");
    else if (pb_read_file(dirfd, path, &text, err) != 0)
        return -1;
    detect_format(pb_buf_str(&text), out);
    if (pb_json_parse(&out->doc, pb_buf_str(&text), path, err) != 0) return -1;
    if (cJSON_IsObject(out->doc.root)) return 0;
    return pb_json_err(&out->doc, out->doc.root, err, "expected an object");
}

void pl_package_file_free(struct pl_package_file *file)
{
    pb_json_free(&file->doc);
}

static cJSON *member(const struct pl_package_file *file, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(file->doc.root, key);
}

static bool has_dep(const struct pl_package_file *file, const char *list, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(member(file, list), name) != NULL;
}

static void drop_dep(struct pl_package_file *file, const char *list, const char *name)
{
    cJSON *deps = member(file, list);
    if (!deps) return;
    cJSON_DeleteItemFromObjectCaseSensitive(deps, name);
    if (cJSON_IsObject(deps) && !deps->child)
        cJSON_DeleteItemFromObjectCaseSensitive(file->doc.root, list);
}

static void checked(cJSON *made)
{
    if (!made) PB_BUG("out of memory: package.json");
}

static void set_dep(struct pl_package_file *file, const char *list, const char *name,
                    const char *spec)
{
    cJSON *deps = member(file, list);
    if (!cJSON_IsObject(deps)) {
        cJSON_DeleteItemFromObjectCaseSensitive(file->doc.root, list);
        deps = cJSON_AddObjectToObject(file->doc.root, list);
        checked(deps);
    }
    cJSON *value = cJSON_CreateString(spec);
    checked(value);
    bool has = cJSON_GetObjectItemCaseSensitive(deps, name) != NULL;
    cJSON_bool ok = has ? cJSON_ReplaceItemInObjectCaseSensitive(deps, name, value)
                        : cJSON_AddItemToObject(deps, name, value);
    if (!ok) PB_BUG("out of memory: package.json");
}

/* As npm looks for it: dev, optional, prod, peer. */
static enum pl_save_type where_it_stands(const struct pl_package_file *file, const char *name)
{
    static const enum pl_save_type order[] = {PL_SAVE_DEV, PL_SAVE_OPTIONAL, PL_SAVE_PROD,
                                              PL_SAVE_PEER};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (has_dep(file, list_of(order[i]), name)) return order[i];
    return PL_SAVE_PROD;
}

void pl_package_file_add(struct pl_package_file *file, enum pl_save_type type, const char *name,
                         const char *spec)
{
    if (type == PL_SAVE_AS_IS) type = where_it_stands(file, name);
    if (type == PL_SAVE_PROD || type == PL_SAVE_OPTIONAL) drop_dep(file, "peerDependencies", name);
    if (type == PL_SAVE_PROD) drop_dep(file, "devDependencies", name);
    if (type != PL_SAVE_PROD) drop_dep(file, "dependencies", name);
    if (type == PL_SAVE_PROD || type == PL_SAVE_PEER) drop_dep(file, "optionalDependencies", name);
    const char *list = list_of(type);
    if (strcmp(spec, "*") != 0 || !has_dep(file, list, name)) set_dep(file, list, name, spec);
    /* A peer is often listed for development as well: both ask for the same. */
    if (type == PL_SAVE_PEER && has_dep(file, "devDependencies", name))
        set_dep(file, "devDependencies", name,
                cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(member(file, list), name)));
}

static int item_cmp(const void *a, const void *b)
{
    const cJSON *x = *(cJSON *const *)a;
    const cJSON *y = *(cJSON *const *)b;
    return pl_locale_cmp(pb_str(x->string ? x->string : x->valuestring),
                         pb_str(y->string ? y->string : y->valuestring));
}

static void sort_items(cJSON *list)
{
    int n = cJSON_GetArraySize(list);
    if (n < 2) return;
    cJSON **items = pb_calloc((size_t)n, sizeof(cJSON *));
    for (int i = 0; i < n; i++)
        items[i] = cJSON_DetachItemViaPointer(list, list->child);
    qsort(items, (size_t)n, sizeof(cJSON *), item_cmp);
    list->child = items[0];
    for (int i = 0; i < n; i++) {
        items[i]->next = i + 1 < n ? items[i + 1] : NULL;
        items[i]->prev = items[i > 0 ? i - 1 : n - 1]; /* cJSON: the first's is the last */
    }
    free(items);
}

void pl_package_file_bundle(struct pl_package_file *file, const char *name)
{
    cJSON *bundle = member(file, "bundleDependencies");
    const cJSON *item;
    if (!cJSON_IsArray(bundle)) {
        cJSON_DeleteItemFromObjectCaseSensitive(file->doc.root, "bundleDependencies");
        bundle = cJSON_AddArrayToObject(file->doc.root, "bundleDependencies");
        checked(bundle);
    }
    cJSON_ArrayForEach (item, bundle) {
        if (cJSON_IsString(item) && strcmp(item->valuestring, name) == 0) return;
    }
    cJSON *value = cJSON_CreateString(name);
    checked(value);
    cJSON_AddItemToArray(bundle, value);
    bool all_texts = true;
    cJSON_ArrayForEach (item, bundle) {
        all_texts = all_texts && cJSON_IsString(item);
    }
    if (all_texts) sort_items(bundle);
}

static void unbundle(struct pl_package_file *file, const char *name)
{
    cJSON *bundle = member(file, "bundleDependencies");
    if (!cJSON_IsArray(bundle)) return;
    for (cJSON *item = bundle->child, *next; item; item = next) {
        next = item->next;
        if (cJSON_IsString(item) && strcmp(item->valuestring, name) == 0)
            cJSON_Delete(cJSON_DetachItemViaPointer(bundle, item));
    }
    if (!bundle->child)
        cJSON_DeleteItemFromObjectCaseSensitive(file->doc.root, "bundleDependencies");
}

void pl_package_file_remove(struct pl_package_file *file, const char *name)
{
    for (size_t i = 0; i < LISTS; i++)
        drop_dep(file, lists[i], name);
    unbundle(file, name);
}

const char *pl_package_file_spec(const struct pl_package_file *file, const char *name)
{
    const char *list = list_of(where_it_stands(file, name));
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(member(file, list), name));
}

static bool intersects(const char *a, const char *b)
{
    struct pb_arena arena = PB_ARENA_INIT;
    const struct pl_range *x = pl_range_parse(&arena, pb_str(a), 0);
    const struct pl_range *y = b ? pl_range_parse(&arena, pb_str(b), 0) : NULL;
    bool does = x && y && pl_range_intersects(x, y);
    pb_arena_release(&arena);
    return does;
}

static void settle_beside_dev(struct pl_package_file *file, const char *list, const char *name,
                              const char *spec)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(member(file, list), name);
    if (value && !intersects(spec, cJSON_GetStringValue(value))) set_dep(file, list, name, spec);
}

void pl_package_file_settle(struct pl_package_file *file, enum pl_save_type type, const char *name,
                            const char *spec)
{
    if (type != PL_SAVE_AS_IS) {
        set_dep(file, list_of(type), name, spec);
        return;
    }
    if (has_dep(file, "dependencies", name)) set_dep(file, "dependencies", name, spec);
    if (has_dep(file, "devDependencies", name)) {
        set_dep(file, "devDependencies", name, spec);
        settle_beside_dev(file, "peerDependencies", name, spec);
        settle_beside_dev(file, "optionalDependencies", name, spec);
        return;
    }
    if (has_dep(file, "peerDependencies", name)) set_dep(file, "peerDependencies", name, spec);
    if (has_dep(file, "optionalDependencies", name))
        set_dep(file, "optionalDependencies", name, spec);
}

static void tidy(struct pl_package_file *file)
{
    const cJSON *optional = member(file, "optionalDependencies");
    const cJSON *item;
    cJSON_ArrayForEach (item, optional) {
        drop_dep(file, "dependencies", item->string);
    }
    for (size_t i = 0; i < LISTS; i++) {
        cJSON *deps = member(file, lists[i]);
        if (!cJSON_IsObject(deps)) continue;
        sort_items(deps);
        if (!deps->child) cJSON_DeleteItemFromObjectCaseSensitive(file->doc.root, lists[i]);
    }
}

int pl_package_file_save(int dirfd, const char *path, struct pl_package_file *file,
                         struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_BYTES);
    PB_AUTO_BUF struct pb_buf with_crlf = PB_BUF_INIT(MAX_BYTES);
    tidy(file);
    pb_json_format(file->doc.root, file->indent, &text);
    if (!file->is_one_line) pb_buf_add_char(&text, '\n');
    if (file->has_crlf) pb_buf_add_crlf(&with_crlf, pb_buf_str(&text));
    if (!pb_buf_ok(&text) || !pb_buf_ok(&with_crlf))
        return pb_err_set(err, PB_E_LIMIT, "write %s: too large", path);
    struct pb_str out = pb_buf_str(file->has_crlf ? &with_crlf : &text);
    if (pb_str_eq(pb_str_trim(out), pb_str_trim(pb_str(file->doc.text)))) return 0;
    return pb_write_file_atomic(dirfd, path, out, 0666, err);
}
