/* SPDX-License-Identifier: MIT */
#include "script.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FILE_BYTES (4u << 20)
#define WAIT_NS (20 * PB_NS_PER_S)

static const char *path_of(struct scenario *s, struct pb_str path)
{
    return pb_arena_cstr(&s->arena, path);
}

/* "file PATH TEXT": one line. "\n" in the text is a line break; @URL the registry's address. */
int step_file(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    const char *path = path_of(s, take_word(&args));
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_FILE_BYTES);
    for (size_t i = 0; i < args.n; i++) {
        bool is_break = args.p[i] == '\\' && i + 1 < args.n && args.p[i + 1] == 'n';
        if (pb_str_starts(pb_str_skip(args, i), "@URL")) {
            pb_buf_add_cstr(&text, mock_registry_url(s->registry));
            i += 3;
            continue;
        }
        pb_buf_add_char(&text, is_break ? '\n' : args.p[i]);
        i += is_break;
    }
    const char *slash = strrchr(path, '/');
    if (slash) {
        const char *folder = path_of(s, pb_strn(path, (size_t)(slash - path)));
        if (pb_mkdir_p(s->projectfd, folder, err) != 0) return -1;
    }
    return pb_write_file(s->projectfd, path, pb_buf_str(&text), 0644, err);
}

int step_symlink(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    const char *path = path_of(s, take_word(&args));
    if (symlinkat(path_of(s, args), s->projectfd, path) == 0) return 0;
    return pb_err_sys(err, errno, "link %s", path);
}

int step_remove(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    return pb_remove_tree(s->projectfd, path_of(s, args), err);
}

/* "replace FILE OLD NEW": every OLD; @URL stands for the registry's address. */
int step_replace(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    const char *path = path_of(s, take_word(&args));
    struct pb_str old = take_word(&args);
    if (pb_str_is(old, "@URL")) old = pb_str(mock_registry_url(s->registry));
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_FILE_BYTES);
    PB_AUTO_BUF struct pb_buf changed = PB_BUF_INIT(MAX_FILE_BYTES);
    if (pb_read_file(s->projectfd, path, &text, err) != 0) return -1;
    struct pb_str rest = pb_buf_str(&text);
    for (ptrdiff_t at; (at = pb_str_search(rest, old)) >= 0;
         rest = pb_str_skip(rest, (size_t)at + old.n)) {
        pb_buf_add_str(&changed, pb_strn(rest.p, (size_t)at));
        pb_buf_add_str(&changed, args);
    }
    if (rest.n == text.n) return pb_err_set(err, PB_E_CHILD, "nothing to replace in %s", path);
    pb_buf_add_str(&changed, rest);
    return pb_write_file(s->projectfd, path, pb_buf_str(&changed), 0644, err);
}

int step_exists(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    if (pb_exists(s->projectfd, path_of(s, args))) return 0;
    return pb_err_set(err, PB_E_CHILD, PB_FMT " does not exist", PB_ARG(args));
}

int step_missing(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    if (!pb_exists(s->projectfd, path_of(s, args))) return 0;
    return pb_err_set(err, PB_E_CHILD, PB_FMT " exists", PB_ARG(args));
}

int step_wait_for(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    int64_t end = pb_now_ns() + WAIT_NS;
    const char *path = path_of(s, args);
    while (!pb_exists(s->projectfd, path)) {
        if (pb_now_ns() > end) return pb_err_set(err, PB_E_TIMEOUT, "%s does not appear", path);
        pb_sleep_ns(5 * PB_NS_PER_MS);
    }
    return 0;
}

static int search(struct scenario *s, struct pb_str args, bool wanted, struct pb_err *err)
{
    const char *path = path_of(s, take_word(&args));
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_FILE_BYTES);
    if (pb_read_file(s->projectfd, path, &text, err) != 0) return -1;
    if ((pb_str_search(pb_buf_str(&text), args) >= 0) == wanted) return 0;
    return pb_err_set(err, PB_E_CHILD, "%s %s \"" PB_FMT "\":\n%.400s", path,
                      wanted ? "does not have" : "has", PB_ARG(args), text.p ? text.p : "");
}

int step_has(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    return search(s, args, true, err);
}

int step_lacks(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    return search(s, args, false, err);
}

