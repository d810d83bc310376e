/* SPDX-License-Identifier: MIT */
/* Which version a dependency gets: the rules of npm-pick-manifest (10.x), without its staged and
 * policy-restricted versions, which public registries do not serve. */
#include "installer/registry/packument_internal.h"

#include "installer/registry/iso_time.h"
#include "installer/registry/json_skip.h"

#include <inttypes.h>
#include <stdio.h>

/* One question, prepared. */
struct pick {
    struct pl_packument *p;
    const struct pl_pick_options *options;
    struct pb_arena arena; /* ranges and texts of this pick */
    struct pb_str wanted, default_tag;
    int64_t before_ms;
    bool has_before;
};

static bool published_in_time(const struct pick *k, size_t i)
{
    if (!k->has_before) return true;
    struct pb_str time = pl_packument_time(k->p, i);
    int64_t ms;
    return time.n == 0 || (pl_iso_time_ms(time, &ms) && ms <= k->before_ms);
}

static bool engine_fits(struct pick *k, size_t i)
{
    struct pb_str node = k->options->node_version;
    if (node.n == 0) return true;
    const struct pl_manifest *parsed = pl_packument_parsed(k->p, i);
    struct pb_str engines = parsed ? parsed->engines_json : pl_packument_member(k->p, i, "engines");
    if (engines.n == 0 || engines.p[0] != '{') return true;
    const char *at = engines.p + 1, *end = engines.p + engines.n;
    struct pl_json_member m;
    struct pb_str range = PB_LIT("");
    while (pl_json_next_member(&at, end, &m) == PL_JSON_MEMBER)
        if (pb_str_is(m.key, "node")) range = pl_packument_string(&k->arena, m.value);
    return range.n == 0 || pl_semver_satisfies(node, range, PL_RANGE_INCLUDE_PRERELEASE);
}

/* npm's order: usable (not deprecated, engine fits), then engine fits, then not deprecated. */
enum { BEST_RANK = 3 };
static int rank_of(struct pick *k, size_t i)
{
    bool current = !pl_packument_is_deprecated(k->p, i), fits = engine_fits(k, i);
    return current && fits ? BEST_RANK : fits ? 2 : current ? 1 : 0;
}

static int no_match(const struct pick *k, struct pb_err *err)
{
    const struct pl_packument *p = k->p;
    struct pb_str latest = pl_packument_tag(p, k->default_tag), before = k->options->before;
    const char *dated = k->has_before ? " published before " : "";
    return pb_err_set(err, PB_E_NOT_FOUND,
                      "no version of " PB_FMT " matches \"" PB_FMT "\"%s" PB_FMT
                      ": it has %zu versions, " PB_FMT " is %s" PB_FMT ": change the range",
                      PB_ARG(p->name), PB_ARG(k->wanted), dated, k->has_before ? (int)before.n : 0,
                      k->has_before ? before.p : "", p->version_count, PB_ARG(k->default_tag),
                      latest.n ? "" : "not set", PB_ARG(latest));
}

/* The default tag's version wins when it is in range and nothing speaks against it. */
static ptrdiff_t pick_default(struct pick *k, const struct pl_range *range)
{
    struct pb_str text = pl_packument_tag(k->p, k->default_tag);
    struct pl_version version;
    if (text.n == 0) return -1;
    if (!pb_str_is(k->wanted, "*") &&
        (!pl_version_parse(text, true, &version) || !pl_range_test(range, &version)))
        return -1;
    ptrdiff_t i = pl_packument_find(k->p, text);
    bool usable = i >= 0 && published_in_time(k, (size_t)i) && rank_of(k, (size_t)i) == BEST_RANK;
    return usable ? i : -1;
}

/* Highest first, so the first of the best rank ends the search. */
static ptrdiff_t pick_highest(struct pick *k, const struct pl_range *range)
{
    ptrdiff_t best = -1;
    int best_rank = -1;
    pl_packument_sort(k->p);
    const struct pl_packument_lazy *lazy = k->p->lazy;
    for (size_t at = 0; at < lazy->order_n && best_rank < BEST_RANK; at++) {
        size_t i = lazy->order[at];
        struct pl_version version;
        (void)pl_version_parse(k->p->versions[i].text, true, &version); /* it did when sorted */
        if (!pl_range_test(range, &version) || !published_in_time(k, i)) continue;
        int rank = rank_of(k, i);
        if (rank <= best_rank) continue;
        best = (ptrdiff_t)i;
        best_rank = rank;
    }
    return best;
}

