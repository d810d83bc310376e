/* SPDX-License-Identifier: MIT */
#include "installer/virtual_store/virtual_store.h"

#include "base/digest.h"
#include "base/fs.h"
#include "base/mem.h"
#include "installer/virtual_store/virtual_store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* 1985-10-26T08:15:00Z, what npm gives to the files of its tarballs: no folder gets it by itself.
 */
#define SEALED_AT 499162500

/* What tells this boot of the machine from others, as nanoseconds; 0 where the kernel does not say.
 */
static long boot_ns(void)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(64);
    if (pb_read_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id", &text, NULL) != 0) return 0;
    return (long)(pb_str_hash(pb_buf_str(&text)) % 1000000000);
}

static int lock_folder(struct pl_virtual_store *vs, int kind, struct pb_err *err)
{
    while (flock(vs->dirfd, kind) != 0)
        if (errno != EINTR) return pb_err_sys(err, errno, "lock the virtual store %s", vs->path);
    return 0;
}

static int open_folder(struct pl_virtual_store *vs, const char *path, struct pb_err *err)
{
    if (pb_mkdir_p(AT_FDCWD, path, err) != 0) return -1;
    vs->dirfd = pb_open_dir(AT_FDCWD, path, err);
    if (vs->dirfd < 0) return -1;
    vs->path = pb_real_path(path, err);
    if (!vs->path) return -1;
    if (getrandom(&vs->unique, sizeof vs->unique, 0) != (ssize_t)sizeof vs->unique)
        return pb_err_sys(err, errno, "no random numbers");
    vs->boot_ns = boot_ns();
    return 0;
}

struct pl_virtual_store *pl_virtual_store_open_locked(const char *store_path, int lock_kind,
                                                      struct pb_err *err)
{
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%s/" PL_VIRTUAL_STORE_FOLDER, store_path);
    if (n < 0 || (size_t)n >= sizeof path) {
        pb_err_set(err, PB_E_LIMIT, "open the virtual store in %s: the path is too long",
                   store_path);
        return NULL;
    }
    struct pl_virtual_store *vs = pb_calloc(1, sizeof *vs);
    vs->dirfd = -1;
    if (open_folder(vs, path, err) == 0 && lock_folder(vs, lock_kind, err) == 0) return vs;
    (void)pb_err_wrap(err, "open the virtual store %s", path);
    pl_virtual_store_close(vs);
    return NULL;
}

struct pl_virtual_store *pl_virtual_store_open(const char *store_path, struct pb_err *err)
{
    return pl_virtual_store_open_locked(store_path, LOCK_SH, err);
}

void pl_virtual_store_close(struct pl_virtual_store *vs)
{
    if (!vs) return;
    pb_cleanup_close(&vs->dirfd); /* also unlocks */
    free(vs->path);
    free(vs);
}

int pl_virtual_store_dirfd(const struct pl_virtual_store *vs)
{
    return vs->dirfd;
}

const char *pl_virtual_store_path(const struct pl_virtual_store *vs)
{
    return vs->path;
}

/* --- the seal --- */

static enum pl_entry_state look(const struct pl_virtual_store *vs, const char *path)
{
    struct stat st;
    if (fstatat(vs->dirfd, path, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(st.st_mode) ||
        st.st_mtim.tv_sec != SEALED_AT)
        return PL_ENTRY_MISSING;
    return st.st_mtim.tv_nsec == vs->boot_ns ? PL_ENTRY_GOOD : PL_ENTRY_UNPROVEN;
}

static int seal(const struct pl_virtual_store *vs, const char *path, struct pb_err *err)
{
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
                                      {.tv_sec = SEALED_AT, .tv_nsec = vs->boot_ns}};
    if (utimensat(vs->dirfd, path, times, AT_SYMLINK_NOFOLLOW) == 0) return 0;
    return pb_err_sys(err, errno, "set the time of %s", path);
}

/* "<key>/node_modules/<name>"; *modules_n: without the name. */
static bool path_of(const char *key, struct pb_str name, char path[PATH_MAX], size_t *modules_n)
{
    static const char part[] = "/node_modules";
    size_t key_n = strlen(key);
    *modules_n = key_n + sizeof part - 1;
    if (*modules_n + name.n + 2 > PATH_MAX) return false;
    memcpy(path, key, key_n);
    memcpy(path + key_n, part, sizeof part - 1);
    path[*modules_n] = '/';
    memcpy(path + *modules_n + 1, name.p, name.n);
    path[*modules_n + 1 + name.n] = '\0';
    return true;
}

enum pl_entry_state pl_virtual_store_look(const struct pl_virtual_store *vs, const char *key,
                                          struct pb_str name)
{
    char path[PATH_MAX];
    size_t modules_n;
    if (!path_of(key, name, path, &modules_n)) return PL_ENTRY_MISSING;
    enum pl_entry_state package = look(vs, path);
    path[modules_n] = '\0';
    enum pl_entry_state modules = look(vs, path);
    return package < modules ? package : modules;
}

