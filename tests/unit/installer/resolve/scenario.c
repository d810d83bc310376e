/* SPDX-License-Identifier: MIT */
#include "scenario.h"

#include "base/mem.h"
#include "installer/lockfile/lock_path.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#define FILE_BYTES_MAX ((size_t)1 << 22)

void scenario_open(struct scenario_file *file, const char *name)
{
    char path[512];
    struct pb_err err = PB_ERR_INIT;
    snprintf(path, sizeof path, "%s/%s.json", SCENARIO_DIR, name);
    cr_assert_eq(pb_json_load(&file->doc, AT_FDCWD, path, FILE_BYTES_MAX, &err), 0, "%s", err.msg);
    file->registry = pb_json_get(file->doc.root, "registry");
    file->scenarios = pb_json_get(file->doc.root, "scenarios");
    cr_assert(cJSON_IsObject(file->registry) && cJSON_GetArraySize(file->scenarios) > 0);
}

void scenario_close(struct scenario_file *file)
{
    pb_json_free(&file->doc);
}

static void add_version(struct pb_buf *out, const char *name, const cJSON *version, bool first)
{
    const char *base = strrchr(name, '/');
    cJSON *copy = cJSON_Duplicate(version, true);
    cJSON *dist = cJSON_AddObjectToObject(copy, "dist");
    PB_AUTO_BUF struct pb_buf url = PB_BUF_INIT(4096);
    pb_buf_printf(&url, "https://registry.example/%s/-/%s-%s.tgz", name, base ? base + 1 : name,
                  version->string);
    cJSON_AddStringToObject(dist, "tarball", url.p);
    cJSON_AddStringToObject(copy, "name", name);
    cJSON_AddStringToObject(copy, "version", version->string);
    if (!first) pb_buf_add_char(out, ',');
    pb_buf_add_json(out, pb_str(version->string));
    pb_buf_add_char(out, ':');
    pb_json_print(copy, out);
    cJSON_Delete(copy);
}

/* The packument of a name as a registry would send it; NULL: there is none. */
static struct pl_packument *packument_of(const cJSON *registry, struct pb_str name)
{
    char key[128];
    cr_assert_lt(name.n, sizeof key);
    snprintf(key, sizeof key, PB_FMT, PB_ARG(name));
    const cJSON *package = pb_json_get(registry, key);
    if (!package) return NULL;
    struct pb_buf text = PB_BUF_INIT(FILE_BYTES_MAX);
    pb_buf_printf(&text, "{\"name\":\"%s\",\"dist-tags\":", key);
    pb_json_print(pb_json_get(package, "tags"), &text);
    pb_buf_add_cstr(&text, ",\"versions\":{");
    const cJSON *versions = pb_json_get(package, "versions"), *version;
    cJSON_ArrayForEach (version, versions) {
        add_version(&text, key, version, version == versions->child);
    }
    pb_buf_add_cstr(&text, "}}");
    struct pb_err err = PB_ERR_INIT;
    size_t n;
    char *bytes = pb_buf_take(&text, &n);
    struct pl_packument *doc = pl_packument_new(bytes, n, &err);
    cr_assert_not_null(doc, "%s", err.msg);
    return doc;
}

struct run {
    const cJSON *registry;
    struct pl_resolver *r;
    struct pb_str *open; /* asked for and not answered */
    size_t n_open, open_cap;
    uint64_t seed;
};

static void answer(struct run *run, size_t i)
{
    struct pb_str name = run->open[i];
    run->open[i] = run->open[--run->n_open];
    struct pl_packument *doc = packument_of(run->registry, name);
    struct pb_err err = PB_ERR_INIT;
    if (!doc) (void)pb_err_set(&err, PB_E_NOT_FOUND, "no package " PB_FMT, PB_ARG(name));
    pl_resolver_feed(run->r, name, doc, doc ? NULL : &err);
}

static size_t draw(struct run *run)
{
    run->seed = run->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(run->seed >> 33) % run->n_open;
}

static int resolve(struct run *run, struct pl_lock *lock, struct pb_err *err)
{
    for (;;) {
        enum pl_resolve_state state = pl_resolver_step(run->r, err);
        if (state == PL_RESOLVE_DONE) return pl_resolver_lock(run->r, lock, err);
        if (state == PL_RESOLVE_FAILED) return -1;
        struct pb_str name;
        while (pl_resolver_next_wanted(run->r, &name)) {
            PB_GROW(run->open, run->open_cap, run->n_open + 1);
            run->open[run->n_open++] = name;
        }
        if (run->n_open == 0)
            return pb_err_set(err, PB_E_INTERNAL, "it waits although nothing is asked for");
        if (run->seed) {
            answer(run, draw(run));
            continue;
        }
        while (run->n_open)
            answer(run, 0);
    }
}

static void read_changes(const cJSON *scenario, struct pb_arena *arena,
                         struct pl_resolve_options *options)
{
    const cJSON *name, *wanted = pb_json_get(scenario, "wanted_now");
    cJSON_ArrayForEach (name, pb_json_get(scenario, "update")) {
        pl_strs_add(arena, &options->update, name->valuestring);
    }
    struct pl_wanted_now *list =
        PB_ARENA_ARRAY(arena, struct pl_wanted_now, (size_t)cJSON_GetArraySize(wanted));
    options->wanted_now = list;
    cJSON_ArrayForEach (name, wanted) {
        list[options->n_wanted_now++].name = pb_str(name->valuestring);
    }
}

