/* SPDX-License-Identifier: MIT */
/*
 * resolve_dir PROJECT PACKUMENTS [--before TIME] [--node VERSION] [--lock FILE]
 * [--legacy-peer-deps] [--force] [--strict-peer-deps] [--prefer-dedupe] [--stats]
 * Resolves PROJECT/package.json with the packuments in a folder (one <encoded name>.json each, "/"
 * as %2F) and prints the lock. For comparing with npm and for measuring without a network.
 */
#include "base/clock.h"
#include "base/fs.h"
#include "installer/resolve/resolver.h"

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

struct settings {
    const char *project, *packuments, *lock;
    struct pl_resolve_options options;
    bool stats;
};

struct counts {
    size_t wanted, failed, steps, picks;
    int64_t feed_ns, step_ns;
};

static int fail(const struct pb_err *err)
{
    fprintf(stderr, "resolve_dir: %s\n", err->msg);
    return 1;
}

static bool parse_args(int argc, char **argv, struct settings *s)
{
    for (int i = 1; i < argc; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--legacy-peer-deps") == 0) {
            s->options.legacy_peer_deps = true;
        } else if (strcmp(argv[i], "--force") == 0) {
            s->options.force = true;
        } else if (strcmp(argv[i], "--strict-peer-deps") == 0) {
            s->options.strict_peer_deps = true;
        } else if (strcmp(argv[i], "--prefer-dedupe") == 0) {
            s->options.prefer_dedupe = true;
        } else if (strcmp(argv[i], "--stats") == 0) {
            s->stats = true;
        } else if (strcmp(argv[i], "--before") == 0) {
            s->options.pick.before = pb_str(next);
            i++;
        } else if (strcmp(argv[i], "--node") == 0) {
            s->options.pick.node_version = pb_str(next);
            i++;
        } else if (strcmp(argv[i], "--lock") == 0) {
            s->lock = next;
            i++;
        } else if (!s->project) {
            s->project = argv[i];
        } else {
            s->packuments = argv[i];
        }
    }
    return s->project && s->packuments;
}

static int add_folder(struct pl_resolver *r, struct pb_arena *arena, const char *project,
                      const char *path, bool is_workspace, struct pb_err *err)
{
    struct pl_manifest *m = PB_ARENA_NEW(arena, struct pl_manifest);
    const char *file = pb_arena_printf(arena, "%s/%s/package.json", project, path);
    if (!pb_exists(AT_FDCWD, file)) return 0;
    if (pl_manifest_load(arena, AT_FDCWD, file, m, err)) return -1;
    return is_workspace ? pl_resolver_add_workspace(r, pb_str(path), m, err)
                        : pl_resolver_add_folder(r, pb_str(path), m, err);
}

static bool is_excluded(const struct pl_manifest *root, const char *path)
{
    for (size_t i = 0; i < root->workspaces.n; i++) {
        struct pb_str pattern = root->workspaces.items[i];
        if (pattern.p[0] == '!' && pb_str_is(pb_str_skip(pattern, 1), path)) return true;
    }
    return false;
}

/* Workspace patterns of one level ("packages/" and a star), which is all that fixtures use. */
static int add_workspaces(struct pl_resolver *r, struct pb_arena *arena, const char *project,
                          const struct pl_manifest *root, struct pb_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < root->workspaces.n && rc == 0; i++) {
        struct pb_str pattern = root->workspaces.items[i];
        if (pattern.p[0] == '!') continue;
        if (pb_str_starts(pattern, "./")) pattern = pb_str_skip(pattern, 2);
        glob_t found;
        if (glob(pb_arena_printf(arena, "%s/" PB_FMT, project, PB_ARG(pattern)), 0, NULL, &found))
            continue;
        for (size_t j = 0; j < found.gl_pathc && rc == 0; j++) {
            const char *path =
                pb_arena_printf(arena, "%s", found.gl_pathv[j] + strlen(project) + 1);
            if (!is_excluded(root, path)) rc = add_folder(r, arena, project, path, true, err);
        }
        globfree(&found);
    }
    return rc;
}

