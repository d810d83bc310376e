/* SPDX-License-Identifier: MIT */
/* Archives that come by pieces and windows, and files that are one on disk. */
#include "installer/store/tar_reader.h"

#include "tar_builder.h"
#include "unpacking.h"

#include <criterion/criterion.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <unistd.h>

static void add_noise(struct pb_buf *tar, const char *name, size_t n, uint32_t seed)
{
    char *data = malloc(n);
    for (size_t i = 0; i < n; i++)
        data[i] = (char)((seed = seed * 1664525 + 1013904223) >> 24);
    tar_add_header(tar, &(struct tar_header){.name = name, .size = n});
    tar_add_data(tar, data, n);
    free(data);
}

/* Files around the bound of one piece, and more than one window of them. */
static void large_archive(struct pb_buf *tar)
{
    add_noise(tar, "p/0-small", 1000, 1);
    add_noise(tar, "p/1-one-piece", PL_TAR_PIECE_MAX, 2);
    add_noise(tar, "p/2-two-pieces", PL_TAR_PIECE_MAX + 1, 3);
    add_noise(tar, "p/3-windows", 3 * PL_INFLATE_WINDOW + 77, 4);
    add_noise(tar, "p/4-small-again", 1000, 1);
    add_noise(tar, "p/5-padded", 2 * PL_INFLATE_WINDOW, 5);
    tar_end(tar);
}

static void expect_large_archive(const struct pb_buf *tar, const struct unpacked *u)
{
    cr_assert_eq(u->result, 0, "%s", u->err.msg);
    cr_assert_eq(u->package.file_count, 6);
    size_t at = 0;
    for (size_t i = 0; i < 6; i++) {
        const struct pl_store_file *file = &u->package.files[i];
        struct pb_buf data PB_AUTO_BUF = TAR_BUF;
        read_text(u->in, file->path.p, &data);
        cr_assert(pb_str_eq(pb_buf_str(&data), pb_strn(tar->p + at + 512, file->bytes)), "%s",
                  file->path.p);
        cr_assert_eq(file->crc32, libdeflate_crc32(0, data.p, data.n), "%s", file->path.p);
        at += 512 + (file->bytes + 511) / 512 * 512;
    }
}

Test(untar_large, large_archives_come_out_equal_from_memory_and_from_a_file)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF, gz PB_AUTO_BUF = TAR_BUF;
    large_archive(&tar);
    gzip_add(&gz, tar.p, tar.n);
    const struct pb_buf *const forms[] = {&tar, &gz};
    for (int i = 0; i < 2; i++) {
        struct unpacked u = unpack_with(forms[i], NULL);
        expect_large_archive(&tar, &u);
        unpacked_done(&u);
        int fd = unnamed_file(forms[i]->p, forms[i]->n);
        u = unpack_packed(&(struct pl_packed){.n = forms[i]->n, .fd = fd}, NULL);
        expect_large_archive(&tar, &u);
        unpacked_done(&u);
        close(fd);
    }
}

/* By its bytes in the window, and by those on disk when the window has moved on. */
Test(untar_large, identical_files_of_a_package_are_one)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF, gz PB_AUTO_BUF = TAR_BUF;
    add_noise(&tar, "p/a", 1000, 1);
    add_noise(&tar, "p/b", 1000, 1);
    tar_add_file(&tar, "p/empty-1", "");
    tar_add_file(&tar, "p/empty-2", "");
    add_noise(&tar, "p/large", 3 * PL_INFLATE_WINDOW, 4);
    add_noise(&tar, "p/z", 1000, 1);
    tar_end(&tar);
    gzip_add(&gz, tar.p, tar.n);
    struct temp_dir dir = temp_dir_new();
    struct pl_same_files *same = pl_same_files_new(dir.fd);
    struct unpacked u = unpack_with(&gz, &(struct pl_untar_options){.same = same});
    cr_assert_eq(u.result, 0, "%s", u.err.msg);
    cr_assert_eq(count_files(u.packed, "."), 4);
    cr_assert_eq(u.package.files[0].number, u.package.files[1].number);
    cr_assert_eq(u.package.files[0].number, u.package.files[5].number);
    cr_assert_neq(u.package.files[2].number, u.package.files[3].number);
    unpacked_done(&u);
    pl_same_files_free(same);
    temp_dir_remove(&dir);
}

/* The packed bytes behind the tar's end count, too. */
Test(untar_large, damage_behind_the_end_of_the_tar_is_noticed)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF, gz PB_AUTO_BUF = TAR_BUF;
    large_archive(&tar);
    for (int i = 0; i < 100; i++)
        tar_end(&tar);
    gzip_add(&gz, tar.p, tar.n);
    gz.p[gz.n - 6] ^= 1;
    struct unpacked u = unpack_with(&gz, NULL);
    cr_assert_eq(u.err.code, PB_E_BAD_INPUT, "%s", u.err.msg);
    unpacked_done(&u);
}
