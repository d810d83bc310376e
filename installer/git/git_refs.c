/* SPDX-License-Identifier: MIT */
#include "installer/git/git_refs.h"

#include "base/mem.h"
#include "installer/manifest/uri.h"
#include "installer/semver/semver.h"

#include <stdlib.h>

static bool is_hex(struct pb_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= '0' && s.p[i] <= '9') || (s.p[i] >= 'a' && s.p[i] <= 'f'))) return false;
    return s.n > 0;
}

bool pl_git_is_commit(struct pb_str text)
{
    return (text.n == 40 || text.n == 64) && is_hex(text);
}

static struct pb_str short_name(struct pb_str raw)
{
    if (pb_str_starts(raw, "refs/tags/")) return pb_str_skip(raw, strlen("refs/tags/"));
    if (pb_str_starts(raw, "refs/heads/")) return pb_str_skip(raw, strlen("refs/heads/"));
    if (!pb_str_starts(raw, "refs/pull/")) return raw;
    raw = pb_str_skip(raw, strlen("refs/"));
    if (pb_str_ends(raw, "/head")) raw.n -= strlen("/head");
    return raw;
}

/* "refs/tags/x^{}" is the commit that the annotated tag listed before it points to. */
static bool peel(struct pl_git_refs *refs, struct pb_str raw, struct pb_str commit)
{
    if (!pb_str_ends(raw, "^{}")) return false;
    raw.n -= strlen("^{}");
    for (size_t i = refs->n; i-- > 0;) {
        if (!pb_str_eq(refs->items[i].raw, raw)) continue;
        refs->items[i].commit = commit;
        break;
    }
    return true;
}

void pl_git_refs_read(struct pb_arena *arena, struct pb_str text, struct pl_git_refs *out)
{
    struct pl_git_refs refs = {0};
    size_t cap = 0;
    for (struct pb_str line; pb_str_split(&text, '\n', &line);) {
        ptrdiff_t tab = pb_str_find(line, '\t');
        struct pb_str commit = pb_strn(line.p, tab > 0 ? (size_t)tab : 0);
        struct pb_str raw = pb_str_trim(pb_str_skip(line, (size_t)(tab + 1)));
        if (!pl_git_is_commit(commit) || raw.n == 0 || peel(&refs, raw, commit)) continue;
        PB_GROW(refs.items, cap, refs.n + 1);
        refs.items[refs.n++] = (struct pl_git_ref){short_name(raw), raw, commit};
    }
    out->n = refs.n;
    out->items = PB_ARENA_ARRAY(arena, struct pl_git_ref, refs.n);
    if (refs.n > 0) memcpy(out->items, refs.items, refs.n * sizeof *refs.items);
    free(refs.items);
}

/* A name that git could take for an option, or a folder outside the repository, is refused. */
static int check(const struct pl_git_wish *wish, struct pb_str committish, struct pb_err *err)
{
    struct pb_str rest = wish->folder;
    bool is_fine = wish->commit.n == 0 || wish->commit.p[0] != '-';
    for (struct pb_str part; is_fine && rest.n > 0 && pb_str_split(&rest, '/', &part);)
        is_fine = part.n > 0 && !pb_str_is(part, ".") && !pb_str_is(part, "..");
    if (is_fine) return 0;
    return pb_err_set(err, PB_E_BAD_INPUT, "git: cannot use #" PB_FMT, PB_ARG(committish));
}