static ptrdiff_t pick_range(struct pick *k, const struct pl_range *range, struct pb_err *err)
{
    ptrdiff_t i = pick_default(k, range);
    if (i < 0) i = pick_highest(k, range);
    return i >= 0 ? i : no_match(k, err);
}

/* semver.clean: the canonical text, which is what registries use as key. */
static ptrdiff_t pick_exact(struct pick *k, const struct pl_version *v, struct pb_err *err)
{
    const char *text =
        pb_arena_printf(&k->arena, "%" PRIu64 ".%" PRIu64 ".%" PRIu64 "%s" PB_FMT, v->major,
                        v->minor, v->patch, v->pre.n ? "-" : "", PB_ARG(v->pre));
    ptrdiff_t i = pl_packument_find(k->p, pb_str(text));
    if (i >= 0 && published_in_time(k, (size_t)i)) return i;
    return no_match(k, err);
}

/* The tagged version or, when it is too young, the highest one up to it that is old enough. */
static ptrdiff_t pick_tag(struct pick *k, struct pb_err *err)
{
    struct pb_str text = pl_packument_tag(k->p, k->wanted);
    ptrdiff_t i = text.n ? pl_packument_find(k->p, text) : -1;
    if (i < 0) return no_match(k, err);
    if (published_in_time(k, (size_t)i)) return i;
    const char *up_to = pb_arena_printf(&k->arena, "<=" PB_FMT, PB_ARG(text));
    const struct pl_range *range = pl_range_parse(&k->arena, pb_str(up_to), PL_RANGE_LOOSE);
    return range ? pick_range(k, range, err) : no_match(k, err);
}

/* What encodeURIComponent leaves alone: anything else cannot be a dist-tag. */
static bool is_tag_name(struct pb_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (!alnum && !memchr("-_.!~*'()", c, 9)) return false;
    }
    return s.n > 0;
}

static int prepare(struct pick *k, struct pb_err *err)
{
    struct pb_str before = k->options->before;
    k->default_tag = k->options->default_tag.n ? k->options->default_tag : PB_LIT("latest");
    k->wanted = pb_str_trim(k->wanted);
    if (k->wanted.n == 0) k->wanted = PB_LIT("*");
    if (before.n == 0) return 0;
    if (!pl_iso_time_ms(before, &k->before_ms))
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "option before: \"" PB_FMT "\": not an ISO 8601 time like 2026-01-31",
                          PB_ARG(before));
    k->has_before = k->p->time.p != NULL;
    return 0;
}

static ptrdiff_t pick_wanted(struct pick *k, struct pb_err *err)
{
    struct pl_version version;
    if (prepare(k, err) != 0) return -1;
    if (pl_version_parse(k->wanted, true, &version)) return pick_exact(k, &version, err);
    const struct pl_range *range = pl_range_parse(&k->arena, k->wanted, PL_RANGE_LOOSE);
    if (range) return pick_range(k, range, err);
    if (is_tag_name(k->wanted)) return pick_tag(k, err);
    return pb_err_set(err, PB_E_BAD_INPUT,
                      "pick a version of " PB_FMT ": \"" PB_FMT
                      "\": neither version, nor range, nor dist-tag",
                      PB_ARG(k->p->name), PB_ARG(k->wanted));
}

ptrdiff_t pl_packument_pick(struct pl_packument *p, struct pb_str wanted,
                            const struct pl_pick_options *options, struct pb_err *err)
{
    static const struct pl_pick_options none;
    struct pick k = {.p = p, .options = options ? options : &none, .wanted = wanted};
    ptrdiff_t i = pick_wanted(&k, err);
    pb_arena_release(&k.arena);
    return i;
}

void pl_packument_warm(struct pl_packument *p, const struct pl_strs *specs,
                       const struct pl_pick_options *options)
{
    for (size_t i = 0; i < specs->n; i++) {
        struct pb_err ignored = PB_ERR_INIT;
        ptrdiff_t picked = pl_packument_pick(p, specs->items[i], options, &ignored);
        if (picked >= 0) (void)pl_packument_manifest(p, (size_t)picked, &ignored);
    }
}
