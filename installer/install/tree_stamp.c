/* SPDX-License-Identifier: MIT */
#include "installer/install/tree_stamp.h"

#include "base/fs.h"
#include "base/mem.h"
#include "base/term.h"
#include "installer/install/install_internal.h"
#include "installer/install/node_version.h"
#include "installer/install/stamp_folders.h"
#include "installer/install/tree_state.h"
#include "installer/version.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "trees"
#define MAX_STAMP_BYTES (64u << 20)

static bool is_before(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* Where the stamp is; NULL: the project's folder has no path. Two projects that come to the same
 * number take turns: a stamp begins with the path. */
static const char *place_of(struct install *in, const char **project)
{
    PB_AUTO_FREE char *path = pb_real_path(in->set->project_dir, NULL);
    if (!path) return NULL;
    *project = pb_arena_cstr(&in->arena, pb_str(path));
    return pb_arena_printf(&in->arena, "%s/" FOLDER "/%016" PRIx64, in->set->cache_dir,
                           pb_str_hash(pb_str(path)));
}

/* --- what the tree was made from --- */

static void add_settings(struct install *in, struct pb_buf *out)
{
    const struct pl_install_settings *set = in->set;
    const char *allowed = pl_config_get(set->config, "allow-scripts");
    struct pb_str node = pl_node_version(&in->arena, set->cache_dir);
    pb_buf_printf(out,
                  "%s node=" PB_FMT " linker=%d omit=%d%d%d force=%d strict=%d lock=%d%d%d,%d ",
                  pl_program_version(), PB_ARG(node), (int)set->linker, set->omit_dev,
                  set->omit_optional, set->omit_peer, set->force, set->engine_strict, set->use_lock,
                  set->ignore_resolutions, set->install_links, set->lockfile_version);
    pb_buf_printf(out, "scripts=%d%d,%s store=%s\n", set->ignore_scripts,
                  pl_config_bool(set->config, "dangerously-allow-all-scripts", false),
                  allowed ? allowed : "", set->store_dir);
}

/* *is_vouched: it did not change since the install began. */
static void add_file(struct install *in, const char *path, struct pb_buf *out, bool *is_vouched)
{
    struct stat st;
    if (fstatat(in->root_dirfd, path, &st, 0) != 0) {
        pb_buf_printf(out, "%s -\n", path);
        return;
    }
    pb_buf_printf(out, "%s %llu %llu %lld.%09ld %lld.%09ld\n", path, (unsigned long long)st.st_ino,
                  (unsigned long long)st.st_size, (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
                  (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
    *is_vouched = *is_vouched && is_before(&st.st_ctim, &in->started);
}

static void add_manifests(struct install *in, const struct pl_workspaces *list, struct pb_buf *out,
                          bool *is_vouched)
{
    for (size_t i = 0; i < list->n; i++)
        add_file(in,
                 pb_arena_printf(&in->arena, PB_FMT "/package.json", PB_ARG(list->items[i].path)),
                 out, is_vouched);
}

/* The hidden lockfile is written by the install itself, which waits until a change gets a later
 * time. */
static bool add_inputs(struct install *in, const char *project, struct pb_buf *out)
{
    bool is_vouched = true, ignored = true;
    pb_buf_printf(out, "%s\n", project);
    add_settings(in, out);
    add_file(in, PL_HIDDEN_LOCK, out, &ignored);
    add_file(in, "package.json", out, &is_vouched);
    add_file(in, "npm-shrinkwrap.json", out, &is_vouched);
    add_file(in, "package-lock.json", out, &is_vouched);
    add_manifests(in, &in->workspaces, out, &is_vouched);
    add_manifests(in, &in->folders, out, &is_vouched);
    pb_buf_add_char(out, '\0');
    return is_vouched && pb_buf_ok(out);
}

/* --- the check --- */

/* "<packages>\0<warnings>\0<warning>\0..." in front of the paths. The text ends with a NUL. */
static bool read_head(struct install *in, struct pb_str *rest, uint64_t *packages,
                      struct pl_strs *unfit)
{
    struct pb_str field;
    uint64_t warnings;
    if (!pb_str_split(rest, '\0', &field) || !pb_str_u64(field, packages)) return false;
    if (!pb_str_split(rest, '\0', &field) || !pb_str_u64(field, &warnings)) return false;
    for (uint64_t i = 0; i < warnings; i++) {
        if (!pb_str_split(rest, '\0', &field)) return false;
        pl_strs_add(&in->arena, unfit, pb_arena_cstr(&in->arena, field));
    }
    return true;
}

/* Scripts of linked folders may make bins: that needs the tree. */
static bool have_scripts(const struct pl_workspaces *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (list->items[i].manifest.scripts.n > 0) return true;
    return false;
}

static bool is_for(const struct install *in)
{
    bool runs_scripts =
        !in->set->ignore_scripts && (have_scripts(&in->workspaces) || have_scripts(&in->folders));
    return in->set->action == PL_ACTION_INSTALL && in->set->use_lock && !in->set->edit &&
           !in->set->rebuild && !runs_scripts;
}

/* What the stamp says besides its inputs. */
struct stamp {
    struct pb_str inputs, folders;
    uint64_t packages;
    struct pl_strs unfit;
};

static bool read_stamp(struct install *in, struct pb_str text, struct stamp *out)
{
    if (text.n == 0 || text.p[text.n - 1] != '\0') return false;
    out->folders = text;
    return pb_str_split(&out->folders, '\0', &out->inputs) &&
           read_head(in, &out->folders, &out->packages, &out->unfit);
}

/* The look begins before it is known that the inputs are the same: the second thread's beginning
 * takes as long as reading them. */
static bool holds(struct install *in, const char *project, const struct stamp *stamp)
{
    PB_AUTO_BUF struct pb_buf inputs = PB_BUF_INIT(MAX_STAMP_BYTES);
    struct pl_stamp_look look;
    bool is_here = strcmp(in->set->project_dir, ".") == 0;
    pl_stamp_look_begin(&look, is_here ? AT_FDCWD : in->root_dirfd, stamp->folders);
    (void)add_inputs(in, project, &inputs);
    struct pb_str now = pb_buf_str(&inputs);
    bool are_same = now.n == stamp->inputs.n + 1 && memcmp(now.p, stamp->inputs.p, now.n) == 0;
    return pl_stamp_look_end(&look, are_same);
}

bool pl_tree_stamp_holds(struct install *in)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_STAMP_BYTES);
    struct pb_err ignored = PB_ERR_INIT;
    struct stamp stamp = {0};
    const char *project, *path = is_for(in) ? place_of(in, &project) : NULL;
    if (!path || pb_read_file(AT_FDCWD, path, &text, &ignored) != 0) return false;
    if (!read_stamp(in, pb_buf_str(&text), &stamp) || !holds(in, project, &stamp)) return false;
    for (size_t i = 0; i < stamp.unfit.n; i++)
        pl_result_warn(in->result, "%s", stamp.unfit.items[i].p);
    in->result->packages = stamp.packages;
    in->result->up_to_date = in->result->by_stamp = true;
    return true;
}

/* --- the note --- */

void pl_tree_stamp_note(struct install *in, const struct pl_layout *layout)
{
    if (in->result->skipped_optional > 0) return; /* the next install tries again */
    in->stamp = PB_BUF_INIT(MAX_STAMP_BYTES);
    pb_buf_printf(&in->stamp, "%llu", (unsigned long long)in->result->packages);
    pb_buf_add_char(&in->stamp, '\0');
    pb_buf_printf(&in->stamp, "%zu", in->unfit.n);
    pb_buf_add_char(&in->stamp, '\0');
    for (size_t i = 0; i < in->unfit.n; i++) {
        pb_buf_add_str(&in->stamp, in->unfit.items[i]);
        pb_buf_add_char(&in->stamp, '\0');
    }
    pl_stamp_folders_note(&in->stamp, layout);
}

void pl_tree_stamp_write(struct install *in)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_STAMP_BYTES);
    struct pb_err err = PB_ERR_INIT;
    bool is_there = pb_exists(in->root_dirfd, PL_HIDDEN_LOCK);
    if (in->stamp.n == 0 || !is_there || !is_for(in)) return;
    const char *project, *path = place_of(in, &project);
    if (!path || !add_inputs(in, project, &text)) return;
    pb_buf_add_str(&text, pb_buf_str(&in->stamp));
    const char *folder = pb_arena_printf(&in->arena, "%s/" FOLDER, in->set->cache_dir);
    if (!pb_buf_ok(&text)) return;
    if (pb_mkdir_p(AT_FDCWD, folder, &err) != 0 ||
        pb_write_file_atomic(AT_FDCWD, path, pb_buf_str(&text), 0666, &err) != 0)
        pb_debug("tree stamp: %s", err.msg);
}

/* --- old ones --- */

/* Whether the project that a stamp begins with is still there. */
static bool is_of_a_project(int dirfd, const char *name)
{
    char text[PATH_MAX + 1];
    PB_AUTO_FD int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text);
    const char *end = n > 0 ? memchr(text, '\n', (size_t)n) : NULL;
    if (!end || text[0] != '/') return false;
    text[end - text] = '\0';
    PB_AUTO_FD int project = open(text, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return project >= 0 && pb_exists(project, PL_HIDDEN_LOCK);
}

int pl_tree_stamps_prune(const char *cache_dir, uint64_t *removed, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    const char *folder = pb_arena_printf(&arena, "%s/" FOLDER, cache_dir);
    DIR *dir = opendir(folder);
    int rc = dir || errno == ENOENT ? 0 : pb_err_sys(err, errno, "list %s", folder);
    for (struct dirent *e; dir && (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.' || is_of_a_project(dirfd(dir), e->d_name)) continue;
        *removed += unlinkat(dirfd(dir), e->d_name, 0) == 0;
    }
    if (dir) closedir(dir);
    pb_arena_release(&arena);
    return rc;
}