/* Every other folder with a package.json: a file: dependency may lead to it. */
static int add_folders(struct pl_resolver *r, struct pb_arena *arena, const char *project,
                       const char *below, struct pb_err *err)
{
    DIR *dir = opendir(pb_arena_printf(arena, "%s/%s", project, below));
    int rc = 0;
    for (struct dirent *e; dir && rc == 0 && (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.' || strcmp(e->d_name, "node_modules") == 0) continue;
        const char *path = pb_arena_printf(arena, "%s%s%s", below, *below ? "/" : "", e->d_name);
        if (!pb_is_dir(AT_FDCWD, pb_arena_printf(arena, "%s/%s", project, path))) continue;
        rc = add_folder(r, arena, project, path, false, err);
        if (rc == 0) rc = add_folders(r, arena, project, path, err);
    }
    if (dir) closedir(dir);
    return rc;
}

static void feed(struct pl_resolver *r, const char *dir, struct pb_str name, struct counts *counts)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_buf path = PB_BUF_INIT(4096), text = PB_BUF_INIT((size_t)512 << 20);
    pb_buf_printf(&path, "%s/", dir);
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] == '/' || name.p[i] == '@')
            pb_buf_add_cstr(&path, name.p[i] == '/' ? "%2F" : "%40");
        else
            pb_buf_add_char(&path, name.p[i]);
    }
    pb_buf_add_cstr(&path, ".json");
    struct pl_packument *doc = NULL;
    if (pb_read_file(AT_FDCWD, path.p, &text, &err) == 0) {
        size_t n;
        char *bytes = pb_buf_take(&text, &n);
        doc = pl_packument_new(bytes, n, &err);
    }
    if (!doc) counts->failed++;
    if (!doc && counts->failed <= 20) fprintf(stderr, "resolve_dir: no packument: %s\n", err.msg);
    int64_t start = pb_now_ns();
    pl_resolver_feed(r, name, doc, doc ? NULL : &err);
    counts->feed_ns += pb_now_ns() - start;
    pb_buf_release(&path);
    pb_buf_release(&text);
}

static int resolve(struct pl_resolver *r, const struct settings *s, struct counts *counts,
                   struct pb_err *err)
{
    for (;;) {
        int64_t start = pb_now_ns();
        enum pl_resolve_state state = pl_resolver_step(r, err);
        counts->step_ns += pb_now_ns() - start;
        counts->steps++;
        if (state != PL_RESOLVE_WAITING) return state == PL_RESOLVE_DONE ? 0 : -1;
        struct pb_str name;
        size_t fed = 0;
        for (; pl_resolver_next_wanted(r, &name); fed++)
            feed(r, s->packuments, name, counts);
        counts->wanted += fed;
        if (fed == 0) return pb_err_set(err, PB_E_INTERNAL, "it waits for nothing");
    }
}

static int print_lock(struct pl_resolver *r, const struct settings *s, struct counts *counts,
                      struct pb_err *err)
{
    struct pl_lock lock;
    struct pb_buf text = PB_BUF_INIT((size_t)256 << 20);
    const struct pl_manifest *pick;
    while (pl_resolver_next_pick(r, &pick))
        counts->picks++;
    int64_t start = pb_now_ns();
    if (pl_resolver_lock(r, &lock, err)) return -1;
    int64_t made = pb_now_ns();
    pl_lock_print(&lock, &text);
    int64_t printed = pb_now_ns();
    fwrite(text.p, 1, text.n, stdout);
    if (s->stats)
        fprintf(stderr,
                "%zu places, %zu packuments, %zu missing, %zu picks, %zu steps; feed %.1f ms, "
                "place %.1f ms, lock %.1f ms, print %.1f ms\n",
                lock.n, counts->wanted, counts->failed, counts->picks, counts->steps,
                (double)counts->feed_ns / 1e6, (double)counts->step_ns / 1e6,
                (double)(made - start) / 1e6, (double)(printed - made) / 1e6);
    struct pb_str warnings = pl_resolver_warnings(r);
    fwrite(warnings.p, 1, warnings.n, stderr);
    pb_buf_release(&text);
    pl_lock_release(&lock);
    return 0;
}

int main(int argc, char **argv)
{
    struct settings s = {0};
    struct counts counts = {0};
    struct pb_err err = PB_ERR_INIT;
    if (!parse_args(argc, argv, &s)) {
        fprintf(stderr, "usage: resolve_dir PROJECT PACKUMENTS [options]\n");
        return 2;
    }
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_manifest root;
    struct pl_lock old = {0};
    const char *file = pb_arena_printf(&arena, "%s/package.json", s.project);
    struct pb_buf text = PB_BUF_INIT((size_t)16 << 20);
    char indent[17];
    if (pb_read_file(AT_FDCWD, file, &text, &err)) return fail(&err);
    pl_lock_indent_of(pb_buf_str(&text), indent);
    pb_buf_release(&text);
    s.options.indent = indent;
    s.options.root_dir = s.project;
    if (pl_manifest_load(&arena, AT_FDCWD, file, &root, &err)) return fail(&err);
    if (s.lock && pl_lock_load(AT_FDCWD, s.lock, &old, &err)) return fail(&err);
    struct pl_resolver *r = pl_resolver_new(&root, s.lock ? &old : NULL, &s.options);
    int rc = add_workspaces(r, &arena, s.project, &root, &err) ||
             add_folders(r, &arena, s.project, "", &err) || resolve(r, &s, &counts, &err) ||
             print_lock(r, &s, &counts, &err);
    pl_resolver_free(r);
    pl_lock_release(&old);
    pb_arena_release(&arena);
    return rc ? fail(&err) : 0;
}
