/* SPDX-License-Identifier: MIT */
#include "installer/semver/partial.h"
#include "installer/semver/range.h"
#include "installer/semver/range_text.h"
#include "installer/semver/scan.h"

/* Sets are searched for duplicates one by one, so text from outside must not be endless. */
enum { RANGE_MAX_BYTES = 16384, FIRST_CAP = 8 };

struct builder {
    struct pb_arena *arena;
    unsigned flags;
    bool invalid;
    /* the set being read */
    struct pl_comparator first_items[FIRST_CAP], *items;
    size_t n, cap;
    bool saw_any, saw_null;
    bool is_blank; /* the last comparator read came to nothing: "x", "^*" */
    /* finished sets */
    struct pl_comparator_set first_sets[FIRST_CAP], *sets;
    size_t set_count, set_cap;
};

static bool is_loose(const struct builder *b)
{
    return (b->flags & PL_RANGE_LOOSE) != 0;
}

/* The prerelease of bounds that must let every prerelease in: "-0" when they are included. */
static struct pb_str lowest_pre(const struct builder *b)
{
    return b->flags & PL_RANGE_INCLUDE_PRERELEASE ? PB_LIT("0") : (struct pb_str){0};
}

static void *grown(struct pb_arena *arena, const void *items, size_t *cap, size_t size)
{
    void *larger = pb_arena_array(arena, *cap * 2, size);
    memcpy(larger, items, *cap * size);
    *cap *= 2;
    return larger;
}

static void add(struct builder *b, enum pl_op op, uint64_t major, uint64_t minor, uint64_t patch,
                struct pb_str pre)
{
    if (major > PL_MAX_SAFE_INTEGER || minor > PL_MAX_SAFE_INTEGER || patch > PL_MAX_SAFE_INTEGER) {
        b->invalid = true;
        return;
    }
    struct pl_comparator c = {{major, minor, patch, pre, {0}}, op};
    if (pl_comparator_is_null(&c)) b->saw_null = true;
    for (size_t i = 0; i < b->n; i++) {
        if (pl_comparator_eq(&b->items[i], &c)) return;
    }
    if (b->n == b->cap) b->items = grown(b->arena, b->items, &b->cap, sizeof *b->items);
    b->items[b->n++] = c;
}

/* ">=0.0.0" (">=0.0.0-0" with prereleases) is written away as "any". */
static void add_at_least(struct builder *b, const struct pl_partial *v, struct pb_str pre)
{
    bool minor_zero = v->minor.is_x || pl_part_is_zero(&v->minor);
    bool patch_zero = v->minor.is_x || v->patch.is_x || pl_part_is_zero(&v->patch);
    if (pl_part_is_zero(&v->major) && minor_zero && patch_zero && pb_str_eq(pre, lowest_pre(b))) {
        b->saw_any = true;
        return;
    }
    uint64_t minor = v->minor.is_x ? 0 : v->minor.value;
    uint64_t patch = v->minor.is_x || v->patch.is_x ? 0 : v->patch.value;
    add(b, PL_GE, v->major.value, minor, patch, pre);
}

static void add_below(struct builder *b, uint64_t major, uint64_t minor, uint64_t patch)
{
    add(b, PL_LT, major, minor, patch, PB_LIT("0"));
}

/* In loose mode numeric identifiers lose their leading zeros, as they do through numbers in
 * JavaScript. The caller's text does not outlive the call. */
static struct pb_str own_pre(struct builder *b, struct pb_str pre)
{
    if (pre.n == 0) return (struct pb_str){0};
    struct pb_str own = pb_arena_str(b->arena, pre), part;
    if (!is_loose(b)) return own;
    char *out = (char *)own.p;
    size_t n = 0;
    while (pb_str_split(&pre, '.', &part)) {
        uint64_t value;
        bool number = pb_str_u64(part, &value) && value < PL_MAX_SAFE_INTEGER;
        while (number && part.n > 1 && part.p[0] == '0')
            part = pb_str_skip(part, 1);
        if (n > 0) out[n++] = '.';
        memcpy(out + n, part.p, part.n);
        n += part.n;
    }
    return pb_strn(own.p, n);
}

static void add_caret_or_tilde(struct builder *b, const struct pl_partial *v, bool caret)
{
    if (v->major.is_x) {
        b->is_blank = true;
        return;
    }
    bool full = !v->minor.is_x && !v->patch.is_x;
    add_at_least(b, v, full ? own_pre(b, v->pre) : lowest_pre(b));
    uint64_t major = v->major.value, minor = v->minor.value;
    if (v->minor.is_x || (caret && !pl_part_is_zero(&v->major))) {
        add_below(b, major + 1, 0, 0);
    } else if (caret && full && pl_part_is_zero(&v->minor)) {
        add_below(b, major, minor, v->patch.value + 1);
    } else {
        add_below(b, major, minor + 1, 0);
    }
}

