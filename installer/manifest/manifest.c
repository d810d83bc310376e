/* SPDX-License-Identifier: MIT */
#include "installer/manifest/manifest.h"

#include "base/json.h"
#include "base/map.h"
#include "installer/manifest/bin.h"

enum { MANIFEST_MAX_BYTES = 16 << 20 };

/* Lists double; what they grew out of stays in the arena. */
void pl_strs_add(struct pb_arena *arena, struct pl_strs *list, const char *text)
{
    bool is_full = (list->n & (list->n - 1)) == 0; /* at powers of two, and at none */
    if (is_full) {
        struct pb_str *items = PB_ARENA_ARRAY(arena, struct pb_str, list->n ? 2 * list->n : 1);
        if (list->n > 0) memcpy(items, list->items, list->n * sizeof *items);
        list->items = items;
    }
    list->items[list->n++] = pb_str(pb_arena_cstr(arena, pb_str(text)));
}

static struct pb_str read_str(struct pb_arena *arena, const cJSON *object, const char *key)
{
    const char *text = pb_json_cstr(object, key);
    return text ? pb_arena_str(arena, pb_str(text)) : (struct pb_str){0};
}

/* Members with string values; the last of equal names counts. Names in `without` are left out. */
static struct pl_deps read_deps(struct pb_arena *arena, const cJSON *object, const cJSON *without)
{
    if (!cJSON_IsObject(object)) return (struct pl_deps){0};
    struct pb_map map = PB_MAP_INIT;
    const cJSON *child;
    cJSON_ArrayForEach (child, object) {
        (void)pb_map_put(&map, pb_str(child->string), child->valuestring);
    }
    if (cJSON_IsObject(without)) {
        cJSON_ArrayForEach (child, without) {
            (void)pb_map_remove(&map, pb_str(child->string));
        }
    }
    struct pl_deps out = {PB_ARENA_ARRAY(arena, struct pl_dep, map.n), 0};
    PB_MAP_EACH (&map, e) {
        if (!e->value) continue; /* not a string */
        out.items[out.n++] = (struct pl_dep){.name = pb_arena_str(arena, e->key),
                                             .spec = pb_arena_str(arena, pb_str(e->value))};
    }
    pb_map_release(&map);
    return out;
}

/* A string or a list of strings. */
static struct pl_strs read_strs(struct pb_arena *arena, const cJSON *value)
{
    struct pl_strs out = {0};
    if (cJSON_IsString(value)) {
        out.items = PB_ARENA_NEW(arena, struct pb_str);
        out.items[out.n++] = pb_arena_str(arena, pb_str(value->valuestring));
    }
    if (!cJSON_IsArray(value)) return out;
    out.items = PB_ARENA_ARRAY(arena, struct pb_str, (size_t)cJSON_GetArraySize(value));
    const cJSON *child;
    cJSON_ArrayForEach (child, value) {
        if (!cJSON_IsString(child)) continue;
        out.items[out.n++] = pb_arena_str(arena, pb_str(child->valuestring));
    }
    return out;
}

static struct pl_strs read_keys(struct pb_arena *arena, const cJSON *object)
{
    struct pl_strs out = {0};
    if (!cJSON_IsObject(object)) return out;
    out.items = PB_ARENA_ARRAY(arena, struct pb_str, (size_t)cJSON_GetArraySize(object));
    const cJSON *child;
    cJSON_ArrayForEach (child, object) {
        out.items[out.n++] = pb_arena_str(arena, pb_str(child->string));
    }
    return out;
}

/* Value as JSON text; absent when it is false, 0, "", null or an empty object or list. */
static struct pb_str read_json(struct pb_arena *arena, const cJSON *value)
{
    bool empty = !value || cJSON_IsNull(value) || cJSON_IsFalse(value) ||
                 (cJSON_IsString(value) && value->valuestring[0] == '\0') ||
                 (cJSON_IsNumber(value) && value->valuedouble == 0) ||
                 ((cJSON_IsObject(value) || cJSON_IsArray(value)) && !value->child);
    if (empty) return (struct pb_str){0};
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MANIFEST_MAX_BYTES);
    pb_json_print(value, &text);
    return pb_buf_ok(&text) ? pb_arena_str(arena, pb_buf_str(&text)) : (struct pb_str){0};
}

static struct pl_strs read_bundled(struct pb_arena *arena, const cJSON *object)
{
    const cJSON *value = pb_json_get(object, "bundleDependencies");
    if (!value) value = pb_json_get(object, "bundledDependencies");
    if (cJSON_IsTrue(value)) return read_keys(arena, pb_json_get(object, "dependencies"));
    if (cJSON_IsObject(value)) return read_keys(arena, value);
    return cJSON_IsArray(value) ? read_strs(arena, value) : (struct pl_strs){0};
}

static struct pl_strs read_peer_optional(struct pb_arena *arena, const cJSON *meta)
{
    struct pl_strs out = {0};
    if (!cJSON_IsObject(meta)) return out;
    out.items = PB_ARENA_ARRAY(arena, struct pb_str, (size_t)cJSON_GetArraySize(meta));
    const cJSON *child;
    cJSON_ArrayForEach (child, meta) {
        if (!pb_json_bool(child, "optional", false)) continue;
        out.items[out.n++] = pb_arena_str(arena, pb_str(child->string));
    }
    return out;
}

