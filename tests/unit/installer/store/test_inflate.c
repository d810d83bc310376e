/* SPDX-License-Identifier: MIT */
#include "installer/store/inflate.h"

#include "tar_builder.h"
#include "temp_dir.h"

#include <archive.h>
#include <archive_entry.h>
#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

static const struct pl_inflate_limits limits = {.max_bytes = 64 << 20, .max_ratio = 1000};

/* Incompressible enough to be larger than any first guess when repeated members follow. */
static void add_noise(struct pb_buf *out, size_t n)
{
    uint32_t x = 12345;
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525 + 1013904223;
        pb_buf_add_char(out, (char)(x >> 24));
    }
}

/* Everything, by pieces of at least `step` bytes. */
static int inflate_all(struct pl_inflater *inflater, const struct pl_packed *in,
                       const struct pl_inflate_limits *lim, size_t step, struct pb_buf *out,
                       struct pb_err *err)
{
    pb_buf_clear(out);
    if (pl_inflate_open(inflater, in, lim, err) != 0) return -1;
    for (size_t used = 0;; used = inflater->tar.n) {
        if (pl_inflate_more(inflater, used, step, err) != 0) return -1;
        if (inflater->tar.n == 0) return 0;
        cr_assert(inflater->tar.n >= step || inflater->is_end);
        pb_buf_add_str(out, inflater->tar);
    }
}

/* From memory and from a file, whatever the steps. */
static void expect_inflates(const void *data, size_t n, struct pb_str want)
{
    static const size_t steps[] = {1, 512, 300000, PL_INFLATE_WINDOW};
    struct pl_inflater inflater = PL_INFLATER_INIT;
    struct pb_buf out PB_AUTO_BUF = TAR_BUF;
    int fd = unnamed_file(data, n);
    const struct pl_packed from[] = {PL_PACKED(data, n), {.n = n, .fd = fd}};
    for (size_t i = 0; i < 8; i++) {
        struct pb_err err = PB_ERR_INIT;
        cr_assert_eq(inflate_all(&inflater, &from[i % 2], &limits, steps[i / 2], &out, &err), 0,
                     "%s", err.msg);
        cr_assert(pb_str_eq(pb_buf_str(&out), want), "%zu bytes instead of %zu", out.n, want.n);
        cr_assert(inflater.is_checked);
    }
    close(fd);
    pl_inflater_release(&inflater);
}

static void expect_refused(const void *data, size_t n, const struct pl_inflate_limits *lim,
                           enum pb_code code)
{
    struct pl_inflater inflater = PL_INFLATER_INIT;
    struct pb_buf out PB_AUTO_BUF = TAR_BUF;
    int fd = unnamed_file(data, n);
    const struct pl_packed from[] = {PL_PACKED(data, n), {.n = n, .fd = fd}};
    for (size_t i = 0; i < 2; i++) {
        struct pb_err err = PB_ERR_INIT;
        cr_assert_eq(inflate_all(&inflater, &from[i], lim, 1, &out, &err), -1);
        cr_assert_eq(err.code, code, "%s", err.msg);
    }
    close(fd);
    pl_inflater_release(&inflater);
}

Test(inflate, unpacks_gzip_of_any_size)
{
    static const size_t sizes[] = {0, 1, 511, 512, 513, 70000, 3000000, 9000000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct pb_buf text PB_AUTO_BUF = TAR_BUF, gz PB_AUTO_BUF = TAR_BUF;
        add_noise(&text, sizes[i]);
        gzip_add(&gz, text.p, text.n);
        expect_inflates(gz.p, gz.n, pb_buf_str(&text));
    }
}

Test(inflate, joins_members_and_ignores_zero_padding)
{
    struct pb_buf text PB_AUTO_BUF = TAR_BUF, gz PB_AUTO_BUF = TAR_BUF;
    add_noise(&text, 300000);
    pb_buf_add_cstr(&text, "the last member is tiny");
    gzip_add(&gz, text.p, 100000);
    gzip_add(&gz, text.p + 100000, 200000);
    gzip_add(&gz, text.p + 300000, text.n - 300000);
    pb_buf_add(&gz, "\0\0\0\0\0", 5);
    expect_inflates(gz.p, gz.n, pb_buf_str(&text));
}