/* "version FOLDER VERSION": of the package.json in there. */
int step_version(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    const char *folder = path_of(s, take_word(&args));
    const char *path = pb_arena_printf(&s->arena, "%s/package.json", folder);
    struct pb_json doc;
    if (pb_json_load(&doc, s->projectfd, path, MAX_FILE_BYTES, err) != 0) return -1;
    const char *found = pb_json_cstr(doc.root, "version");
    int rc = 0;
    if (!found || !pb_str_is(args, found))
        rc = pb_err_set(err, PB_E_CHILD, "%s has version %s, not " PB_FMT, folder,
                        found ? found : "(none)", PB_ARG(args));
    pb_json_free(&doc);
    return rc;
}

/* "link PATH TARGET": a symbolic link with exactly this text. */
int step_link(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    const char *path = path_of(s, take_word(&args));
    char found[PATH_MAX];
    ssize_t n = readlinkat(s->projectfd, path, found, sizeof found);
    if (n < 0) return pb_err_sys(err, errno, "read the link %s", path);
    if (pb_str_eq(pb_strn(found, (size_t)n), args)) return 0;
    return pb_err_set(err, PB_E_CHILD, "%s leads to %.*s, not " PB_FMT, path, (int)n, found,
                      PB_ARG(args));
}

static int skip(struct scenario *s, const char *why)
{
    s->skipped = true;
    snprintf(s->skip_reason, sizeof s->skip_reason, "%s", why);
    return 0;
}

/* Mounts are made in a namespace of our own and vanish with the process. */
static bool enter_namespace(void)
{
    static bool is_in;
    if (!is_in)
        is_in =
            unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    return is_in;
}

static const char *absolute(struct scenario *s, struct pb_str path)
{
    return pb_arena_printf(&s->arena, "%s/" PB_FMT, s->dir, PB_ARG(path));
}

/* By its full path: a descriptor from before the mount leads below it. */
static int reopen_project(struct scenario *s, struct pb_err *err)
{
    pb_cleanup_close(&s->projectfd);
    s->projectfd = pb_open_dir(AT_FDCWD, absolute(s, PB_LIT("project")), err);
    return s->projectfd < 0 ? -1 : 0;
}

/* "read-only DIR", relative to the scenario's folder; root needs a mount for it. */
int step_read_only(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    const char *path = absolute(s, args);
    if (geteuid() != 0)
        return chmod(path, 0555) == 0 ? 0 : pb_err_sys(err, errno, "chmod %s", path);
    if (!enter_namespace() || mount(path, path, NULL, MS_BIND, NULL) != 0 ||
        mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) != 0)
        return skip(s, "read-only: cannot mount here");
    s->mounted = path;
    return reopen_project(s, err);
}

/* "small-disk DIR SIZE": an empty tmpfs in its place. */
int step_small_disk(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    const char *path = absolute(s, take_word(&args));
    const char *options = pb_arena_printf(&s->arena, "size=" PB_FMT, PB_ARG(args));
    if (pb_mkdir_p(AT_FDCWD, path, err) != 0) return -1;
    if (geteuid() != 0 || !enter_namespace() || mount("none", path, "tmpfs", 0, options) != 0)
        return skip(s, "small-disk: needs root to mount a tmpfs");
    s->mounted = path;
    return reopen_project(s, err);
}

static unsigned doomed_count; /* nftw() hands nothing through */

static int remove_doomed(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    if (type != FTW_F || strcmp(path + at->base, "00") != 0) return 0;
    doomed_count++;
    return unlink(path);
}

/* "damage-store": takes the first file out of every box of the store. */
int step_damage_store(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    (void)args;
    doomed_count = 0;
    if (nftw(absolute(s, PB_LIT("store/v4/files")), remove_doomed, 16, FTW_PHYS) == 0 &&
        doomed_count > 0)
        return 0;
    return pb_err_set(err, PB_E_CHILD, "no file in the store to damage");
}

static int read_lock(struct scenario *s, struct pb_str *out, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_FILE_BYTES);
    if (pb_read_file(s->projectfd, "package-lock.json", &text, err) != 0) return -1;
    *out = pb_arena_str(&s->arena, pb_buf_str(&text));
    return 0;
}

int step_keep_lock(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    (void)args;
    return read_lock(s, &s->kept_lock, err);
}

int step_lock_unchanged(struct scenario *s, struct pb_str args, struct pb_err *err)
{
    (void)args;
    struct pb_str now;
    if (read_lock(s, &now, err) != 0) return -1;
    if (pb_str_eq(now, s->kept_lock)) return 0;
    return pb_err_set(err, PB_E_CHILD, "package-lock.json has changed:\n" PB_FMT, PB_ARG(now));
}
