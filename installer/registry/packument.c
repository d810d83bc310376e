/* SPDX-License-Identifier: MIT */
/* What an indexed packument gives out. Facts of single versions are worked out when asked for. */
#include "installer/registry/packument_internal.h"

#include "base/mem.h"
#include "installer/registry/json_skip.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

static int check_size(size_t n, struct pb_err *err)
{
    if (n <= PL_PACKUMENT_MAX_BYTES) return 0;
    return pb_err_set(err, PB_E_LIMIT, "read packument: %zu bytes: more than %u are refused", n,
                      PL_PACKUMENT_MAX_BYTES);
}

struct pl_packument *pl_packument_new(char *text, size_t n, struct pb_err *err)
{
    struct pl_packument *p = pb_calloc(1, sizeof *p);
    p->text = text;
    p->n = n;
    p->lazy = pb_calloc(1, sizeof *p->lazy);
    p->name = PB_LIT("");
    if (check_size(n, err) == 0 && pl_packument_scan(p, err) == 0) return p;
    pl_packument_free(p);
    return NULL;
}

void pl_packument_free(struct pl_packument *p)
{
    if (!p) return;
    pb_arena_release(&p->lazy->arena);
    free(p->lazy->facts);
    free(p->lazy->times);
    free(p->lazy->order);
    free(p->lazy->text);
    free(p->lazy);
    pb_arena_release(&p->arena);
    free(p->versions);
    free(p->tags);
    free(p->text);
    free(p);
}

struct pb_str pl_packument_name(const struct pl_packument *p)
{
    return p->name;
}

size_t pl_packument_version_count(const struct pl_packument *p)
{
    return p->version_count;
}

struct pb_str pl_packument_version_text(const struct pl_packument *p, size_t i)
{
    PB_INVARIANT(i < p->version_count);
    return p->versions[i].text;
}

struct pb_str pl_packument_tag(const struct pl_packument *p, struct pb_str tag)
{
    for (size_t i = p->tag_count; i-- > 0;)
        if (pb_str_eq(p->tags[i].name, tag)) return p->tags[i].version;
    return PB_LIT("");
}

/* From the end: new versions are appended, and they are what is asked for most. */
ptrdiff_t pl_packument_find(const struct pl_packument *p, struct pb_str version)
{
    for (size_t i = p->version_count; i-- > 0;)
        if (pb_str_eq(p->versions[i].text, version)) return (ptrdiff_t)i;
    return -1;
}

/* Puts the entries of "time" beside their versions. Both lists usually have the same order, so the
 * next one is tried before the table is built. */
static void join_times(const struct pl_packument *p, struct pb_str *times)
{
    const char *at = p->time.p + 1, *end = p->time.p + p->time.n;
    struct pl_json_member m;
    struct pb_map by_text = PB_MAP_INIT;
    size_t next = 0;
    while (pl_json_next_member(&at, end, &m) == PL_JSON_MEMBER) {
        if (next >= p->version_count || !pb_str_eq(p->versions[next].text, m.key)) {
            if (pb_str_is(m.key, "created") || pb_str_is(m.key, "modified")) continue;
            if (by_text.n == 0)
                for (size_t i = 0; i < p->version_count; i++)
                    pb_map_put(&by_text, p->versions[i].text, &p->versions[i]);
            const struct pl_packument_version *v = pb_map_get(&by_text, m.key);
            if (!v) continue;
            next = (size_t)(v - p->versions);
        }
        times[next++] = pl_packument_string(&p->lazy->arena, m.value);
    }
    pb_map_release(&by_text);
}

struct pb_str pl_packument_time(const struct pl_packument *p, size_t i)
{
    PB_INVARIANT(i < p->version_count);
    if (!p->time.p) return PB_LIT("");
    if (!p->lazy->times) {
        p->lazy->times = pb_calloc(p->version_count, sizeof *p->lazy->times);
        join_times(p, p->lazy->times);
    }
    return p->lazy->times[i].p ? p->lazy->times[i] : PB_LIT("");
}

