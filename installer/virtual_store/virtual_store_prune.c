/* SPDX-License-Identifier: MIT */
#include "base/arena.h"
#include "base/fs.h"
#include "base/map.h"
#include "base/mem.h"
#include "installer/virtual_store/virtual_store_internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

/* Mark and sweep: from the links of the projects through the links of the entries. */
struct prune {
    struct pl_virtual_store *vs;
    struct pb_arena arena;
    struct pb_map used;   /* keys */
    struct pb_str *queue; /* the same, as they were found */
    size_t n, cap;
    struct pl_virtual_store_pruned *out;
};

int pl_virtual_store_each(const struct pl_virtual_store *vs, const char *folder,
                          pl_visit_name *visit, void *user, struct pb_err *err)
{
    int fd = openat(vs->dirfd, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)) return 0;
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        int why = errno;
        pb_cleanup_close(&fd);
        return pb_err_sys(err, why, "read %s/%s", vs->path, folder);
    }
    int rc = 0;
    for (struct dirent *e; rc == 0 && (e = readdir(dir)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            rc = visit(user, fd, folder, e, err);
    (void)closedir(dir);
    return rc;
}

/* --- mark --- */

/* "<key>" of ".../<key>/node_modules/<name>", which a link says. */
static void mark(struct prune *p, struct pb_str target)
{
    ptrdiff_t at = pb_str_search(target, PB_LIT("/node_modules/"));
    struct pb_str before = pb_strn(target.p, at > 0 ? (size_t)at : 0);
    struct pb_str key = pb_str_skip(before, (size_t)(pb_str_rfind(before, '/') + 1));
    if (key.n == 0 || pb_map_has(&p->used, key)) return;
    key = pb_arena_str(&p->arena, key);
    pb_map_put(&p->used, key, p);
    PB_GROW(p->queue, p->cap, p->n + 1);
    p->queue[p->n++] = key;
}

static struct pb_str read_link(int dirfd, const char *path, char text[PATH_MAX])
{
    ssize_t n = readlinkat(dirfd, path, text, PATH_MAX);
    return pb_strn(text, n > 0 ? (size_t)n : 0);
}

/* A scope's links are a folder down. */
static int mark_dependency(void *user, int dirfd, const char *folder, const struct dirent *e,
                           struct pb_err *err)
{
    struct prune *p = user;
    char text[PATH_MAX];
    if (e->d_name[0] == '@' && e->d_type != DT_LNK)
        return pl_virtual_store_each(p->vs, pb_arena_printf(&p->arena, "%s/%s", folder, e->d_name),
                                     mark_dependency, p, err);
    mark(p, read_link(dirfd, e->d_name, text));
    return 0;
}

/* Another version of a package itself is linked inside of it; it is the folder that is no link. */
static int mark_inside(void *user, int dirfd, const char *folder, const struct dirent *e,
                       struct pb_err *err)
{
    struct prune *p = user;
    (void)dirfd;
    if (e->d_type == DT_LNK) return 0;
    const char *path = pb_arena_printf(&p->arena, "%s/%s", folder, e->d_name);
    if (e->d_name[0] == '@') return pl_virtual_store_each(p->vs, path, mark_inside, p, err);
    return pl_virtual_store_each(p->vs, pb_arena_printf(&p->arena, "%s/node_modules", path),
                                 mark_dependency, p, err);
}

static int mark_entry(struct prune *p, struct pb_str key, struct pb_err *err)
{
    const char *modules = pb_arena_printf(&p->arena, PB_FMT "/node_modules", PB_ARG(key));
    if (pl_virtual_store_each(p->vs, modules, mark_dependency, p, err) != 0) return -1;
    return pl_virtual_store_each(p->vs, modules, mark_inside, p, err);
}

/* Whether any of the recorded links still leads here. The record ends with a NUL. */
static bool mark_links(struct prune *p, int project_dirfd, struct pb_str links)
{
    bool lead_here = false;
    for (const char *at = links.p; at < links.p + links.n; at += strlen(at) + 1) {
        char text[PATH_MAX];
        struct pb_str target = read_link(project_dirfd, at, text);
        if (pb_str_search(target, PB_LIT("/" PL_VIRTUAL_STORE_FOLDER "/")) < 0) continue;
        mark(p, target);
        lead_here = true;
    }
    return lead_here;
}

static int mark_project(void *user, int dirfd, const char *folder, const struct dirent *e,
                        struct pb_err *err)
{
    struct prune *p = user;
    (void)folder;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(PL_PROJECT_RECORD_BYTES_MAX);
    if (pb_read_file(dirfd, e->d_name, &text, err) != 0) return -1;
    if (text.n > 0 && text.p[text.n - 1] == '\0') {
        PB_AUTO_FD int project = open(text.p, O_PATH | O_DIRECTORY | O_CLOEXEC);
        struct pb_str links = pb_str_skip(pb_buf_str(&text), strlen(text.p) + 1);
        if (project >= 0 && mark_links(p, project, links)) return 0;
    }
    p->out->projects++;
    (void)unlinkat(dirfd, e->d_name, 0);
    return 0;
}

static int mark_all(struct prune *p, struct pb_err *err)
{
    if (pl_virtual_store_each(p->vs, PL_PROJECTS_FOLDER, mark_project, p, err) != 0) return -1;
    for (size_t i = 0; i < p->n; i++)
        if (mark_entry(p, p->queue[i], err) != 0) return -1;
    return 0;
}

/* --- sweep --- */

static void count(struct prune *p, const char *name)
{
    char *path = pb_arena_printf(&p->arena, "%s/%s", p->vs->path, name);
    FTS *fts = fts_open((char *[]){path, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    for (FTSENT *e; fts && (e = fts_read(fts)) != NULL;) {
        if (e->fts_info != FTS_F) continue;
        p->out->files++;
        p->out->bytes += (uint64_t)e->fts_statp->st_size;
    }
    if (fts) (void)fts_close(fts);
    p->out->entries++;
}

static int sweep(void *user, int dirfd, const char *folder, const struct dirent *e,
                 struct pb_err *err)
{
    struct prune *p = user;
    const char *name = e->d_name;
    (void)folder;
    if (strcmp(name, PL_PROJECTS_FOLDER) == 0 || pb_map_has(&p->used, pb_str(name))) return 0;
    count(p, name);
    return pb_remove_tree(dirfd, name, err);
}

int pl_virtual_store_prune(const char *store_path, struct pl_virtual_store_pruned *out,
                           struct pb_err *err)
{
    *out = (struct pl_virtual_store_pruned){0};
    struct prune p = {.out = out};
    if (!pb_is_dir(AT_FDCWD,
                   pb_arena_printf(&p.arena, "%s/" PL_VIRTUAL_STORE_FOLDER, store_path))) {
        pb_arena_release(&p.arena);
        return 0;
    }
    p.vs = pl_virtual_store_open_locked(store_path, LOCK_EX, err);
    int rc = p.vs ? mark_all(&p, err) : -1;
    if (rc == 0) rc = pl_virtual_store_each(p.vs, ".", sweep, &p, err);
    free(p.queue);
    pb_map_release(&p.used);
    pb_arena_release(&p.arena);
    pl_virtual_store_close(p.vs);
    return rc;
}
