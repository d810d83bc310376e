/* SPDX-License-Identifier: MIT */
#include "harness/limit/plan.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct reading {
    char *at, *end;
    struct pb_arena *arena;
    struct pb_limit_plan *plan;
    size_t line;
};

static int bad(const struct reading *r, struct pb_err *err)
{
    return pb_err_set(err, PB_E_BAD_INPUT, "line %zu of the plan is damaged: make it again",
                      r->line);
}

/* Cuts a field that ends with `last` off the front; NULL when there is none. */
static char *field(struct reading *r, char last)
{
    char *end = memchr(r->at, last, (size_t)(r->end - r->at));
    if (!end) return NULL;
    char *text = r->at;
    *end = '\0';
    r->at = end + 1;
    return text;
}

static bool is_inside(const char *path)
{
    struct pb_str rest = pb_str(path), part;
    if (path[0] == '/' || path[0] == '\0') return false;
    while (pb_str_split(&rest, '/', &part))
        if (pb_str_is(part, "..") || part.n == 0) return false;
    return true;
}

/* The rest of the line as a path, and a number before it. */
static int number_and_path(struct reading *r, uint64_t *number, const char **path)
{
    const char *digits = field(r, '\t');
    *path = field(r, '\n');
    return digits && *path && is_inside(*path) && pb_str_u64(pb_str(digits), number) ? 0 : -1;
}

static struct pb_limit_entry *add(struct reading *r, enum pb_limit_kind kind)
{
    struct pb_limit_entry *entry = &r->plan->entries[r->plan->entry_count++];
    entry->kind = kind;
    return entry;
}

static int read_file(struct reading *r, bool is_text)
{
    struct pb_limit_entry *file = add(r, PB_LIMIT_FILE);
    if (number_and_path(r, &file->bytes, &file->path) != 0) return -1;
    file->content = (uint32_t)r->plan->content_count++;
    file->is_first = true;
    if (!is_text) return 0;
    if (file->bytes >= (uint64_t)(r->end - r->at) || r->at[file->bytes] != '\n') return -1;
    file->text = r->at;
    r->at += file->bytes + 1;
    return 0;
}

static int read_same(struct reading *r)
{
    struct pb_limit_entry *file = add(r, PB_LIMIT_FILE);
    uint64_t content;
    if (number_and_path(r, &content, &file->path) != 0 || content >= r->plan->content_count)
        return -1;
    file->content = (uint32_t)content;
    return 0;
}

static int read_symlink(struct reading *r)
{
    struct pb_limit_entry *link = add(r, PB_LIMIT_SYMLINK);
    link->text = field(r, '\t');
    link->path = field(r, '\n');
    return link->text && link->path && is_inside(link->path) ? 0 : -1;
}

static int read_dir(struct reading *r)
{
    const char *path = add(r, PB_LIMIT_DIR)->path = field(r, '\n');
    return path && is_inside(path) ? 0 : -1;
}

static int read_line(struct reading *r)
{
    struct pb_limit_plan *plan = r->plan;
    const char *kind = field(r, '\t');
    if (!kind) return -1;
    if (strcmp(kind, "file") == 0) return read_file(r, false);
    if (strcmp(kind, "text") == 0) return read_file(r, true);
    if (strcmp(kind, "same") == 0) return read_same(r);
    if (strcmp(kind, "symlink") == 0) return read_symlink(r);
    if (strcmp(kind, "dir") == 0) return read_dir(r);
    const char *text = field(r, '\n');
    if (!text || text[0] != '/') return -1;
    if (strcmp(kind, "metadata") == 0)
        plan->metadata[plan->metadata_count++] = text;
    else if (strcmp(kind, "tarball") == 0)
        plan->tarballs[plan->tarball_count++] = text;
    else
        return -1;
    return 0;
}

/* Room for as many of each as there are lines. */
static void make_room(struct reading *r)
{
    size_t lines = 0;
    for (const char *p = r->at; (p = memchr(p, '\n', (size_t)(r->end - p))) != NULL; p++)
        lines++;
    *r->plan = (struct pb_limit_plan){
        .metadata = PB_ARENA_ARRAY(r->arena, const char *, lines),
        .tarballs = PB_ARENA_ARRAY(r->arena, const char *, lines),
        .entries = PB_ARENA_ARRAY(r->arena, struct pb_limit_entry, lines),
    };
}

int pb_limit_plan_read(char *text, size_t n, struct pb_arena *arena, struct pb_limit_plan *out,
                       struct pb_err *err)
{
    const size_t head = sizeof PB_LIMIT_PLAN_HEAD - 1;
    if (n < head || memcmp(text, PB_LIMIT_PLAN_HEAD, head) != 0)
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "not a plan of this version: make one with `phasebench-limit plan`");
    struct reading r = {.at = text + head, .end = text + n, .arena = arena, .plan = out, .line = 1};
    make_room(&r);
    while (r.at < r.end) {
        r.line++;
        if (read_line(&r) != 0) return bad(&r, err);
    }
    return 0;
}