struct pb_str pl_packument_member(const struct pl_packument *p, size_t i, const char *key)
{
    struct pb_err ignored = PB_ERR_INIT; /* the manifest will report it */
    struct pb_str object = pl_packument_object(p, i, &ignored), found = PB_LIT("");
    if (object.n == 0) return found;
    const char *at = object.p + 1, *end = object.p + object.n;
    struct pl_json_member m;
    while (pl_json_next_member(&at, end, &m) == PL_JSON_MEMBER)
        if (pb_str_is(m.key, key)) found = m.value; /* the last one counts */
    return found;
}

/* JavaScript's truth of a JSON value: registries write "" or false for "no longer deprecated". */
static bool is_true(struct pb_str value)
{
    static const char *const falsy[] = {"", "\"\"", "false", "null", "0"};
    for (size_t i = 0; i < sizeof falsy / sizeof *falsy; i++)
        if (pb_str_is(value, falsy[i])) return false;
    return true;
}

bool pl_packument_is_deprecated(const struct pl_packument *p, size_t i)
{
    PB_INVARIANT(i < p->version_count);
    struct pl_packument_lazy *lazy = p->lazy;
    if (!lazy->facts) lazy->facts = pb_calloc(p->version_count, 1);
    if (!(lazy->facts[i] & PL_FACT_KNOWN)) {
        bool deprecated = is_true(pl_packument_member(p, i, "deprecated"));
        lazy->facts[i] = PL_FACT_KNOWN | (deprecated ? PL_FACT_DEPRECATED : 0);
    }
    return lazy->facts[i] & PL_FACT_DEPRECATED;
}

static struct pl_packument_parsed *parse_manifest(struct pl_packument *p, size_t i,
                                                  struct pb_err *err)
{
    struct pl_packument_version *v = &p->versions[i];
    struct pb_str object = pl_packument_object(p, i, err);
    if (object.n == 0) return NULL;
    cJSON *root = cJSON_ParseWithLength(object.p, object.n);
    if (!root) {
        pb_err_set(err, PB_E_BAD_INPUT,
                   "read packument " PB_FMT ": version " PB_FMT
                   ": its JSON is malformed: try again, or pick another version",
                   PB_ARG(p->name), PB_ARG(v->text));
        return NULL;
    }
    struct pl_packument_parsed *parsed = PB_ARENA_NEW(&p->lazy->arena, struct pl_packument_parsed);
    struct pl_manifest *out = &parsed->manifest;
    int failed = pl_manifest_from_json(&p->lazy->arena, root, out, err);
    cJSON_Delete(root);
    if (failed) {
        pb_err_wrap(err, "packument " PB_FMT ": version " PB_FMT, PB_ARG(p->name), PB_ARG(v->text));
        return NULL;
    }
    if (out->name.n == 0) out->name = pb_arena_str(&p->lazy->arena, p->name);
    if (out->version.n == 0) out->version = pb_arena_str(&p->lazy->arena, v->text);
    parsed->version = i;
    return parsed;
}

const struct pl_manifest *pl_packument_parsed(const struct pl_packument *p, size_t i)
{
    for (const struct pl_packument_parsed *at = p->lazy->parsed; at; at = at->next)
        if (at->version == i) return &at->manifest;
    return NULL;
}

const struct pl_manifest *pl_packument_manifest(struct pl_packument *p, size_t i,
                                                struct pb_err *err)
{
    PB_INVARIANT(i < p->version_count);
    const struct pl_manifest *known = pl_packument_parsed(p, i);
    if (known) return known;
    struct pl_packument_parsed *parsed = parse_manifest(p, i, err);
    if (!parsed) return NULL;
    (void)pl_packument_is_deprecated(p, i); /* while the object is here */
    parsed->next = p->lazy->parsed;
    p->lazy->parsed = parsed;
    return &parsed->manifest;
}