int pl_git_wish_read(struct pb_arena *arena, struct pb_str committish, struct pl_git_wish *out,
                     struct pb_err *err)
{
    *out = (struct pl_git_wish){0};
    struct pb_str rest = committish;
    while (rest.n > 0) {
        ptrdiff_t end = pb_str_search(rest, PB_LIT("::"));
        struct pb_str part = end < 0 ? rest : pb_strn(rest.p, (size_t)end);
        rest = end < 0 ? (struct pb_str){0} : pb_str_skip(rest, (size_t)end + 2);
        if (pb_str_starts(part, "semver:")) {
            struct pb_str range = pb_str_skip(part, strlen("semver:"));
            if (!pl_uri_decode(arena, range, &out->range)) out->range = range;
        } else if (pb_str_starts(part, "path:")) {
            out->folder = pb_str_skip(part, strlen("path:"));
            while (out->folder.n > 0 && out->folder.p[0] == '/')
                out->folder = pb_str_skip(out->folder, 1);
        } else if (pb_str_find(part, ':') < 0) {
            out->commit = part;
        }
    }
    return check(out, committish, err);
}

/* "v1.2.3" and "release-1.2.3": the version at the end of a tag's name. */
static bool version_of(const struct pl_git_ref *ref, struct pl_version *out)
{
    if (!pb_str_starts(ref->raw, "refs/tags/")) return false;
    for (size_t i = 0; i < ref->name.n; i++) {
        char c = ref->name.p[i];
        bool begins = c >= '0' && c <= '9' &&
                      (i == 0 || ref->name.p[i - 1] < '0' || ref->name.p[i - 1] > '9');
        if (begins && pl_version_parse(pb_str_skip(ref->name, i), true, out)) return true;
    }
    return false;
}

static const struct pl_git_ref *find(const struct pl_git_refs *refs, const char *name)
{
    for (size_t i = refs->n; i-- > 0;)
        if (pb_str_is(refs->items[i].name, name)) return &refs->items[i];
    return NULL;
}

/* As a registry's `latest`: the version that the branch or tag `latest`, else HEAD, stands at. */
static const struct pl_git_ref *latest_of(const struct pl_git_refs *refs)
{
    const struct pl_git_ref *at = find(refs, "latest");
    struct pl_version version;
    if (!at) at = find(refs, "HEAD");
    for (size_t i = refs->n; at && i-- > 0;) {
        const struct pl_git_ref *ref = &refs->items[i];
        if (version_of(ref, &version) && pb_str_eq(ref->commit, at->commit)) return ref;
    }
    return NULL;
}

static int choose_version(struct pb_arena *arena, const struct pl_git_refs *refs,
                          struct pb_str text, const struct pl_git_ref **out, struct pb_err *err)
{
    const struct pl_range *range = pl_range_parse(arena, text, PL_RANGE_LOOSE);
    struct pl_version best;
    struct pl_version version;
    if (!range)
        return pb_err_set(err, PB_E_BAD_INPUT, "git: \"" PB_FMT "\" is no version range",
                          PB_ARG(text));
    *out = latest_of(refs);
    if (*out && version_of(*out, &version) && pl_range_test(range, &version)) return 0;
    *out = NULL;
    for (size_t i = 0; i < refs->n; i++) {
        if (!version_of(&refs->items[i], &version) || !pl_range_test(range, &version)) continue;
        if (*out && pl_version_cmp(&version, &best) < 0) continue;
        *out = &refs->items[i];
        best = version;
    }
    if (*out) return 0;
    return pb_err_set(err, PB_E_NOT_FOUND, "git: no tag is a version that satisfies " PB_FMT,
                      PB_ARG(text));
}

int pl_git_refs_choose(struct pb_arena *arena, const struct pl_git_refs *refs,
                       const struct pl_git_wish *wish, const struct pl_git_ref **out,
                       struct pb_err *err)
{
    *out = NULL;
    if (wish->range.n > 0) return choose_version(arena, refs, wish->range, out, err);
    struct pb_str name = wish->commit.n > 0 ? wish->commit : PB_LIT("HEAD");
    for (size_t i = refs->n; i-- > 0 && !*out;) {
        const struct pl_git_ref *ref = &refs->items[i];
        if (pb_str_eq(ref->name, name) || pb_str_eq(ref->raw, name)) *out = ref;
    }
    for (size_t i = 0; i < refs->n && !*out; i++)
        if (pb_str_eq(refs->items[i].commit, name)) *out = &refs->items[i];
    return 0;
}