/* ISIZE is a hint: whatever it says, the result is right or an error (it is part of gzip's own
 * check), and memory is bounded. */
Test(inflate, survives_a_lying_size)
{
    static const uint32_t lies[] = {0, 1, 0xffffffff, 0x7fffffff, 512};
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct pb_buf text PB_AUTO_BUF = TAR_BUF, gz PB_AUTO_BUF = TAR_BUF;
        add_noise(&text, 100000);
        gzip_add(&gz, text.p, text.n);
        memcpy(gz.p + gz.n - 4, &lies[i], 4);
        expect_refused(gz.p, gz.n, &limits, PB_E_BAD_INPUT);
    }
}

Test(inflate, refuses_bombs)
{
    size_t n = (size_t)16 << 20;
    char *zeros = calloc(1, n);
    struct pb_buf gz PB_AUTO_BUF = TAR_BUF;
    gzip_add(&gz, zeros, n);
    cr_assert_gt(n / gz.n, 500);
    expect_inflates(gz.p, gz.n, pb_strn(zeros, n));
    expect_refused(gz.p, gz.n, &(struct pl_inflate_limits){64 << 20, 100}, PB_E_LIMIT);
    expect_refused(gz.p, gz.n, &(struct pl_inflate_limits){n - 1, 10000}, PB_E_LIMIT);
    /* Many small members, each within the limits. */
    struct pb_buf many PB_AUTO_BUF = TAR_BUF;
    for (int i = 0; i < 40; i++)
        gzip_add(&many, zeros, 1 << 20);
    expect_refused(many.p, many.n, &(struct pl_inflate_limits){32 << 20, 10000}, PB_E_LIMIT);
    free(zeros);
}

Test(inflate, small_archives_may_have_any_ratio)
{
    char *zeros = calloc(1, 1 << 20);
    struct pb_buf gz PB_AUTO_BUF = TAR_BUF;
    gzip_add(&gz, zeros, 1 << 20);
    struct pl_inflater inflater = PL_INFLATER_INIT;
    struct pb_buf out PB_AUTO_BUF = TAR_BUF;
    struct pl_inflate_limits strict = {64 << 20, 2};
    cr_assert_eq(inflate_all(&inflater, &PL_PACKED(gz.p, gz.n), &strict, 1, &out, NULL), 0);
    cr_assert_eq(out.n, 1 << 20);
    pl_inflater_release(&inflater);
    free(zeros);
}

Test(inflate, notices_every_damaged_byte_and_every_cut)
{
    struct pb_buf text PB_AUTO_BUF = TAR_BUF, gz PB_AUTO_BUF = TAR_BUF;
    add_noise(&text, 600);
    gzip_add(&gz, text.p, text.n);
    /* After the header's fields without meaning and the first block's byte of padding bits. */
    for (size_t i = 11; i < gz.n; i++) {
        gz.p[i] ^= 0x20;
        expect_refused(gz.p, gz.n, &limits, PB_E_BAD_INPUT);
        gz.p[i] ^= 0x20;
    }
    for (size_t n = 2; n < gz.n; n++)
        expect_refused(gz.p, n, &limits, PB_E_BAD_INPUT);
    pb_buf_add_cstr(&gz, "rubbish");
    expect_refused(gz.p, gz.n, &limits, PB_E_BAD_INPUT);
}

