/* SPDX-License-Identifier: MIT */
/*
 * The lockfiles of arborist's published fixtures as they are (npm/cli, workspaces/arborist/test/
 * fixtures; registries are called registry.example), with what npm 11 makes of them: the text it
 * writes back where it differs, the places it reads from version 1. data/arborist_locks.txt is made
 * by tests/oracle/npm/make_lock_fixtures.mjs.
 */
#include "base/fs.h"
#include "installer/lockfile/lock.h"
#include "installer/resolve/resolver.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>

#define BYTES_MAX ((size_t)16 << 20)
#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

struct section {
    struct pb_str title, text;
};

/* A line "=== title" and what follows it. */
static bool next_section(struct pb_str *rest, struct section *out)
{
    if (!pb_str_starts(*rest, "=== ")) return false;
    ptrdiff_t line = pb_str_find(*rest, '\n');
    ptrdiff_t next = pb_str_search(pb_str_skip(*rest, 1), PB_LIT("\n=== "));
    size_t end = next < 0 ? rest->n : (size_t)next + 2;
    out->title = pb_strn(rest->p + 4, (size_t)line - 4);
    out->text = pb_strn(rest->p + line + 1, end - (size_t)line - 1);
    *rest = pb_str_skip(*rest, end);
    return true;
}

/* One lock of the file: version 0 is damaged JSON. */
struct fixture {
    int version;
    char name[256];
    struct pb_str text, written, places;
};

static bool next_fixture(struct pb_str *rest, struct fixture *out)
{
    struct section s;
    if (!next_section(rest, &s)) return false;
    *out = (struct fixture){.text = s.text, .written = s.text};
    struct pb_str name = pb_str_skip(s.title, pb_str_starts(s.title, "version ") ? 10 : 8);
    out->version = pb_str_starts(s.title, "version ") ? s.title.p[8] - '0' : 0;
    snprintf(out->name, sizeof out->name, PB_FMT, PB_ARG(name));
    for (struct pb_str at = *rest; next_section(&at, &s); *rest = at) {
        if (pb_str_is(s.title, "no newline"))
            out->text.n--;
        else if (pb_str_is(s.title, "written"))
            out->written = s.text;
        else if (pb_str_is(s.title, "places"))
            out->places = s.text;
        else
            break;
    }
    return true;
}

/* Packages below node_modules/.pnpm or in a node_modules beside the project, links to the folder
 * that the project is in: nothing is written there. */
static const char *const refused[] = {
    "external-dep/root/package-lock.json.bak",
    "external-link/root/package-lock.json",
    "link-dep-nested/root/package-lock.json",
    "pnpm/package-lock.json",
};

static bool is_refused(const struct fixture *f)
{
    for (size_t i = 0; i < ROWS(refused); i++)
        if (strcmp(f->name, refused[i]) == 0) return true;
    return false;
}

static void expect_refusal(const struct fixture *f)
{
    struct pl_lock lock;
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(pl_lock_parse(f->text, f->name, &lock, &err), -1, "%s", f->name);
    cr_expect_eq(err.code, PB_E_BAD_INPUT, "%s: %s", f->name, err.msg);
    pl_lock_release(&lock);
}

static struct pb_buf all;

static struct pb_str open_all(void)
{
    struct pb_err err = PB_ERR_INIT;
    all = PB_BUF_INIT(BYTES_MAX);
    cr_assert_eq(pb_read_file(AT_FDCWD, LOCK_DIR "/arborist_locks.txt", &all, &err), 0, "%s",
                 err.msg);
    return pb_buf_str(&all);
}

static bool is_workspace(const struct pl_manifest *root, struct pb_str path)
{
    char text[256], pattern[256];
    snprintf(text, sizeof text, PB_FMT, PB_ARG(path));
    for (size_t i = 0; i < root->workspaces.n; i++) {
        snprintf(pattern, sizeof pattern, PB_FMT, PB_ARG(root->workspaces.items[i]));
        if (fnmatch(pattern, text, FNM_PATHNAME) == 0) return true;
    }
    return false;
}

/* Read, made a tree, written: as an install does that finds nothing to change. */
static int write_back(const struct pl_lock *old, struct pb_buf *out, struct pb_err *err)
{
    const struct pl_manifest *root = &old->entries[0].manifest;
    char name[256];
    snprintf(name, sizeof name, PB_FMT, PB_ARG(old->name));
    const struct pl_resolve_options options = {.lockfile_version = old->lockfile_version,
                                               .root_dir = name};
    struct pl_resolver *r = pl_resolver_new(root, old, &options);
    struct pl_lock lock = {0};
    int rc = 0;
    for (size_t i = 1; i < old->n && rc == 0; i++)
        if (is_workspace(root, old->entries[i].path) && !old->entries[i].link)
            rc = pl_resolver_add_workspace(r, old->entries[i].path, &old->entries[i].manifest, err);
    if (rc == 0) rc = pl_resolver_load(r, err);
    if (rc == 0) rc = pl_resolver_lock(r, &lock, err);
    if (rc == 0) pl_lock_print(&lock, out);
    pl_lock_release(&lock);
    pl_resolver_free(r);
    return rc;
}

