/* SPDX-License-Identifier: MIT */
#include "installer/pack/glob.h"

#include <fnmatch.h>
#include <limits.h>

enum { ALTERNATIVES_MAX = 512, PARTS_MAX = 128 };

/* --- braces --- */

struct expansion {
    struct pb_arena *arena;
    struct pb_str items[ALTERNATIVES_MAX];
    size_t n;
};

/* The brace that closes the one at `open`, or -1; *has_comma: it separates alternatives. */
static ptrdiff_t find_close(struct pb_str s, size_t open, bool *has_comma)
{
    size_t depth = 0;
    *has_comma = false;
    for (size_t i = open; i < s.n; i++) {
        if (s.p[i] == '{') depth++;
        if (s.p[i] == ',' && depth == 1) *has_comma = true;
        if (s.p[i] == '}' && --depth == 0) return (ptrdiff_t)i;
    }
    return -1;
}

static bool expand(struct expansion *x, struct pb_str text, unsigned depth);

static bool expand_at(struct expansion *x, struct pb_str text, size_t open, size_t close,
                      unsigned depth)
{
    size_t level = 0, from = open + 1;
    for (size_t i = open + 1; i <= close; i++) {
        if (text.p[i] == '{') level++;
        if (text.p[i] == '}' && i < close) level--;
        if (i != close && (text.p[i] != ',' || level > 0)) continue;
        const char *one =
            pb_arena_printf(x->arena, PB_FMT PB_FMT PB_FMT, (int)open, text.p, (int)(i - from),
                            text.p + from, PB_ARG(pb_str_skip(text, close + 1)));
        if (!expand(x, pb_str(one), depth + 1)) return false;
        from = i + 1;
    }
    return true;
}

static bool expand(struct expansion *x, struct pb_str text, unsigned depth)
{
    for (size_t i = 0; i < text.n && depth < PARTS_MAX; i++) {
        bool has_comma;
        if (text.p[i] != '{') continue;
        ptrdiff_t close = find_close(text, i, &has_comma);
        if (close >= 0 && has_comma) return expand_at(x, text, i, (size_t)close, depth);
    }
    if (x->n == ALTERNATIVES_MAX) return false;
    x->items[x->n++] = text;
    return true;
}

bool pl_glob_expand(struct pb_arena *arena, struct pb_str text, struct pl_glob_texts *out)
{
    struct expansion x = {.arena = arena};
    if (text.n > INT_MAX || !expand(&x, pb_arena_str(arena, text), 0)) return false;
    out->n = x.n;
    out->items = PB_ARENA_ARRAY(arena, struct pb_str, x.n);
    memcpy(out->items, x.items, x.n * sizeof x.items[0]);
    return true;
}

/* --- patterns --- */

static bool is_any_depth(const char *part)
{
    return strcmp(part, "**") == 0;
}

static bool compile_set(struct pb_arena *arena, struct pb_str text, struct pl_glob_set *out)
{
    out->parts = PB_ARENA_ARRAY(arena, const char *, PARTS_MAX);
    for (struct pb_str part; pb_str_split(&text, '/', &part);) {
        const char *p = pb_arena_cstr(arena, part);
        /* Two in a row say no more than one, and would take squared time. */
        if (out->n > 0 && is_any_depth(p) && is_any_depth(out->parts[out->n - 1])) continue;
        if (out->n == PARTS_MAX) return false;
        out->parts[out->n++] = p;
    }
    return true;
}

bool pl_glob_compile(struct pb_arena *arena, struct pb_str text, struct pl_glob *out)
{
    struct pl_glob_texts texts;
    *out = (struct pl_glob){0};
    while (text.n > 0 && text.p[0] == '!') {
        out->is_negated = !out->is_negated;
        text = pb_str_skip(text, 1);
    }
    if (text.n == 0) return true;
    if (!pl_glob_expand(arena, text, &texts)) return false;
    out->sets = PB_ARENA_ARRAY(arena, struct pl_glob_set, texts.n);
    for (size_t i = 0; i < texts.n; i++)
        if (!compile_set(arena, texts.items[i], &out->sets[out->n++])) return false;
    return true;
}

/* --- matching --- */

struct path {
    struct pb_str parts[PARTS_MAX];
    size_t n;
};

static bool part_matches(const char *pattern, struct pb_str part)
{
    char name[NAME_MAX + 1];
    if (part.n == 0 || !*pattern) return part.n == 0 && !*pattern;
    if (part.n > NAME_MAX) return false;
    memcpy(name, part.p, part.n);
    name[part.n] = '\0';
    return fnmatch(pattern, name, FNM_CASEFOLD | FNM_EXTMATCH) == 0;
}

static bool parts_match(const struct path *path, size_t f, const struct pl_glob_set *set, size_t p,
                        bool partial)
{
    for (; f < path->n && p < set->n; f++, p++) {
        if (is_any_depth(set->parts[p])) {
            if (p + 1 == set->n) return true;
            for (size_t at = f; at < path->n; at++)
                if (parts_match(path, at, set, p + 1, partial)) return true;
            return partial;
        }
        if (!part_matches(set->parts[p], path->parts[f])) return false;
    }
    if (f == path->n) return partial || p == set->n;
    return f + 1 == path->n && path->parts[f].n == 0; /* "lib" also means "lib/" */
}

bool pl_glob_match(const struct pl_glob *glob, struct pb_str text, bool partial)
{
    struct path path = {0};
    struct path last = {.n = 1};
    for (struct pb_str part; pb_str_split(&text, '/', &part);) {
        if (path.n == PARTS_MAX) return false;
        path.parts[path.n++] = part;
        if (part.n > 0) last.parts[0] = part;
    }
    for (size_t i = 0; i < glob->n; i++) {
        const struct pl_glob_set *set = &glob->sets[i];
        if (parts_match(set->n == 1 ? &last : &path, 0, set, 0, partial)) return true;
    }
    return false;
}