Test(inflate, passes_plain_tar_through)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/a", "1");
    tar_end(&tar);
    struct pl_inflater inflater = PL_INFLATER_INIT;
    cr_assert_eq(pl_inflate_open(&inflater, &PL_PACKED(tar.p, tar.n), &limits, NULL), 0);
    cr_assert_eq(inflater.tar.p, tar.p);
    cr_assert_eq(inflater.tar.n, tar.n);
    cr_assert(!inflater.is_checked);
    struct pb_buf out PB_AUTO_BUF = TAR_BUF;
    int fd = unnamed_file(tar.p, tar.n);
    const struct pl_packed file = {.n = tar.n, .fd = fd};
    cr_assert_eq(inflate_all(&inflater, &file, &limits, 1, &out, NULL), 0);
    cr_assert(pb_str_eq(pb_buf_str(&out), pb_buf_str(&tar)));
    cr_assert(!inflater.is_checked);
    close(fd);
    pl_inflater_release(&inflater);
}

Test(inflate, refuses_what_is_no_archive)
{
    static const struct {
        const char *data;
        size_t n;
    } inputs[] = {
        {"", 0}, {"\x1f", 1}, {"<!DOCTYPE html><html>not found</html>", 37}, {"PK\3\4", 4}};
    for (size_t i = 0; i < sizeof inputs / sizeof inputs[0]; i++)
        expect_refused(inputs[i].data, inputs[i].n, &limits, PB_E_BAD_INPUT);
    char text[2048];
    memset(text, 'x', sizeof text);
    expect_refused(text, sizeof text, &limits, PB_E_BAD_INPUT);
}

static void pack(struct pb_buf *out, int (*add_filter)(struct archive *), struct pb_str content)
{
    struct archive *a = archive_write_new();
    size_t used = 0, room = (size_t)8 << 20;
    char *to = pb_buf_reserve(out, room);
    cr_assert_eq(add_filter(a), ARCHIVE_OK);
    cr_assert_eq(archive_write_set_format_raw(a), ARCHIVE_OK);
    cr_assert_eq(archive_write_set_bytes_in_last_block(a, 1), ARCHIVE_OK);
    cr_assert_eq(archive_write_open_memory(a, to, room, &used), ARCHIVE_OK);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_filetype(entry, AE_IFREG);
    cr_assert_eq(archive_write_header(a, entry), ARCHIVE_OK);
    cr_assert_eq(archive_write_data(a, content.p, content.n), (la_ssize_t)content.n);
    archive_entry_free(entry);
    cr_assert_eq(archive_write_close(a), ARCHIVE_OK);
    archive_write_free(a);
    out->n = used;
}

Test(inflate, unpacks_the_other_filters_within_the_same_limits)
{
    static int (*const filters[])(struct archive *) = {
        archive_write_add_filter_bzip2, archive_write_add_filter_xz, archive_write_add_filter_zstd};
    for (size_t i = 0; i < 3; i++) {
        struct pb_buf text PB_AUTO_BUF = TAR_BUF, packed PB_AUTO_BUF = TAR_BUF;
        add_noise(&text, 200000);
        pack(&packed, filters[i], pb_buf_str(&text));
        expect_inflates(packed.p, packed.n, pb_buf_str(&text));
        expect_refused(packed.p, packed.n, &(struct pl_inflate_limits){199999, 1000}, PB_E_LIMIT);
        expect_refused(packed.p, packed.n / 2, &limits, PB_E_BAD_INPUT);
    }
}

Test(inflate, reuses_one_inflater)
{
    struct pl_inflater inflater = PL_INFLATER_INIT;
    for (size_t round = 0; round < 20; round++) {
        struct pb_buf text PB_AUTO_BUF = TAR_BUF, gz PB_AUTO_BUF = TAR_BUF;
        add_noise(&text, round % 3 == 2 ? 5000000 : (round * 7919) % 50000);
        gzip_add(&gz, text.p, text.n);
        struct pb_buf out PB_AUTO_BUF = TAR_BUF;
        cr_assert_eq(inflate_all(&inflater, &PL_PACKED(gz.p, gz.n), &limits, 1, &out, NULL), 0);
        cr_assert(pb_str_eq(pb_buf_str(&out), pb_buf_str(&text)));
    }
    pl_inflater_release(&inflater);
}
