/* SPDX-License-Identifier: MIT */
#include "installer/install/tree_state.h"

#include "base/clock.h"
#include "base/fs.h"
#include "installer/install/links.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_LOCK_BYTES (256ull << 20)
#define TICKS_MAX_MS 20 /* a kernel that ticks 100 times a second needs 10 */

static bool is_newer(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

static bool is_same_content(const struct pl_lock_entry *a, const struct pl_lock_entry *b)
{
    if (a->link || b->link) return a->link == b->link && pb_str_eq(a->resolved, b->resolved);
    if (!pb_str_eq(a->name, b->name)) return false;
    if (!pb_str_eq(a->manifest.version, b->manifest.version)) return false;
    if (a->integrity.n > 0 && b->integrity.n > 0) return pb_str_eq(a->integrity, b->integrity);
    return pb_str_eq(a->resolved, b->resolved);
}

/* The package's own folder, or the link, as it was left. */
static bool stands(int root_dirfd, const struct pl_wanted *item, const struct timespec *since)
{
    struct stat st;
    const char *path = item->path;
    if (item->kind == PL_WANTED_LINK)
        return pl_link_stands(root_dirfd, path, item->entry->resolved);
    if (fstatat(root_dirfd, path, &st, AT_SYMLINK_NOFOLLOW) != 0) return false;
    return S_ISDIR(st.st_mode) && !is_newer(&st.st_mtim, since);
}

static void mark_kept(int root_dirfd, struct pl_wanted_tree *tree, const struct pl_lock *hidden,
                      const struct timespec *since)
{
    for (size_t i = 0; i < hidden->n; i++) {
        const struct pl_lock_entry *old = &hidden->entries[i];
        struct pl_wanted *item = pl_wanted_find(tree, old->path);
        if (!item || item->kind == PL_WANTED_LOCAL || item->kind == PL_WANTED_SKIPPED) continue;
        item->was_here = true;
        bool parent_kept = item->parent == 0 || tree->items[item->parent].is_kept;
        item->is_kept = parent_kept && is_same_content(item->entry, old) &&
                        (item->kind == PL_WANTED_BUNDLED || stands(root_dirfd, item, since));
    }
}

static size_t count_removed(const struct pl_wanted_tree *tree, const struct pl_lock *hidden)
{
    size_t n = 0;
    for (size_t i = 0; i < hidden->n; i++) {
        const struct pl_wanted *item = pl_wanted_find(tree, hidden->entries[i].path);
        n += !item || item->kind == PL_WANTED_SKIPPED;
    }
    return n;
}

static size_t count_missing(const struct pl_wanted_tree *tree)
{
    size_t n = 0;
    for (size_t i = 0; i < tree->n; i++) {
        const struct pl_wanted *item = &tree->items[i];
        n += (item->kind == PL_WANTED_PACKAGE || item->kind == PL_WANTED_LINK) && !item->is_kept;
    }
    return n;
}

/* Each node_modules or scope folder once: the places of one folder lie side by side. */
static bool are_folders_clean(int root_dirfd, const struct pl_wanted_tree *tree,
                              const struct timespec *since)
{
    struct pb_str last = {0};
    struct pb_arena arena = PB_ARENA_INIT;
    bool clean = true;
    for (size_t i = 0; i < tree->n && clean; i++) {
        const struct pl_wanted *item = &tree->items[i];
        ptrdiff_t slash = pb_str_rfind(item->entry->path, '/');
        struct pb_str folder = pb_strn(item->entry->path.p, slash > 0 ? (size_t)slash : 0);
        if (item->kind == PL_WANTED_LOCAL || item->kind == PL_WANTED_SKIPPED) continue;
        if (last.p && pb_str_eq(folder, last)) continue;
        last = folder;
        struct stat st;
        const char *path = pb_arena_cstr(&arena, folder);
        clean = fstatat(root_dirfd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode) &&
                !is_newer(&st.st_mtim, since);
    }
    pb_arena_release(&arena);
    return clean;
}

/* As npm reads it: a hidden lockfile that is damaged counts as none. */
static bool load_hidden(int root_dirfd, struct pl_lock *hidden, struct timespec *since)
{
    struct stat st;
    struct pb_err ignored = PB_ERR_INIT;
    if (fstatat(root_dirfd, PL_HIDDEN_LOCK, &st, AT_SYMLINK_NOFOLLOW) != 0) return false;
    *since = st.st_mtim;
    return S_ISREG(st.st_mode) && pl_lock_load(root_dirfd, PL_HIDDEN_LOCK, hidden, &ignored) == 0;
}

static int check_modules_folder(int root_dirfd, struct pb_err *err)
{
    struct stat st;
    if (fstatat(root_dirfd, "node_modules", &st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : pb_err_sys(err, errno, "look at node_modules");
    if (S_ISDIR(st.st_mode)) return 0;
    return pb_err_set(err, PB_E_CONFLICT,
                      "look at node_modules: it is no folder (a symbolic link is not followed): "
                      "remove it");
}

int pl_tree_state_read(int root_dirfd, struct pl_wanted_tree *tree, struct pl_tree_state *out,
                       struct pb_err *err)
{
    *out = (struct pl_tree_state){0};
    if (check_modules_folder(root_dirfd, err) != 0) return -1;
    struct pl_lock hidden = {0};
    struct timespec since;
    out->is_known = load_hidden(root_dirfd, &hidden, &since);
    if (out->is_known) {
        mark_kept(root_dirfd, tree, &hidden, &since);
        out->is_clean = are_folders_clean(root_dirfd, tree, &since);
        out->removed = count_removed(tree, &hidden);
    }
    out->missing = count_missing(tree);
    pl_lock_release(&hidden);
    return 0;
}

int pl_tree_state_forget(int root_dirfd, struct pb_err *err)
{
    if (unlinkat(root_dirfd, PL_HIDDEN_LOCK, 0) == 0 || errno == ENOENT || errno == ENOTDIR)
        return 0;
    return pb_err_sys(err, errno, "remove %s", PL_HIDDEN_LOCK);
}

static bool is_recorded(const struct pl_wanted *item)
{
    return item->entry->path.n > 0 && item->kind != PL_WANTED_SKIPPED;
}

/* File times come from a clock that ticks every few milliseconds. A change right after this install
 * must get a later time than the state has, or the next install would not see it. */
static void wait_for_later_times(int root_dirfd)
{
    struct stat st;
    struct timespec now;
    if (fstatat(root_dirfd, PL_HIDDEN_LOCK, &st, AT_SYMLINK_NOFOLLOW) != 0) return;
    for (int i = 0; i < TICKS_MAX_MS; i++) {
        if (clock_gettime(CLOCK_REALTIME_COARSE, &now) != 0 || is_newer(&now, &st.st_mtim)) return;
        pb_sleep_ns(PB_NS_PER_MS);
    }
}

int pl_tree_state_write(int root_dirfd, const struct pl_wanted_tree *tree, struct pb_err *err)
{
    struct pl_lock hidden = *tree->lock;
    hidden.arena = PB_ARENA_INIT;
    hidden.lockfile_version = PL_LOCK_VERSION;
    hidden.entries = PB_ARENA_ARRAY(&hidden.arena, struct pl_lock_entry, tree->n);
    hidden.n = 0;
    for (size_t i = 0; i < tree->n; i++)
        if (is_recorded(&tree->items[i])) hidden.entries[hidden.n++] = *tree->items[i].entry;

    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_LOCK_BYTES);
    pl_lock_print(&hidden, &text);
    pb_arena_release(&hidden.arena);
    if (!pb_buf_ok(&text))
        return pb_err_set(err, PB_E_LIMIT, "write %s: too large", PL_HIDDEN_LOCK);
    if (pb_write_file_atomic(root_dirfd, PL_HIDDEN_LOCK, pb_buf_str(&text), 0666, err) != 0)
        return -1;
    /* The rename touched node_modules: the file must not be older. */
    if (utimensat(root_dirfd, PL_HIDDEN_LOCK, NULL, 0) != 0)
        return pb_err_sys(err, errno, "set the time of %s", PL_HIDDEN_LOCK);
    wait_for_later_times(root_dirfd);
    return 0;
}