/* "1.x", ">1.2": at least one part is wild. */
static void add_x_range(struct builder *b, enum pl_op op, const struct pl_partial *v)
{
    uint64_t major = v->major.value, minor = v->minor.is_x ? 0 : v->minor.value;
    if (v->major.is_x) {
        if (op == PL_LT || op == PL_GT) {
            add_below(b, 0, 0, 0);
        } else {
            b->is_blank = true;
        }
        return;
    }
    uint64_t next_major = v->minor.is_x ? major + 1 : major;
    uint64_t next_minor = v->minor.is_x ? 0 : minor + 1;
    if (op == PL_GT) {
        add(b, PL_GE, next_major, next_minor, 0, lowest_pre(b));
    } else if (op == PL_LT) {
        add_below(b, major, minor, 0);
    } else {
        if (op != PL_LE) add_at_least(b, v, lowest_pre(b));
        if (op != PL_GE) add_below(b, next_major, next_minor, 0);
    }
}

/* All three parts are numbers. False when the text is no comparator. */
static bool add_primitive(struct builder *b, enum pl_op op, const struct pl_partial *v)
{
    bool plain = v->prefix.n == 0;
    if (!is_loose(b) && !plain && !pb_str_is(v->prefix, "v")) return false;
    if (v->prefix.n + v->text.n > PL_VERSION_MAX_BYTES) b->invalid = true;
    struct pb_str pre = own_pre(b, v->pre);
    if (op == PL_GE && plain) {
        add_at_least(b, v, pre);
    } else {
        add(b, op, v->major.value, v->minor.value, v->patch.value, pre);
    }
    return true;
}

static enum pl_op take_operator(struct pb_str *s)
{
    if (s->n == 0 || s->p[0] < '<' || s->p[0] > '>') return PL_EQ;
    enum pl_op op = s->p[0] == '<' ? PL_LT : s->p[0] == '>' ? PL_GT : PL_EQ;
    *s = pb_strn(s->p + 1, s->n - 1);
    if (op == PL_EQ || s->n == 0 || s->p[0] != '=') return op;
    *s = pb_strn(s->p + 1, s->n - 1);
    return op == PL_LT ? PL_LE : PL_GE;
}

/* "x.1" and "1.x.2" are no ranges. */
static bool has_number_behind_x(const struct pl_partial *v)
{
    return (v->major.is_x && !v->minor.is_x) || (v->minor.is_x && !v->patch.is_x);
}

/* node-semver deletes the first star (with its operator) of what it could not read otherwise:
 * "1.2.3*" is 1.2.3. `out` has room for s.n bytes. */
static struct pb_str without_star(struct pb_str s, char *out)
{
    size_t star = (size_t)pb_str_find(s, '*'), start = star;
    if (start > 0 && s.p[start - 1] == '=') start--;
    if (start > 0 && (s.p[start - 1] == '<' || s.p[start - 1] == '>')) start--;
    memcpy(out, s.p, start);
    memcpy(out + start, s.p + star + 1, s.n - star - 1);
    return pb_strn(out, s.n - (star + 1 - start));
}

static bool add_without_star(struct builder *b, struct pb_str s)
{
    char text[PL_VERSION_MAX_BYTES + 8];
    if (s.n > sizeof text || pb_str_find(s, '*') < 0) return false;
    s = without_star(s, text);
    b->is_blank = s.n == 0;
    if (b->is_blank) return true;
    enum pl_op op = take_operator(&s);
    struct pl_partial v;
    return pl_partial_parse(s, is_loose(b), &v) && !pl_partial_has_x(&v) &&
           add_primitive(b, op, &v);
}

static bool add_comparator(struct builder *b, struct pb_str s)
{
    struct pl_partial v;
    struct pb_str rest = s;
    b->is_blank = s.n == 0;
    if (b->is_blank) return true;
    if (s.p[0] == '^' || s.p[0] == '~') {
        rest = pb_str_skip(rest, 1);
        if (s.p[0] == '~' && pb_str_starts(rest, ">")) rest = pb_str_skip(rest, 1);
        if (!pl_partial_parse(rest, is_loose(b), &v)) return add_without_star(b, s);
        if (v.text.n > PL_VERSION_MAX_BYTES) b->invalid = true;
        add_caret_or_tilde(b, &v, s.p[0] == '^');
        return true;
    }
    enum pl_op op = take_operator(&rest);
    if (!pl_partial_parse(rest, is_loose(b), &v)) return add_without_star(b, s);
    if (!pl_partial_has_x(&v)) return add_primitive(b, op, &v);
    if (has_number_behind_x(&v)) return add_without_star(b, s);
    add_x_range(b, op, &v);
    return true;
}

