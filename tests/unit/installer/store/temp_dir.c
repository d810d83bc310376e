/* SPDX-License-Identifier: MIT */
#include "temp_dir.h"

#include "base/fs.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct temp_dir temp_dir_new(void)
{
    struct pb_err err = PB_ERR_INIT;
    struct temp_dir dir;
    const char *parent = getenv("TMPDIR");
    cr_assert_eq(pb_make_temp_dir(parent ? parent : "/tmp", "pl-test-", &dir.path, &err), 0, "%s",
                 err.msg);
    dir.fd = pb_open_dir(AT_FDCWD, dir.path, &err);
    cr_assert_geq(dir.fd, 0, "%s", err.msg);
    return dir;
}

void temp_dir_remove(struct temp_dir *dir)
{
    struct pb_err err = PB_ERR_INIT;
    pb_cleanup_close(&dir->fd);
    cr_assert_eq(pb_remove_tree(AT_FDCWD, dir->path, &err), 0, "%s", err.msg);
    free(dir->path);
}

int unnamed_file(const void *data, size_t n)
{
    int fd = memfd_create("test", MFD_CLOEXEC);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, data, n), (ssize_t)n);
    return fd;
}

void read_text(int dirfd, const char *path, struct pb_buf *out)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_read_file(dirfd, path, out, &err), 0, "%s", err.msg);
}

void expect_text(int dirfd, const char *path, const char *want)
{
    struct pb_buf text PB_AUTO_BUF = PB_BUF_INIT(1 << 24);
    read_text(dirfd, path, &text);
    cr_assert(pb_str_is(pb_buf_str(&text), want), "%s holds \"%s\", not \"%s\"", path,
              text.p ? text.p : "", want);
}

void write_text(int dirfd, const char *path, const char *text)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_write_file(dirfd, path, pb_str(text), 0666, &err), 0, "%s", err.msg);
}

struct lines {
    char **items;
    size_t n, cap;
};

static void add_line(struct lines *lines, const char *path, const char *mark, const char *target)
{
    PB_GROW(lines->items, lines->cap, lines->n + 1);
    if (asprintf(&lines->items[lines->n++], "%s%s%s\n", path, mark, target) < 0) abort();
}

static void walk(int dirfd, const char *path, const char *shown, struct lines *lines)
{
    int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    cr_assert_geq(fd, 0, "cannot list %s", path);
    DIR *dir = fdopendir(fd);
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        char sub[4300], target[4300];
        (void)snprintf(sub, sizeof sub, "%s%s%s", shown, shown[0] ? "/" : "", e->d_name);
        struct stat st;
        cr_assert_eq(fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW), 0);
        ssize_t n = readlinkat(fd, e->d_name, target, sizeof target - 1);
        if (n >= 0) target[n] = '\0';
        if (n >= 0)
            add_line(lines, sub, " -> ", target);
        else
            add_line(lines, sub, S_ISDIR(st.st_mode) ? "/" : "", "");
        if (S_ISDIR(st.st_mode)) walk(fd, e->d_name, sub, lines);
    }
    closedir(dir);
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char *list_tree(int dirfd, const char *path)
{
    struct lines lines = {0};
    walk(dirfd, path, "", &lines);
    if (lines.n > 0) qsort(lines.items, lines.n, sizeof *lines.items, by_bytes);
    struct pb_buf text = PB_BUF_INIT(1 << 26);
    pb_buf_add_cstr(&text, "");
    for (size_t i = 0; i < lines.n; i++) {
        pb_buf_add_cstr(&text, lines.items[i]);
        free(lines.items[i]);
    }
    free(lines.items);
    size_t n;
    char *out = pb_buf_take(&text, &n);
    return out ? out : pb_strdup("");
}

void expect_tree(int dirfd, const char *path, const char *want)
{
    char *got = list_tree(dirfd, path);
    cr_assert_str_eq(got, want);
    free(got);
}

size_t count_files(int dirfd, const char *path)
{
    char *tree = list_tree(dirfd, path);
    struct pb_str rest = pb_str(tree), line;
    size_t n = 0;
    while (pb_str_split(&rest, '\n', &line))
        n += line.n > 0 && line.p[line.n - 1] != '/';
    free(tree);
    return n;
}
