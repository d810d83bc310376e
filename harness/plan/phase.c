/* SPDX-License-Identifier: MIT */
#include "harness/plan/phase.h"

#include "base/mem.h"
#include "harness/plan/data_files.h"

#include <stdlib.h>
#include <string.h>

struct loader {
    struct pb_arena *arena;
    bool (*is_check)(const char *name);
    struct pb_phase *items; /* heap; moved into the arena at the end */
    size_t n, cap;
};

static const char *const phase_keys[] = {"key",    "title",  "default",        "before",
                                         "action", "checks", "second_project", NULL};
static const char *const before_keys[] = {"lockfile", "metadata", "store", "node_modules", NULL};

static int read_state(const struct pb_json *doc, const cJSON *before, const char *key,
                      const char *with, enum pb_state with_state, enum pb_state *out,
                      struct pb_err *err)
{
    const char *text = pb_json_cstr(before, key);
    if (text && strcmp(text, "absent") == 0)
        *out = PB_STATE_ABSENT;
    else if (text && strcmp(text, with) == 0)
        *out = with_state;
    else
        return pb_json_err(doc, pb_json_get(before, key) ? pb_json_get(before, key) : before, err,
                           "\"before.%s\" must be \"absent\" or \"%s\"", key, with);
    return 0;
}

static int read_before(const struct pb_json *doc, struct pb_phase *phase, struct pb_err *err)
{
    const cJSON *before = pb_json_get(doc->root, "before");
    if (!cJSON_IsObject(before))
        return pb_json_err(doc, before ? before : doc->root, err, "\"before\" must be an object");
    if (pb_json_only_keys(doc, before, before_keys, err) < 0 ||
        read_state(doc, before, "lockfile", "seeded", PB_STATE_SEEDED, &phase->lockfile, err) < 0 ||
        read_state(doc, before, "metadata", "kept", PB_STATE_KEPT, &phase->metadata, err) < 0 ||
        read_state(doc, before, "store", "kept", PB_STATE_KEPT, &phase->store, err) < 0 ||
        read_state(doc, before, "node_modules", "present", PB_STATE_PRESENT, &phase->node_modules,
                   err) < 0)
        return -1;
    /* Some managers trust cached metadata for minutes: such a cell compares policies, not work. */
    if (phase->lockfile == PB_STATE_ABSENT && phase->metadata == PB_STATE_KEPT)
        return pb_json_err(doc, before, err,
                           "the state \"no lockfile but warm metadata\" cannot be compared between "
                           "managers: seed the lockfile or drop the metadata");
    return 0;
}

static int read_action(const struct pb_json *doc, struct pb_phase *phase, struct pb_err *err)
{
    static const char *const names[] = {"install", "resolve", "add"};
    const char *text = pb_json_cstr(doc->root, "action");
    for (size_t i = 0; text && i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i]) == 0) {
            phase->action = (enum pb_action)i;
            return 0;
        }
    const cJSON *node = pb_json_get(doc->root, "action");
    return pb_json_err(doc, node ? node : doc->root, err,
                       "\"action\" must be install, resolve or add");
}

static int read_checks(const struct loader *loader, const struct pb_json *doc,
                       struct pb_phase *phase, struct pb_err *err)
{
    const char *const *names;
    if (pb_data_strings(loader->arena, doc, doc->root, "checks", &names, err) < 0) return -1;
    for (; names && *names; names++) {
        if (phase->check_count == sizeof phase->checks / sizeof *phase->checks)
            return pb_json_err(doc, pb_json_get(doc->root, "checks"), err, "too many checks");
        if (loader->is_check && !loader->is_check(*names))
            return pb_json_err(doc, pb_json_get(doc->root, "checks"), err,
                               "unknown check \"%s\": see phasebench list checks", *names);
        phase->checks[phase->check_count++] = *names;
    }
    return 0;
}

/* Keys become file and folder names. */
static bool is_key(const char *key)
{
    return *key && strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(key);
}

static int load_phase(void *user, const struct pb_json *doc, const char *path, struct pb_err *err)
{
    struct loader *loader = user;
    struct pb_phase phase = {.file = pb_arena_cstr(loader->arena, pb_str(path))};
    if (pb_json_only_keys(doc, doc->root, phase_keys, err) < 0 ||
        pb_data_string(loader->arena, doc, doc->root, "key", true, &phase.key, err) < 0 ||
        pb_data_string(loader->arena, doc, doc->root, "title", true, &phase.title, err) < 0 ||
        read_before(doc, &phase, err) < 0 || read_action(doc, &phase, err) < 0 ||
        read_checks(loader, doc, &phase, err) < 0)
        return -1;
    if (!is_key(phase.key))
        return pb_json_err(doc, pb_json_get(doc->root, "key"), err,
                           "\"key\" must be of a-z, 0-9 and _");
    phase.is_default = pb_json_bool(doc->root, "default", false);
    phase.second_project = pb_json_bool(doc->root, "second_project", false);
    for (size_t i = 0; i < loader->n; i++)
        if (strcmp(loader->items[i].key, phase.key) == 0) {
            loader->items[i] = phase;
            return 0;
        }
    PB_GROW(loader->items, loader->cap, loader->n + 1);
    loader->items[loader->n++] = phase;
    return 0;
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct pb_phase *)a)->key, ((const struct pb_phase *)b)->key);
}

int pb_phases_load(struct pb_arena *arena, const char *const *extra_dirs,
                   bool (*is_check)(const char *name), struct pb_phase **out, size_t *n,
                   struct pb_err *err)
{
    struct loader loader = {.arena = arena, .is_check = is_check};
    int rc = pb_data_files_each("phases", extra_dirs, load_phase, &loader, err);
    if (rc == 0) {
        if (loader.n) qsort(loader.items, loader.n, sizeof *loader.items, by_key);
        *out = PB_ARENA_ARRAY(arena, struct pb_phase, loader.n);
        if (loader.n) memcpy(*out, loader.items, loader.n * sizeof *loader.items);
        *n = loader.n;
    }
    free(loader.items);
    return rc;
}

const struct pb_phase *pb_phase_find(const struct pb_phase *phases, size_t n, const char *key)
{
    for (size_t i = 0; i < n; i++) {
        size_t prefix = strcspn(phases[i].key, "_");
        if (strcmp(phases[i].key, key) == 0 ||
            (strlen(key) == prefix && strncmp(phases[i].key, key, prefix) == 0))
            return &phases[i];
    }
    return NULL;
}