static void add_set(struct builder *b, const struct pl_comparator *items, size_t n)
{
    struct pl_comparator *copy = PB_ARENA_ARRAY(b->arena, struct pl_comparator, n);
    memcpy(copy, items, n * sizeof *copy);
    if (b->set_count == b->set_cap)
        b->sets = grown(b->arena, b->sets, &b->set_cap, sizeof *b->sets);
    b->sets[b->set_count++] = (struct pl_comparator_set){copy, n};
}

static void parse_set(struct builder *b, struct pb_str text)
{
    static const struct pl_comparator any = {.op = PL_ANY},
                                      null = {.version.pre = {"0", 1}, .op = PL_LT};
    struct pb_str rest = pl_range_text_rewrite(b->arena, text, b->flags), part;
    b->n = 0;
    b->saw_any = b->saw_null = b->is_blank = false;
    for (bool first = true; pb_str_split(&rest, ' ', &part); first = false) {
        /* loose mode drops what it cannot read */
        if (!add_comparator(b, part) && !is_loose(b)) b->invalid = true;
        if (b->invalid) return;
        /* node-semver joins the comparators with spaces and splits them again, whereby blank ones
         * vanish except at the ends */
        if (b->is_blank && (first || !rest.p)) b->saw_any = true;
    }
    if (b->saw_null) {
        add_set(b, &null, 1);
    } else if (b->n > 0) {
        add_set(b, b->items, b->n);
    } else if (b->saw_any) {
        add_set(b, &any, 1);
    }
}

/* Sets that nothing satisfies go, unless all are such; one "any" makes the others superfluous. */
static void simplify(struct builder *b)
{
    if (b->set_count < 2) return;
    size_t kept = 0;
    for (size_t i = 0; i < b->set_count; i++) {
        if (!pl_comparator_is_null(&b->sets[i].items[0])) b->sets[kept++] = b->sets[i];
    }
    b->set_count = kept > 0 ? kept : 1; /* all are alike: the first one is still in place */
    for (size_t i = 0; i < b->set_count; i++) {
        if (b->sets[i].items[0].op != PL_ANY) continue;
        b->sets[0] = b->sets[i];
        b->set_count = 1;
    }
}

/* Takes the part before the next "||" off *rest. */
static bool next_set(struct pb_str *rest, struct pb_str *part)
{
    if (!rest->p) return false;
    const char *end = rest->p + rest->n;
    for (const char *p = rest->p; (p = memchr(p, '|', (size_t)(end - p))) != NULL; p++) {
        if (p + 1 == end || p[1] != '|') continue;
        *part = pb_strn(rest->p, (size_t)(p - rest->p));
        *rest = pb_strn(p + 2, (size_t)(end - p - 2));
        return true;
    }
    *part = *rest;
    *rest = (struct pb_str){0};
    return true;
}

/* Leaves the arrays as they are: clearing them would cost more than most ranges. */
static void init(struct builder *b, struct pb_arena *arena, unsigned flags)
{
    b->arena = arena;
    b->flags = flags;
    b->invalid = false;
    b->items = b->first_items;
    b->sets = b->first_sets;
    b->cap = b->set_cap = FIRST_CAP;
    b->set_count = 0;
}

const struct pl_range *pl_range_parse(struct pb_arena *arena, struct pb_str text, unsigned flags)
{
    if (text.n > RANGE_MAX_BYTES) return NULL;
    struct builder b;
    init(&b, arena, flags);

    struct pb_str rest = pl_range_text_collapse(arena, text.n ? text : PB_LIT("")), part;
    while (next_set(&rest, &part)) {
        parse_set(&b, pb_str_trim(part));
        if (b.invalid) return NULL;
    }
    if (b.set_count == 0) return NULL;
    simplify(&b);
    size_t bytes = b.set_count * sizeof *b.sets;
    struct pl_range *range = pb_arena_alloc(arena, sizeof *range + bytes);
    range->flags = flags;
    range->set_count = b.set_count;
    memcpy(range->sets, b.sets, bytes);
    return range;
}
