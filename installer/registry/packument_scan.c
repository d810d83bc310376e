/* SPDX-License-Identifier: MIT */
/* The index of a packument: one pass over its text. */
#include "installer/registry/packument_internal.h"

#include "base/mem.h"
#include "installer/registry/json_skip.h"

#include <cjson/cJSON.h>

struct pb_str pl_packument_string(struct pb_arena *arena, struct pb_str token)
{
    struct pb_str none = PB_LIT("");
    if (token.n < 2 || token.p[0] != '"') return none;
    struct pb_str raw = pb_strn(token.p + 1, token.n - 2);
    if (!memchr(raw.p, '\\', raw.n)) return raw;
    cJSON *node = cJSON_ParseWithLength(token.p, token.n);
    const char *text = cJSON_GetStringValue(node);
    struct pb_str out = text ? pb_arena_str(arena, pb_str(text)) : none;
    cJSON_Delete(node);
    return out;
}

/* The key of a member; only a key with escapes costs a copy. */
static struct pb_str key_text(struct pl_packument *p, const struct pl_json_member *m)
{
    if (!m->key_escaped) return m->key;
    return pl_packument_string(&p->arena, pb_strn(m->key.p - 1, m->key.n + 2));
}

static struct pb_str shown_name(const struct pl_packument *p)
{
    return p->name.n ? p->name : PB_LIT("(no name yet)");
}

static int malformed(const struct pl_packument *p, const char *at, const char *what,
                     struct pb_err *err)
{
    return pb_err_set(err, PB_E_BAD_INPUT,
                      "read packument " PB_FMT
                      ": %s near byte %zu of %zu: the registry's answer is "
                      "damaged, cut off or nested too deep: try again",
                      PB_ARG(shown_name(p)), what, (size_t)(at - p->text), p->n);
}

/* Walks "versions" from just after its "{". A value that is no object describes nothing. */
static int scan_versions(struct pl_packument *p, const char **at, struct pb_err *err)
{
    const char *end = p->text + p->n;
    struct pl_json_member m;
    enum pl_json_walk walk;
    p->version_count = 0; /* as in JavaScript, the last of two "versions" counts */
    for (;;) {
        const char *start = *at;
        if ((walk = pl_json_next_member(at, end, &m)) != PL_JSON_MEMBER)
            return walk == PL_JSON_END ? 0 : malformed(p, start, "bad version entry", err);
        if (*m.value.p != '{') continue;
        if (p->version_count == PL_PACKUMENT_MAX_VERSIONS)
            return pb_err_set(err, PB_E_LIMIT, "read packument " PB_FMT ": more than %u versions",
                              PB_ARG(shown_name(p)), PL_PACKUMENT_MAX_VERSIONS);
        PB_GROW(p->versions, p->version_cap, p->version_count + 1);
        p->versions[p->version_count++] = (struct pl_packument_version){
            key_text(p, &m), (uint32_t)(m.value.p - p->text), (uint32_t)m.value.n};
    }
}

static int scan_tags(struct pl_packument *p, const char **at, struct pb_err *err)
{
    const char *end = p->text + p->n;
    struct pl_json_member m;
    enum pl_json_walk walk;
    p->tag_count = 0;
    for (;;) {
        const char *start = *at;
        if ((walk = pl_json_next_member(at, end, &m)) != PL_JSON_MEMBER)
            return walk == PL_JSON_END ? 0 : malformed(p, start, "bad dist-tag", err);
        if (*m.value.p != '"') continue;
        if (p->tag_count == PL_PACKUMENT_MAX_TAGS)
            return pb_err_set(err, PB_E_LIMIT, "read packument " PB_FMT ": more than %u dist-tags",
                              PB_ARG(shown_name(p)), PL_PACKUMENT_MAX_TAGS);
        PB_GROW(p->tags, p->tag_cap, p->tag_count + 1);
        p->tags[p->tag_count++] =
            (struct pl_packument_tag){key_text(p, &m), pl_packument_string(&p->arena, m.value)};
    }
}

/* One member of the document; *at is at its value and is left after it. */
static int scan_member(struct pl_packument *p, struct pb_str key, const char **at,
                       struct pb_err *err)
{
    const char *end = p->text + p->n, *value = *at;
    bool object = value < end && *value == '{';
    if (object && pb_str_is(key, "versions")) {
        *at = value + 1;
        return scan_versions(p, at, err);
    }
    if (object && pb_str_is(key, "dist-tags")) {
        *at = value + 1;
        return scan_tags(p, at, err);
    }
    const char *next = pl_json_skip_value(value, end);
    if (!next) return malformed(p, value, "bad value", err);
    struct pb_str text = pb_strn(value, (size_t)(next - value));
    if (pb_str_is(key, "name")) p->name = pl_packument_string(&p->arena, text);
    if (object && pb_str_is(key, "time")) p->time = text;
    *at = next;
    return 0;
}

int pl_packument_scan(struct pl_packument *p, struct pb_err *err)
{
    const char *end = p->text + p->n;
    const char *at = pl_json_skip_space(p->text, end);
    if (at == end || *at != '{') return malformed(p, at, "no JSON object", err);
    at++;
    struct pl_json_member m;
    enum pl_json_walk walk;
    while ((walk = pl_json_next_key(&at, end, &m)) == PL_JSON_MEMBER) {
        if (scan_member(p, key_text(p, &m), &at, err) != 0) return -1;
        if (!pl_json_after_value(&at, end)) return malformed(p, at, "bad end of member", err);
    }
    if (walk == PL_JSON_BAD) return malformed(p, at, "bad member", err);
    if (pl_json_skip_space(at, end) != end) return malformed(p, at, "text after the end", err);
    return 0;
}
