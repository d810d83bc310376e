/* SPDX-License-Identifier: MIT */
#include "installer/install/stamp_folders.h"

#include "base/map.h"
#include "installer/install/tree_state.h"

#include <fcntl.h>
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
/* The threads take a step of the paths at a time: how long a second one needs to begin differs by
 * more than it takes to look at them. */
#define STEP_BYTES ((size_t)4 << 10)

static bool stands(const struct pl_stamp_look *l, const char *path)
{
    struct stat st;
    if (fstatat(l->dirfd, path, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(st.st_mode))
        return false;
    return st.st_mtim.tv_sec != l->since.tv_sec ? st.st_mtim.tv_sec < l->since.tv_sec
                                                : st.st_mtim.tv_nsec <= l->since.tv_nsec;
}

/* The first path of a step: the first that begins there. */
static const char *step_begin(const struct pl_stamp_look *l, size_t step)
{
    const char *end = l->paths.p + l->paths.n;
    if (step == 0) return l->paths.p;
    if (step > l->paths.n / STEP_BYTES) return end;
    const char *at = l->paths.p + step * STEP_BYTES - 1;
    return (const char *)memchr(at, '\0', (size_t)(end - at)) + 1; /* the last path ends with one */
}

static void *look(void *user)
{
    struct pl_stamp_look *l = user;
    const char *end = l->paths.p + l->paths.n;
    while (atomic_load(&l->stand)) {
        size_t step = atomic_fetch_add(&l->next_step, 1);
        const char *at = step_begin(l, step), *stop = step_begin(l, step + 1);
        if (at == end) break;
        for (; at < stop; at += strlen(at) + 1)
            if (!stands(l, at)) atomic_store(&l->stand, false);
    }
    return NULL;
}

void pl_stamp_look_begin(struct pl_stamp_look *l, int dirfd, struct pb_str paths)
{
    struct stat st;
    *l = (struct pl_stamp_look){.dirfd = dirfd, .paths = paths};
    bool has_lock = fstatat(dirfd, PL_HIDDEN_LOCK, &st, AT_SYMLINK_NOFOLLOW) == 0;
    atomic_store(&l->stand, has_lock);
    if (!has_lock) return;
    l->since = st.st_mtim;
    l->has_second = paths.n >= BYTES_FOR_TWO && pthread_create(&l->second, NULL, look, l) == 0;
}

bool pl_stamp_look_end(struct pl_stamp_look *l, bool is_wanted)
{
    if (!is_wanted) atomic_store(&l->stand, false);
    (void)look(l);
    if (l->has_second) (void)pthread_join(l->second, NULL);
    return atomic_load(&l->stand);
}