static void read_dependencies(struct pb_arena *arena, const cJSON *o, struct pl_manifest *m)
{
    const cJSON *optional = pb_json_get(o, "optionalDependencies");
    const cJSON *meta = pb_json_get(o, "peerDependenciesMeta");
    m->dependencies = read_deps(arena, pb_json_get(o, "dependencies"), optional);
    m->dev_dependencies = read_deps(arena, pb_json_get(o, "devDependencies"), NULL);
    m->optional_dependencies = read_deps(arena, optional, NULL);
    m->peer_dependencies = read_deps(arena, pb_json_get(o, "peerDependencies"), NULL);
    m->peer_optional = read_peer_optional(arena, meta);
    m->peer_meta_json = read_json(arena, cJSON_IsObject(meta) ? meta : NULL);
    m->bundled = read_bundled(arena, o);
    m->accept_dependencies_json = read_json(arena, pb_json_get(o, "acceptDependencies"));
    m->overrides_json = read_json(arena, pb_json_get(o, "overrides"));
    m->resolutions = read_deps(arena, pb_json_get(o, "resolutions"), NULL);

    const cJSON *workspaces = pb_json_get(o, "workspaces");
    m->workspaces_json = read_json(arena, cJSON_IsObject(workspaces) ? workspaces : NULL);
    if (cJSON_IsObject(workspaces)) workspaces = pb_json_get(workspaces, "packages");
    m->workspaces = cJSON_IsArray(workspaces) ? read_strs(arena, workspaces) : (struct pl_strs){0};
}

static uint64_t read_count(const cJSON *object, const char *key)
{
    double value = pb_json_num(object, key, 0);
    return value > 0 && value < 9007199254740992.0 ? (uint64_t)value : 0;
}

static void read_dist(struct pb_arena *arena, const cJSON *dist, struct pl_manifest *m)
{
    m->tarball = read_str(arena, dist, "tarball");
    m->integrity = read_str(arena, dist, "integrity");
    m->shasum = read_str(arena, dist, "shasum");
    m->unpacked_bytes = read_count(dist, "unpackedSize");
    m->file_count = read_count(dist, "fileCount");
}

static bool runs_at_install(const struct pl_deps *scripts)
{
    static const char *const names[] = {"preinstall", "install", "postinstall"};
    for (size_t i = 0; i < scripts->n; i++) {
        for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
            if (pb_str_is(scripts->items[i].name, names[k]) && scripts->items[i].spec.n > 0)
                return true;
        }
    }
    return false;
}

static struct pb_str bin_json(struct pb_arena *arena, const struct pl_deps *bin)
{
    if (bin->n == 0) return (struct pb_str){0};
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MANIFEST_MAX_BYTES);
    for (size_t i = 0; i < bin->n; i++) {
        pb_buf_add_char(&text, i == 0 ? '{' : ',');
        pb_buf_add_json(&text, bin->items[i].name);
        pb_buf_add_char(&text, ':');
        pb_buf_add_json(&text, bin->items[i].spec);
    }
    pb_buf_add_char(&text, '}');
    return pb_buf_ok(&text) ? pb_arena_str(arena, pb_buf_str(&text)) : (struct pb_str){0};
}

static void read_commands(struct pb_arena *arena, const cJSON *o, struct pl_manifest *m)
{
    m->bin = pl_bin_normalize(arena, pb_json_get(o, "bin"), m->name);
    m->bin_json = bin_json(arena, &m->bin);
    m->scripts = read_deps(arena, pb_json_get(o, "scripts"), NULL);
    m->has_install_script =
        pb_json_bool(o, "hasInstallScript", false) || runs_at_install(&m->scripts);
    m->has_shrinkwrap = pb_json_bool(o, "_hasShrinkwrap", false);
}

/* A message; "true" without one gives an empty message. */
static struct pb_str read_deprecated(struct pb_arena *arena, const cJSON *value)
{
    if (cJSON_IsTrue(value)) return PB_LIT("");
    bool message = cJSON_IsString(value) && value->valuestring[0] != '\0';
    return message ? pb_arena_str(arena, pb_str(value->valuestring)) : (struct pb_str){0};
}

int pl_manifest_from_json(struct pb_arena *arena, const cJSON *object, struct pl_manifest *out,
                          struct pb_err *err)
{
    *out = (struct pl_manifest){0};
    if (!cJSON_IsObject(object))
        return pb_err_set(err, PB_E_BAD_INPUT, "a package's description is not a JSON object");
    out->name = read_str(arena, object, "name");
    out->version = read_str(arena, object, "version");
    read_dependencies(arena, object, out);
    read_commands(arena, object, out);
    read_dist(arena, pb_json_get(object, "dist"), out);
    out->os = read_strs(arena, pb_json_get(object, "os"));
    out->cpu = read_strs(arena, pb_json_get(object, "cpu"));
    out->libc = read_strs(arena, pb_json_get(object, "libc"));
    out->deprecated = read_deprecated(arena, pb_json_get(object, "deprecated"));
    out->engines_json = read_json(arena, pb_json_get(object, "engines"));
    out->funding_json = read_json(arena, pb_json_get(object, "funding"));
    out->license_json = read_json(arena, pb_json_get(object, "license"));
    return 0;
}

int pl_manifest_load(struct pb_arena *arena, int dirfd, const char *path, struct pl_manifest *out,
                     struct pb_err *err)
{
    struct pb_json doc = {0};
    int rc = pb_json_load(&doc, dirfd, path, MANIFEST_MAX_BYTES, err);
    if (rc == 0 && !cJSON_IsObject(doc.root))
        rc = pb_json_err(&doc, doc.root, err, "expected an object, as every package.json is");
    if (rc == 0) rc = pl_manifest_from_json(arena, doc.root, out, err);
    pb_json_free(&doc);
    return rc;
}
