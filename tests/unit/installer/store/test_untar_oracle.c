/* SPDX-License-Identifier: MIT */
/* Random trees packed by libarchive, in each tar format it writes, must come out as they went in.
 */
#include "installer/store/untar.h"

#include "base/fs.h"
#include "tar_builder.h"
#include "temp_dir.h"

#include <archive.h>
#include <archive_entry.h>
#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

enum { TREES = 40, FILES_MAX = 60, ROOM = 16 << 20 };

static uint32_t random_state;

static uint32_t next_random(uint32_t below)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % below;
}

/* Names of many lengths and letters; the file's number makes them differ and ends the path, so that
 * none is a folder of another. */
static char *random_path(struct pb_arena *arena, unsigned number)
{
    static const char *const letters[] = {"a", "b", "-", ".", "_",  " ", "\xc3\xa9", "\xe4\xb8\xad",
                                          "0", "@", "+", "~", "\"", "Z"};
    struct pb_buf path PB_AUTO_BUF = PB_BUF_INIT(3000);
    pb_buf_add_cstr(&path, "package");
    unsigned depth = next_random(7);
    for (unsigned i = 0; i <= depth; i++) {
        pb_buf_add_char(&path, '/');
        unsigned n = next_random(5) == 0 ? 90 : next_random(12);
        pb_buf_add_char(&path, (char)('d' + next_random(3)));
        for (unsigned j = 0; i < depth && j < n; j++)
            pb_buf_add_cstr(&path, letters[next_random(sizeof letters / sizeof letters[0])]);
    }
    pb_buf_printf(&path, "-%u.js", number);
    return pb_arena_cstr(arena, pb_buf_str(&path));
}

struct source {
    char *path;
    struct pb_str data;
    bool is_executable;
};

static struct source random_file(struct pb_arena *arena, unsigned number)
{
    static const size_t sizes[] = {0, 1, 511, 512, 513, 1024, 10000, 40000};
    struct source file = {.path = random_path(arena, number), .is_executable = next_random(4) == 0};
    size_t n = sizes[next_random(sizeof sizes / sizeof sizes[0])];
    char *data = pb_arena_alloc(arena, n);
    for (size_t i = 0; i < n; i++)
        data[i] = (char)next_random(256);
    file.data = pb_strn(data, n);
    return file;
}

static void write_entry(struct archive *a, const struct source *file)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, file->path);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, file->is_executable ? 0755 : 0644);
    archive_entry_set_size(entry, (la_int64_t)file->data.n);
    archive_entry_set_mtime(entry, 499162500, 123456789);
    cr_assert_eq(archive_write_header(a, entry), ARCHIVE_OK, "%s: %s", file->path,
                 archive_error_string(a));
    cr_assert_eq(archive_write_data(a, file->data.p, file->data.n), (la_ssize_t)file->data.n);
    archive_entry_free(entry);
}

static void pack(struct pb_buf *out, int (*set_format)(struct archive *), bool gzip,
                 const struct source *files, size_t n)
{
    struct archive *a = archive_write_new();
    size_t used = 0;
    char *to = pb_buf_reserve(out, ROOM);
    cr_assert_eq(set_format(a), ARCHIVE_OK);
    if (gzip) cr_assert_eq(archive_write_add_filter_gzip(a), ARCHIVE_OK);
    cr_assert_eq(archive_write_open_memory(a, to, ROOM, &used), ARCHIVE_OK);
    for (size_t i = 0; i < n; i++)
        write_entry(a, &files[i]);
    cr_assert_eq(archive_write_close(a), ARCHIVE_OK);
    archive_write_free(a);
    out->n = used;
}

static const struct pl_store_file *listed(const struct pl_store_package *package, const char *path)
{
    for (size_t i = 0; i < package->file_count; i++)
        if (pb_str_is(package->files[i].path, path)) return &package->files[i];
    return NULL;
}

static void expect_same(int dirfd, const struct pl_store_package *package,
                        const struct source *files, size_t n)
{
    cr_assert_eq(package->file_count, n);
    for (size_t i = 0; i < n; i++) {
        const char *path = files[i].path + strlen("package/");
        const struct pl_store_file *file = listed(package, path);
        cr_assert_not_null(file, "%s is missing", path);
        cr_assert_eq(file->mode, files[i].is_executable ? 0755 : 0644);
        struct pb_buf data PB_AUTO_BUF = PB_BUF_INIT(ROOM);
        char name[PL_STORED_NAME_MAX];
        pl_stored_name(file->number, name);
        read_text(dirfd, name, &data);
        cr_assert(pb_str_eq(pb_buf_str(&data), files[i].data), "%s differs", path);
    }
    for (size_t i = 1; i < n; i++)
        cr_assert_lt(pb_str_cmp(package->files[i - 1].path, package->files[i].path), 0);
}

static const struct {
    const char *name;
    int (*set_format)(struct archive *);
    bool has_long_paths;
} formats[] = {{"ustar", archive_write_set_format_ustar, false},
               {"pax", archive_write_set_format_pax, true},
               {"pax restricted", archive_write_set_format_pax_restricted, true},
               {"gnutar", archive_write_set_format_gnutar, true}};

/* ustar cannot hold every path; it gets those of at most 100 bytes. */
static size_t keep_short(struct source *files, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (strlen(files[i].path) <= 100) files[kept++] = files[i];
    return kept;
}

Test(untar_oracle, trees_of_libarchive_come_out_equal)
{
    /* libarchive translates names from the locale's characters. */
    cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
    size_t files_seen = 0, long_seen = 0;
    for (unsigned t = 0; t < TREES; t++) {
        random_state = 20260101 + t;
        size_t format = t % 4;
        struct pb_arena arena = PB_ARENA_INIT;
        struct source files[FILES_MAX];
        size_t n = 1 + next_random(FILES_MAX);
        for (size_t i = 0; i < n; i++)
            files[i] = random_file(&arena, (unsigned)i);
        if (!formats[format].has_long_paths) n = keep_short(files, n);
        if (n == 0) continue;
        for (size_t i = 0; i < n; i++)
            long_seen += strlen(files[i].path) > 255;
        struct pb_buf packed PB_AUTO_BUF = PB_BUF_INIT(ROOM);
        pack(&packed, formats[format].set_format, t % 3 != 0, files, n);

        struct temp_dir dir = temp_dir_new();
        struct pl_inflater inflater = PL_INFLATER_INIT;
        struct pl_boxes *boxes = pl_boxes_new(dir.fd);
        struct pl_unpacked out;
        struct pb_err err = PB_ERR_INIT;
        cr_assert_eq(
            pl_untar(boxes, &PL_PACKED(packed.p, packed.n), NULL, &inflater, &arena, &out, &err), 0,
            "tree %u (%s): %s", t, formats[format].name, err.msg);
        expect_same(dir.fd, &out.package, files, n);
        files_seen += n;
        pl_inflater_release(&inflater);
        pb_arena_release(&arena);
        pl_boxes_free(boxes);
        temp_dir_remove(&dir);
    }
    cr_assert_gt(files_seen, 500);
    cr_assert_gt(long_seen, 10, "no long paths were tried");
}