static void read_options(const cJSON *scenario, struct pb_arena *arena,
                         struct pl_resolve_options *options)
{
    const cJSON *given = pb_json_get(scenario, "options");
    const char *node_version = pb_json_cstr(given, "nodeVersion");
    read_changes(scenario, arena, options);
    options->legacy_peer_deps = pb_json_bool(given, "legacyPeerDeps", false);
    options->force = pb_json_bool(given, "force", false);
    options->strict_peer_deps = pb_json_bool(given, "strictPeerDeps", false);
    options->prefer_dedupe = pb_json_bool(given, "preferDedupe", false);
    options->pick.node_version = pb_str(node_version ? node_version : "20.20.2");
    options->root_dir = "project";
}

/* Whether one of the project's patterns means the folder; "!" takes away. */
static bool is_workspace(const struct pl_manifest *root, const char *path)
{
    bool found = false;
    for (size_t i = 0; i < root->workspaces.n; i++) {
        char pattern[256];
        struct pb_str text = root->workspaces.items[i];
        bool negated = pb_str_starts(text, "!");
        if (negated) text = pb_str_skip(text, 1);
        if (pb_str_starts(text, "./")) text = pb_str_skip(text, 2);
        cr_assert_lt(text.n, sizeof pattern);
        snprintf(pattern, sizeof pattern, PB_FMT, PB_ARG(text));
        bool any_depth = strstr(pattern, "**") != NULL;
        if (fnmatch(pattern, path, any_depth ? 0 : FNM_PATHNAME) == 0) found = !negated;
    }
    return found;
}

static void add_folders(struct pl_resolver *r, struct pb_arena *arena, const cJSON *scenario,
                        const struct pl_manifest *root)
{
    const cJSON *folder;
    struct pb_err err = PB_ERR_INIT;
    cJSON_ArrayForEach (folder, pb_json_get(scenario, "folders")) {
        struct pl_manifest *m = PB_ARENA_NEW(arena, struct pl_manifest);
        cr_assert_eq(pl_manifest_from_json(arena, folder, m, &err), 0, "%s", err.msg);
        struct pb_str path = pb_str(folder->string);
        int rc = is_workspace(root, folder->string) ? pl_resolver_add_workspace(r, path, m, &err)
                                                    : pl_resolver_add_folder(r, path, m, &err);
        cr_assert_eq(rc, 0, "%s", err.msg);
    }
}

static bool read_lock(const cJSON *scenario, struct pl_lock *old)
{
    const cJSON *lock = pb_json_get(scenario, "lock");
    if (!lock) return false;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(FILE_BYTES_MAX);
    struct pb_err err = PB_ERR_INIT;
    pb_json_print(lock, &text);
    cr_assert_eq(pl_lock_parse(pb_buf_str(&text), "lock", old, &err), 0, "%s", err.msg);
    return true;
}

int scenario_run(const struct scenario_file *file, const cJSON *scenario, uint64_t seed,
                 struct pl_lock *lock, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_manifest root;
    struct pl_lock old = {0};
    struct pl_resolve_options options = {0};
    read_options(scenario, &arena, &options);
    cr_assert_eq(pl_manifest_from_json(&arena, pb_json_get(scenario, "root"), &root, err), 0);
    bool has_lock = read_lock(scenario, &old);
    const cJSON *own = pb_json_get(scenario, "registry");
    struct run run = {.registry = own ? own : file->registry, .seed = seed};
    run.r = pl_resolver_new(&root, has_lock ? &old : NULL, &options);
    add_folders(run.r, &arena, scenario, &root);
    int rc = resolve(&run, lock, err);
    pl_resolver_free(run.r);
    free(run.open);
    pl_lock_release(&old);
    pb_arena_release(&arena);
    return rc;
}

char *scenario_describe(const struct pl_lock_entry *e)
{
    struct pb_buf out = PB_BUF_INIT(4096);
    if (e->link) {
        pb_buf_printf(&out, "-> " PB_FMT, PB_ARG(e->resolved));
        return pb_buf_take(&out, NULL);
    }
    if (!pb_str_eq(e->name, pl_lock_path_name(e->path)))
        pb_buf_printf(&out, "npm:" PB_FMT "@", PB_ARG(e->name));
    pb_buf_add_str(&out, e->manifest.version);
    const struct {
        bool on;
        const char *text;
    } flags[] = {{e->dev, "dev"},   {e->optional, "optional"},  {e->dev_optional, "devOptional"},
                 {e->peer, "peer"}, {e->in_bundle, "inBundle"}, {e->extraneous, "extraneous"}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].on) pb_buf_printf(&out, "%s%s", out.n ? " " : "", flags[i].text);
    pb_buf_add_cstr(&out, "");
    return out.p ? pb_buf_take(&out, NULL) : pb_strdup("");
}
