/* SPDX-License-Identifier: MIT */
#include "harness/plan/manager.h"

#include "base/mem.h"
#include "harness/plan/data_files.h"
#include "harness/plan/template.h"

#include <stdlib.h>
#include <string.h>

struct loader {
    struct pb_arena *arena;
    struct pb_manager *items; /* heap; moved into the arena at the end */
    size_t n, cap;
};

static const char *const manager_keys[] = {
    "name",      "find",      "fetch",          "node",
    "lockfiles", "store",     "metadata",       "env",
    "files",     "install",   "resolve",        "add",
    "seed",      "policy",    "workspace_file", "tolerated_misses",
    "cannot",    "reads_env", "trace",          "counts",
    NULL};
static const char *const find_keys[] = {"program", "version", NULL};
static const char *const fetch_keys[] = {"package", "version", "binary", NULL};
static const char *const seed_keys[] = {"lock", NULL};

const char *pb_platform(void)
{
#if defined(__x86_64__)
    return "linux-x64";
#elif defined(__aarch64__)
    return "linux-arm64";
#else
    return "linux-other";
#endif
}

static int check_template(const struct pb_json *doc, const char *key, const char *text,
                          struct pb_err *err)
{
    struct pb_str name = pb_template_unknown(text);
    if (name.n == 0) return 0;
    return pb_json_err(doc, pb_json_get(doc->root, key), err,
                       "\"%s\": unknown {" PB_FMT "}: known are {registry} {store} {meta} {home} "
                       "{tmp} {project} {package} {trace} {plan}",
                       key, PB_ARG(name));
}

static int read_templates(struct pb_arena *arena, const struct pb_json *doc, const char *key,
                          const char *const **out, struct pb_err *err)
{
    if (pb_data_strings(arena, doc, doc->root, key, out, err) < 0) return -1;
    for (const char *const *text = *out; text && *text; text++)
        if (check_template(doc, key, *text, err) < 0) return -1;
    return 0;
}

static int read_template_kvs(struct pb_arena *arena, const struct pb_json *doc, const char *key,
                             const struct pb_kv **out, size_t *n, struct pb_err *err)
{
    if (pb_data_kvs(arena, doc, doc->root, key, out, n, err) < 0) return -1;
    for (size_t i = 0; i < *n; i++)
        if (check_template(doc, key, (*out)[i].value, err) < 0) return -1;
    return 0;
}

/* A member that must be an object with known keys; *out NULL when it is absent and may be. */
static int read_section(const struct pb_json *doc, const char *key, const char *const *keys,
                        bool required, const cJSON **out, struct pb_err *err)
{
    *out = pb_json_get(doc->root, key);
    if (!*out && !required) return 0;
    if (!cJSON_IsObject(*out))
        return pb_json_err(doc, *out ? *out : doc->root, err, "\"%s\" must be an object", key);
    return pb_json_only_keys(doc, *out, keys, err);
}

static int read_find(struct pb_arena *arena, const struct pb_json *doc, struct pb_manager *m,
                     struct pb_err *err)
{
    const cJSON *find;
    if (read_section(doc, "find", find_keys, true, &find, err) < 0 ||
        pb_data_string(arena, doc, find, "program", true, &m->program, err) < 0 ||
        pb_data_strings(arena, doc, find, "version", &m->version_argv, err) < 0)
        return -1;
    return 0;
}

