/* SPDX-License-Identifier: MIT */
#include "installer/install/stamp_folders.h"

#include "base/map.h"
#include "installer/install/tree_state.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>

/* --- which --- */

static void add_path(struct pb_buf *out, struct pb_str path)
{
    pb_buf_add_str(out, path);
    pb_buf_add_char(out, '\0');
}

static void note_tree(struct pb_buf *out, const struct pl_wanted_tree *tree)
{
    struct pb_map seen = PB_MAP_INIT;
    for (size_t i = 1; i < tree->n; i++) {
        const struct pl_wanted *item = &tree->items[i];
        struct pb_str path = item->entry->path;
        ptrdiff_t slash = pb_str_rfind(path, '/');
        struct pb_str folder = pb_strn(path.p, slash > 0 ? (size_t)slash : 0);
        if (item->kind == PL_WANTED_LOCAL || item->kind == PL_WANTED_SKIPPED) continue;
        if (!pb_map_put(&seen, folder, out)) add_path(out, folder);
        if (item->kind == PL_WANTED_PACKAGE) add_path(out, path);
    }
    pb_map_release(&seen);
}

static void note_shared(struct pb_buf *out, const struct pl_layout *layout)
{
    for (size_t u = 0; layout->share.is_shared && u < layout->units.n; u++) {
        const struct pl_unit *unit = &layout->units.items[u];
        if (!layout->share.is_shared[u]) continue;
        pb_buf_printf(out, "%s/%s/node_modules/" PB_FMT, layout->share.path, unit->key,
                      PB_ARG(unit->place->entry->name));
        pb_buf_add_char(out, '\0');
    }
}

void pl_stamp_folders_note(struct pb_buf *out, const struct pl_layout *layout)
{
    note_tree(out, layout->tree);
    note_shared(out, layout);
}

/* --- whether they stand --- */

#define BYTES_FOR_TWO ((size_t)32 << 10) /* some 500 folders: a thread is dearer than less */

struct look {
    int root_dirfd;
    struct timespec since;
    struct pb_str paths;
    bool stand;
};

static bool stands(const struct look *l, const char *path)
{
    struct stat st;
    if (fstatat(l->root_dirfd, path, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(st.st_mode))
        return false;
    return st.st_mtim.tv_sec != l->since.tv_sec ? st.st_mtim.tv_sec < l->since.tv_sec
                                                : st.st_mtim.tv_nsec <= l->since.tv_nsec;
}

static void *look(void *user)
{
    struct look *l = user;
    const char *end = l->paths.p + l->paths.n;
    l->stand = true;
    for (const char *at = l->paths.p; at < end && l->stand; at += strlen(at) + 1)
        l->stand = stands(l, at);
    return NULL;
}

bool pl_stamp_folders_stand(int root_dirfd, struct pb_str paths)
{
    struct stat st;
    pthread_t thread;
    if (fstatat(root_dirfd, PL_HIDDEN_LOCK, &st, AT_SYMLINK_NOFOLLOW) != 0) return false;
    struct look first = {root_dirfd, st.st_mtim, paths, false};
    struct look second = {root_dirfd, st.st_mtim, {"", 0}, true};
    if (paths.n >= BYTES_FOR_TWO) {
        size_t half = paths.n / 2;
        half += strlen(paths.p + half) + 1;
        second.paths = pb_str_skip(paths, half);
        if (pthread_create(&thread, NULL, look, &second) == 0)
            first.paths.n = half;
        else
            second.paths.n = 0;
    }
    (void)look(&first);
    if (second.paths.n > 0) (void)pthread_join(thread, NULL);
    return first.stand && second.stand;
}