static void expect_text(const char *what, const char *name, struct pb_str got, struct pb_str wanted)
{
    size_t at = 0;
    while (at < got.n && at < wanted.n && got.p[at] == wanted.p[at])
        at++;
    size_t from = at > 60 ? at - 60 : 0;
    cr_expect(pb_str_eq(got, wanted), "%s: %s: differs from byte %zu: ...%.120s\n not ...%.120s",
              name, what, at, pb_str_skip(got, from).p, pb_str_skip(wanted, from).p);
}

static void check_text(const struct fixture *f, struct pb_str text)
{
    struct pl_lock lock;
    struct pb_err err = PB_ERR_INIT;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(BYTES_MAX);
    if (pl_lock_parse(text, f->name, &lock, &err) != 0)
        cr_expect_fail("%s", err.msg);
    else if (write_back(&lock, &out, &err) != 0)
        cr_expect_fail("%s: %s", f->name, err.msg);
    else
        expect_text("as a tree", f->name, pb_buf_str(&out), f->written);
    pl_lock_release(&lock);
}

/* Without a tree: what npm wrote comes back as it was. */
static void check_reprint(const struct fixture *f)
{
    struct pl_lock lock;
    struct pb_err err = PB_ERR_INIT;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(BYTES_MAX);
    if (pl_lock_parse(f->written, f->name, &lock, &err) != 0)
        cr_expect_fail("%s", err.msg);
    else
        pl_lock_print(&lock, &out);
    expect_text("printed", f->name, pb_buf_str(&out), f->written);
    pl_lock_release(&lock);
}

Test(arborist_locks, version_2_is_written_back_as_npm_does)
{
    size_t count = 0, same = 0;
    struct fixture f;
    for (struct pb_str rest = open_all(); next_fixture(&rest, &f);) {
        if (f.version != 2) continue;
        count++;
        same += pb_str_eq(f.text, f.written);
        if (is_refused(&f)) {
            expect_refusal(&f);
            continue;
        }
        check_text(&f, f.text);
        check_reprint(&f);
    }
    cr_expect_eq(count, 56);
    printf("%zu lockfiles, %zu of them kept to the byte by npm; 3 refused\n", count, same);
    pb_buf_release(&all);
}

static int line_cmp(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "node_modules/a a@1.0.0", "node_modules/b -> packages/b", sorted by bytes. */
static void list_places(const struct pl_lock *lock, struct pb_arena *arena, struct pb_buf *out)
{
    char **lines = PB_ARENA_ARRAY(arena, char *, lock->n);
    for (size_t i = 1; i < lock->n; i++) {
        const struct pl_lock_entry *e = &lock->entries[i];
        lines[i - 1] =
            e->link
                ? pb_arena_printf(arena, PB_FMT " -> " PB_FMT, PB_ARG(e->path), PB_ARG(e->resolved))
                : pb_arena_printf(arena, PB_FMT " " PB_FMT "@" PB_FMT, PB_ARG(e->path),
                                  PB_ARG(e->name), PB_ARG(e->manifest.version));
    }
    if (lock->n > 1) qsort(lines, lock->n - 1, sizeof *lines, line_cmp);
    for (size_t i = 1; i < lock->n; i++)
        pb_buf_printf(out, "%s\n", lines[i - 1]);
}

static void check_places(const struct fixture *f)
{
    struct pl_lock lock;
    struct pb_err err = PB_ERR_INIT;
    struct pb_arena arena = PB_ARENA_INIT;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(BYTES_MAX);
    if (pl_lock_parse(f->text, f->name, &lock, &err) != 0)
        cr_expect_fail("%s", err.msg);
    else
        list_places(&lock, &arena, &out);
    expect_text("places", f->name, pb_buf_str(&out), f->places);
    pl_lock_release(&lock);
    pb_arena_release(&arena);
}

Test(arborist_locks, version_1_is_read_as_npm_does)
{
    size_t count = 0;
    struct fixture f;
    for (struct pb_str rest = open_all(); next_fixture(&rest, &f);) {
        if (f.version != 1) continue;
        count++;
        if (is_refused(&f))
            expect_refusal(&f);
        else
            check_places(&f);
    }
    cr_expect_eq(count, 32);
    printf("%zu lockfiles; 1 refused\n", count);
    pb_buf_release(&all);
}

/* One has a merge's conflict marks, one is no JSON. */
Test(arborist_locks, damaged_ones_are_errors)
{
    size_t count = 0;
    struct fixture f;
    for (struct pb_str rest = open_all(); next_fixture(&rest, &f);) {
        if (f.version != 0) continue;
        count++;
        expect_refusal(&f);
    }
    cr_expect_eq(count, 2);
    pb_buf_release(&all);
}
