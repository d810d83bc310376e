/* SPDX-License-Identifier: MIT */
#include "installer/lockfile/lock_writer.h"

#include "base/mem.h"
#include "installer/lockfile/locale_cmp.h"

#include <stdlib.h>

static void line(struct pl_lock_writer *w)
{
    pb_buf_add_char(w->out, '\n');
    for (unsigned i = 0; i < w->level; i++)
        pb_buf_add_cstr(w->out, w->indent);
}

void pl_write_open(struct pl_lock_writer *w, char c)
{
    pb_buf_add_char(w->out, c);
    w->level++;
    w->first = true;
}

void pl_write_close(struct pl_lock_writer *w, char c)
{
    w->level--;
    if (!w->first) line(w);
    pb_buf_add_char(w->out, c);
    w->first = false;
}

static void next_item(struct pl_lock_writer *w)
{
    if (!w->first) pb_buf_add_char(w->out, ',');
    w->first = false;
    line(w);
}

void pl_write_key(struct pl_lock_writer *w, struct pb_str key)
{
    next_item(w);
    pb_buf_add_json(w->out, key);
    pb_buf_add(w->out, ": ", 2);
}

/* JavaScript keeps whole-number keys of an object before all others, in numeric order. */
static bool is_index(struct pb_str key, uint64_t *value)
{
    if (key.n == 0 || key.n > 10 || (key.p[0] == '0' && key.n > 1)) return false;
    return pb_str_u64(key, value) && *value < UINT32_MAX;
}

static size_t known_rank(struct pb_str key)
{
    static const char *const known[] = {"name",      "version",  "lockfileVersion", "resolved",
                                        "integrity", "requires", "packages",        "dependencies"};
    size_t n = sizeof known / sizeof *known;
    for (size_t i = 0; i < n; i++)
        if (pb_str_is(key, known[i])) return i;
    return n;
}

int pl_write_key_cmp(struct pb_str a, struct pb_str b)
{
    uint64_t ia = UINT64_MAX, ib = UINT64_MAX;
    bool index_a = is_index(a, &ia), index_b = is_index(b, &ib);
    if (index_a || index_b) return index_a != index_b ? (index_a ? -1 : 1) : ia < ib ? -1 : ia > ib;
    size_t ra = known_rank(a), rb = known_rank(b);
    if (ra != rb) return ra < rb ? -1 : 1;
    return pl_locale_cmp(a, b);
}

static int dep_cmp(const void *a, const void *b)
{
    return pl_write_key_cmp((*(const struct pl_dep *const *)a)->name,
                            (*(const struct pl_dep *const *)b)->name);
}

void pl_write_deps(struct pl_lock_writer *w, const char *key, const struct pl_deps *deps)
{
    if (deps->n == 0) return;
    const struct pl_dep **order = PB_ARENA_ARRAY(w->scratch, const struct pl_dep *, deps->n);
    bool sorted = true;
    for (size_t i = 0; i < deps->n; i++) {
        order[i] = &deps->items[i];
        sorted = sorted && (i == 0 || dep_cmp(&order[i - 1], &order[i]) < 0);
    }
    if (!sorted) qsort(order, deps->n, sizeof(const struct pl_dep *), dep_cmp);
    pl_write_key(w, pb_str(key));
    pl_write_open(w, '{');
    for (size_t i = 0; i < deps->n; i++) {
        pl_write_key(w, order[i]->name);
        pb_buf_add_json(w->out, order[i]->spec);
    }
    pl_write_close(w, '}');
}

void pl_write_strs(struct pl_lock_writer *w, const char *key, const struct pl_strs *strs)
{
    if (strs->n == 0) return;
    pl_write_key(w, pb_str(key));
    pl_write_open(w, '[');
    for (size_t i = 0; i < strs->n; i++) {
        next_item(w);
        pb_buf_add_json(w->out, strs->items[i]);
    }
    pl_write_close(w, ']');
}

void pl_write_str(struct pl_lock_writer *w, const char *key, struct pb_str value)
{
    if (value.n == 0) return;
    pl_write_key(w, pb_str(key));
    pb_buf_add_json(w->out, value);
}

void pl_write_flag(struct pl_lock_writer *w, const char *key, bool value)
{
    if (!value) return;
    pl_write_key(w, pb_str(key));
    pb_buf_add_cstr(w->out, "true");
}

struct member {
    struct pb_str key, value;
};

static int member_cmp(const void *a, const void *b)
{
    const struct member *ma = a, *mb = b;
    bool object_a = ma->value.p[0] == '{', object_b = mb->value.p[0] == '{';
    return object_a != object_b ? (object_a ? 1 : -1) : pl_write_key_cmp(ma->key, mb->key);
}

struct pl_json_in pl_write_reader(struct pl_lock_writer *w, struct pb_str text)
{
    return (struct pl_json_in){text.p, text.p + text.n, text.p, w->scratch, "value", NULL, 0};
}

static void print_object(struct pl_lock_writer *w, struct pl_json_in *in)
{
    struct member *members = NULL;
    size_t cap = 0, n = 0;
    bool first = true, more;
    pl_write_open(w, '{');
    if (pl_json_enter(in, '{') == 0) {
        for (;; n++) {
            PB_GROW(members, cap, n + 1);
            if (pl_json_next(in, '}', &first, &members[n].key, &more) || !more) break;
            if (pl_json_skip(in, &members[n].value)) break;
        }
    }
    if (n) qsort(members, n, sizeof *members, member_cmp);
    for (size_t i = 0; i < n; i++) {
        pl_write_key(w, members[i].key);
        pl_write_json(w, members[i].value);
    }
    free(members);
    pl_write_close(w, '}');
}

static void print_array(struct pl_lock_writer *w, struct pl_json_in *in)
{
    bool first = true, more;
    struct pb_str value;
    pl_write_open(w, '[');
    if (pl_json_enter(in, '[') == 0) {
        while (pl_json_next(in, ']', &first, NULL, &more) == 0 && more) {
            if (pl_json_skip(in, &value)) break;
            next_item(w);
            pl_write_json(w, value);
        }
    }
    pl_write_close(w, ']');
}

/* Well-formed text: the parsers that keep it have read it before. */
void pl_write_json(struct pl_lock_writer *w, struct pb_str text)
{
    struct pl_json_in in = pl_write_reader(w, text);
    struct pb_str string;
    switch (pl_json_peek(&in)) {
    case '{':
        print_object(w, &in);
        return;
    case '[':
        print_array(w, &in);
        return;
    case '"':
        if (pl_json_string(&in, &string) == 0) pb_buf_add_json(w->out, string);
        return;
    default:
        pb_buf_add_str(w->out, text);
    }
}

/* What npm leaves out: nothing, false, 0, "", {} and []. */
bool pl_write_is_empty(struct pl_lock_writer *w, struct pb_str text)
{
    if (text.n == 0) return true;
    struct pl_json_in in = pl_write_reader(w, text);
    char c = pl_json_peek(&in);
    if (c == '{' || c == '[') {
        in.p++;
        return pl_json_peek(&in) == (c == '{' ? '}' : ']');
    }
    return c == '\0' || pb_str_is(text, "\"\"") || pb_str_is(text, "null") ||
           pb_str_is(text, "false") || pb_str_is(text, "0");
}