static int seal_entry(const struct pl_virtual_store *vs, const char *key, struct pb_str name,
                      struct pb_err *err)
{
    char path[PATH_MAX];
    size_t modules_n;
    if (!path_of(key, name, path, &modules_n))
        return pb_err_set(err, PB_E_LIMIT, "seal %s: the path is too long", key);
    if (seal(vs, path, err) != 0) return -1;
    path[modules_n] = '\0';
    return seal(vs, path, err);
}

void pl_virtual_store_prove(struct pl_virtual_store *vs, const char *key, struct pb_str name)
{
    if (seal_entry(vs, key, name, NULL) != 0) return;
}

static int distrust(void *user, int dirfd, const char *folder, const struct dirent *e,
                    struct pb_err *err)
{
    char modules[PATH_MAX];
    (void)user;
    (void)folder;
    if (e->d_name[0] == '.') return 0;
    (void)snprintf(modules, sizeof modules, "%s/node_modules", e->d_name);
    if (utimensat(dirfd, modules, NULL, AT_SYMLINK_NOFOLLOW) == 0 || errno == ENOENT) return 0;
    return pb_err_sys(err, errno, "set the time of %s", modules);
}

int pl_virtual_store_distrust(const char *store_path, struct pb_err *err)
{
    struct pl_virtual_store *vs = pl_virtual_store_open(store_path, err);
    int rc = vs ? pl_virtual_store_each(vs, ".", distrust, NULL, err) : -1;
    pl_virtual_store_close(vs);
    return rc;
}

/* --- making an entry --- */

void pl_virtual_store_staged(const struct pl_virtual_store *vs, const char *key,
                             char out[PL_STAGED_KEY_MAX])
{
    (void)snprintf(out, PL_STAGED_KEY_MAX, PL_STAGED_PREFIX "%016llx-%s",
                   (unsigned long long)vs->unique, key);
}

/* For an instant nothing stands there where the file system cannot exchange two names. */
static int replace(struct pl_virtual_store *vs, const char *staged, const char *key,
                   struct pb_err *err)
{
    char old[PL_STAGED_KEY_MAX];
    if (renameat2(vs->dirfd, staged, vs->dirfd, key, RENAME_EXCHANGE) == 0)
        return pb_remove_tree(vs->dirfd, staged, err);
    (void)snprintf(old, sizeof old, PL_STAGED_PREFIX "%016llx-old", (unsigned long long)vs->unique);
    if (renameat(vs->dirfd, key, vs->dirfd, old) != 0 && errno != ENOENT)
        return pb_err_sys(err, errno, "move %s away", key);
    if (renameat(vs->dirfd, staged, vs->dirfd, key) != 0)
        return pb_err_sys(err, errno, "put %s in place", key);
    return pb_remove_tree(vs->dirfd, old, err);
}

int pl_virtual_store_publish(struct pl_virtual_store *vs, const char *key, struct pb_str name,
                             struct pb_err *err)
{
    char staged[PL_STAGED_KEY_MAX];
    pl_virtual_store_staged(vs, key, staged);
    if (seal_entry(vs, staged, name, err) != 0) return -1;
    /* A folder that is not empty is never replaced by a rename. */
    if (renameat(vs->dirfd, staged, vs->dirfd, key) == 0) return 0;
    if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR)
        return pb_err_sys(err, errno, "put %s in place", key);
    if (pl_virtual_store_look(vs, key, name) == PL_ENTRY_GOOD)
        return pb_remove_tree(vs->dirfd, staged, err);
    return replace(vs, staged, key, err);
}

/* --- projects --- */

int pl_virtual_store_register(struct pl_virtual_store *vs, const char *project,
                              const struct pl_strs *links, struct pb_err *err)
{
    uint8_t digest[PB_DIGEST_MAX];
    char hex[2 * PB_DIGEST_MAX + 1], path[sizeof hex + sizeof PL_PROJECTS_FOLDER + 1];
    pb_hex(digest, pb_digest_once(PB_SHA256, project, strlen(project), digest), hex);
    (void)snprintf(path, sizeof path, PL_PROJECTS_FOLDER "/%s", hex);
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(PL_PROJECT_RECORD_BYTES_MAX);
    pb_buf_add(&text, project, strlen(project) + 1);
    for (size_t i = 0; i < links->n; i++) {
        pb_buf_add_str(&text, links->items[i]);
        pb_buf_add_char(&text, '\0');
    }
    if (!pb_buf_ok(&text)) return pb_err_set(err, PB_E_LIMIT, "note %s: too many links", project);
    if (pb_mkdir_p(vs->dirfd, PL_PROJECTS_FOLDER, err) != 0) return -1;
    return pb_write_file_atomic(vs->dirfd, path, pb_buf_str(&text), 0666, err);
}