static int read_fetch(struct pb_arena *arena, const struct pb_json *doc, struct pb_manager *m,
                      struct pb_err *err)
{
    const cJSON *fetch;
    const struct pb_kv *binaries;
    size_t n;
    if (read_section(doc, "fetch", fetch_keys, false, &fetch, err) < 0) return -1;
    if (!fetch) return 0;
    if (pb_data_string(arena, doc, fetch, "package", true, &m->fetch_package, err) < 0 ||
        pb_data_string(arena, doc, fetch, "version", true, &m->fetch_version, err) < 0 ||
        pb_data_kvs(arena, doc, fetch, "binary", &binaries, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (strcmp(binaries[i].key, pb_platform()) == 0 || strcmp(binaries[i].key, "any") == 0)
            m->fetch_binary = binaries[i].value;
    if (!m->fetch_binary) m->fetch_package = m->fetch_version = NULL;
    return 0;
}

static int read_actions(struct pb_arena *arena, const struct pb_json *doc, struct pb_manager *m,
                        struct pb_err *err)
{
    const cJSON *seed;
    const char *lock = NULL;
    if (read_templates(arena, doc, "install", &m->install, err) < 0 ||
        read_templates(arena, doc, "resolve", &m->resolve, err) < 0 ||
        read_templates(arena, doc, "add", &m->add, err) < 0 ||
        read_templates(arena, doc, "trace", &m->trace, err) < 0 ||
        read_templates(arena, doc, "counts", &m->counts, err) < 0 ||
        pb_data_kvs(arena, doc, doc->root, "cannot", &m->cannot, &m->cannot_count, err) < 0 ||
        read_section(doc, "seed", seed_keys, false, &seed, err) < 0 ||
        (seed && pb_data_string(arena, doc, seed, "lock", true, &lock, err) < 0))
        return -1;
    if (!m->install) return pb_json_err(doc, doc->root, err, "\"install\" is missing: add it");
    m->seed_lock = PB_ACTION_INSTALL;
    if (lock && strcmp(lock, "resolve") == 0)
        m->seed_lock = PB_ACTION_RESOLVE;
    else if (lock && strcmp(lock, "install") != 0)
        return pb_json_err(doc, pb_json_get(seed, "lock"), err,
                           "\"seed.lock\" must be \"resolve\" or \"install\"");
    if (m->seed_lock == PB_ACTION_RESOLVE && !m->resolve)
        return pb_json_err(doc, seed, err,
                           "\"seed.lock\" is \"resolve\" but there is no \"resolve\"");
    return 0;
}

static int read_places(struct pb_arena *arena, const struct pb_json *doc, struct pb_manager *m,
                       struct pb_err *err)
{
    if (pb_data_strings(arena, doc, doc->root, "lockfiles", &m->lockfiles, err) < 0 ||
        read_templates(arena, doc, "store", &m->store_dirs, err) < 0 ||
        read_templates(arena, doc, "metadata", &m->metadata_dirs, err) < 0 ||
        read_template_kvs(arena, doc, "env", &m->env, &m->env_count, err) < 0 ||
        read_template_kvs(arena, doc, "files", &m->files, &m->file_count, err) < 0)
        return -1;
    if (!m->lockfiles || !m->store_dirs || !m->metadata_dirs)
        return pb_json_err(doc, doc->root, err,
                           "\"lockfiles\", \"store\" and \"metadata\" are needed: the state before "
                           "a phase is made and checked with them");
    return 0;
}

static int load_manager(void *user, const struct pb_json *doc, const char *path, struct pb_err *err)
{
    struct loader *loader = user;
    struct pb_arena *arena = loader->arena;
    struct pb_manager m = {.file = pb_arena_cstr(arena, pb_str(path))};
    if (pb_json_only_keys(doc, doc->root, manager_keys, err) < 0 ||
        pb_data_string(arena, doc, doc->root, "name", true, &m.name, err) < 0 ||
        read_find(arena, doc, &m, err) < 0 || read_fetch(arena, doc, &m, err) < 0 ||
        read_places(arena, doc, &m, err) < 0 || read_actions(arena, doc, &m, err) < 0 ||
        pb_data_kvs(arena, doc, doc->root, "policy", &m.policy, &m.policy_count, err) < 0 ||
        pb_data_strings(arena, doc, doc->root, "tolerated_misses", &m.tolerated_misses, err) < 0 ||
        pb_data_strings(arena, doc, doc->root, "reads_env", &m.reads_env, err) < 0 ||
        pb_data_string(arena, doc, doc->root, "workspace_file", false, &m.workspace_file, err) < 0)
        return -1;
    m.needs_node = pb_json_bool(doc->root, "node", false);
    for (size_t i = 0; i < loader->n; i++)
        if (strcmp(loader->items[i].name, m.name) == 0) {
            loader->items[i] = m;
            return 0;
        }
    PB_GROW(loader->items, loader->cap, loader->n + 1);
    loader->items[loader->n++] = m;
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct pb_manager *)a)->name, ((const struct pb_manager *)b)->name);
}

int pb_managers_load(struct pb_arena *arena, const char *const *extra_dirs, struct pb_manager **out,
                     size_t *n, struct pb_err *err)
{
    struct loader loader = {.arena = arena};
    int rc = pb_data_files_each("managers", extra_dirs, load_manager, &loader, err);
    if (rc == 0) {
        if (loader.n) qsort(loader.items, loader.n, sizeof *loader.items, by_name);
        *out = PB_ARENA_ARRAY(arena, struct pb_manager, loader.n);
        if (loader.n) memcpy(*out, loader.items, loader.n * sizeof *loader.items);
        *n = loader.n;
    }
    free(loader.items);
    return rc;
}

const struct pb_manager *pb_manager_find(const struct pb_manager *managers, size_t n,
                                         const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(managers[i].name, name) == 0) return &managers[i];
    return NULL;
}
