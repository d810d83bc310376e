/* SPDX-License-Identifier: MIT */
#include "installer/store/tar_reader.h"

#include "tar_builder.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static struct pl_tar_reader reader_of(const struct pb_buf *tar)
{
    return PL_TAR_READER(pb_buf_str(tar), 1000);
}

/* Expects one more entry. */
static struct pl_tar_entry next(struct pl_tar_reader *reader)
{
    struct pl_tar_entry entry;
    struct pb_err err = PB_ERR_INIT;
    int got = pl_tar_next(reader, &entry, &err);
    cr_assert_eq(got, 1, "%d: %s", got, err.msg);
    return entry;
}

static void expect_end(struct pl_tar_reader *reader)
{
    struct pl_tar_entry entry;
    struct pb_err err = PB_ERR_INIT;
    int got = pl_tar_next(reader, &entry, &err);
    cr_assert_eq(got, 0, "%d: %s", got, err.msg);
}

static void expect_error(const struct pb_buf *tar, enum pb_code code, const char *part)
{
    struct pl_tar_reader reader = reader_of(tar);
    struct pl_tar_entry entry;
    struct pb_err err = PB_ERR_INIT;
    int got;
    while ((got = pl_tar_next(&reader, &entry, &err)) > 0) {
    }
    cr_assert_eq(got, -1, "no error; expected \"%s\"", part);
    cr_assert_eq(err.code, code, "%s", err.msg);
    cr_assert(strstr(err.msg, part), "\"%s\" lacks \"%s\"", err.msg, part);
}

static void expect_entry(struct pl_tar_entry e, const char *path, const char *data)
{
    cr_assert(pb_str_is(e.path, path), "path " PB_FMT " is not %s", PB_ARG(e.path), path);
    cr_assert(pb_str_is(e.data, data), "data of %s", path);
}

Test(tar_reader, reads_plain_entries)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add(&tar, "p/", '5', "");
    tar_add_file(&tar, "p/a", "hello");
    tar_add_header(&tar, &(struct tar_header){.name = "p/x", .mode = 0755, .size = 0});
    tar_add(&tar, "p/c", '7', "contiguous");
    tar_end(&tar);
    struct pl_tar_reader reader = reader_of(&tar);
    cr_assert_eq(next(&reader).type, PL_TAR_FOLDER);
    struct pl_tar_entry e = next(&reader);
    expect_entry(e, "p/a", "hello");
    cr_assert_eq(e.type, PL_TAR_FILE);
    cr_assert_eq(e.exec_bits, 0);
    e = next(&reader);
    expect_entry(e, "p/x", "");
    cr_assert_eq(e.exec_bits, 0111);
    expect_entry(next(&reader), "p/c", "contiguous");
    expect_end(&reader);
}

Test(tar_reader, joins_the_posix_prefix_only_for_posix)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    char full[101];
    memset(full, 'n', 100);
    full[100] = '\0';
    tar_add_header(&tar, &(struct tar_header){.name = "b", .prefix = "p/a"});
    tar_add_header(&tar, &(struct tar_header){.name = full, .prefix = full});
    tar_add_header(&tar, &(struct tar_header){.name = "p/g", .prefix = "1234567", .is_gnu = true});
    tar_end(&tar);
    struct pl_tar_reader reader = reader_of(&tar);
    expect_entry(next(&reader), "p/a/b", "");
    cr_assert_eq(next(&reader).path.n, 201);
    expect_entry(next(&reader), "p/g", "");
    expect_end(&reader);
}

Test(tar_reader, applies_pax_and_gnu_names_to_one_entry)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_pax(&tar, 'g', "comment", "0123abc", 7);
    tar_add_pax(&tar, 'x', "path", "p/from-pax", 10);
    tar_add_file(&tar, "p/ignored", "1");
    tar_add_file(&tar, "p/own", "2");
    tar_add(&tar, "././@LongLink", 'L', "p/from-gnu");
    tar_add_file(&tar, "p/ignored", "3");
    tar_add(&tar, "././@LongLink", 'K', "target");
    tar_add(&tar, "p/link", '2', "");
    tar_add_pax(&tar, 'x', "path", "", 0);
    tar_add_file(&tar, "p/empty-override", "4");
    tar_end(&tar);
    struct pl_tar_reader reader = reader_of(&tar);
    expect_entry(next(&reader), "p/from-pax", "1");
    expect_entry(next(&reader), "p/own", "2");
    expect_entry(next(&reader), "p/from-gnu", "3");
    cr_assert_eq(next(&reader).type, PL_TAR_LINK);
    expect_entry(next(&reader), "p/empty-override", "4");
    expect_end(&reader);
}

Test(tar_reader, takes_sizes_from_pax_and_base_256)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_pax(&tar, 'x', "size", "5", 1);
    tar_add_header(&tar, &(struct tar_header){.name = "p/a", .size = 0});
    tar_add_data(&tar, "hello", 5);
    tar_add_header(&tar, &(struct tar_header){.name = "p/b", .size = 5, .is_base256 = true});
    tar_add_data(&tar, "world", 5);
    tar_end(&tar);
    struct pl_tar_reader reader = reader_of(&tar);
    expect_entry(next(&reader), "p/a", "hello");
    expect_entry(next(&reader), "p/b", "world");
    expect_end(&reader);
}

Test(tar_reader, keeps_a_nul_in_a_pax_path_for_the_check)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_pax(&tar, 'x', "path", "p/a\0b", 5);
    tar_add_file(&tar, "p/a", "");
    tar_end(&tar);
    struct pl_tar_reader reader = reader_of(&tar);
    cr_assert_eq(next(&reader).path.n, 5);
}

Test(tar_reader, goes_on_after_one_zero_block_and_ends_at_two)
{
    static const char zeros[512];
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/a", "1");
    pb_buf_add(&tar, zeros, 512);
    tar_add_file(&tar, "p/b", "2");
    tar_end(&tar);
    pb_buf_add_cstr(&tar, "what follows is not looked at");
    struct pl_tar_reader reader = reader_of(&tar);
    expect_entry(next(&reader), "p/a", "1");
    expect_entry(next(&reader), "p/b", "2");
    expect_end(&reader);
    expect_end(&reader);
}

Test(tar_reader, takes_a_missing_end_mark_only_when_told)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/a", "1");
    struct pl_tar_reader reader = reader_of(&tar);
    reader.needs_end_mark = false;
    (void)next(&reader);
    expect_end(&reader);
    expect_error(&tar, PB_E_BAD_INPUT, "cut off");
}

/* Every length below the first zero block must be noticed. */
Test(tar_reader, notices_every_cut)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_pax(&tar, 'x', "path", "p/x", 3);
    tar_add_file(&tar, "p/a", "hello");
    tar_add(&tar, "././@LongLink", 'L', "p/long");
    tar_add_file(&tar, "p/b", "world");
    size_t whole = tar.n + 512;
    tar_end(&tar);
    for (size_t n = 0; n < whole; n += n % 512 == 511 || n % 512 == 0 ? 1 : 510) {
        struct pb_buf cut = tar;
        cut.n = n;
        expect_error(&cut, PB_E_BAD_INPUT, "cut off");
    }
}

Test(tar_reader, never_skips_a_damaged_header)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/a", "1");
    size_t second = tar.n;
    tar_add_file(&tar, "p/b", "2");
    tar_end(&tar);
    for (size_t i = 0; i < 512; i++) {
        tar.p[second + i] ^= 0x11;
        expect_error(&tar, PB_E_BAD_INPUT, "damaged header");
        tar.p[second + i] ^= 0x11;
    }
}

Test(tar_reader, takes_checksums_of_signed_characters)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_file(&tar, "p/\xc3\xa9", "");
    int sum = 0;
    memset(tar.p + 148, ' ', 8);
    for (int i = 0; i < 512; i++)
        sum += (signed char)tar.p[i];
    (void)snprintf(tar.p + 148, 8, "%06o", (unsigned)sum);
    tar_end(&tar);
    struct pl_tar_reader reader = reader_of(&tar);
    (void)next(&reader);
}

Test(tar_reader, refuses_unknown_and_special_types)
{
    static const struct {
        char type;
        enum pb_code code;
        const char *part;
    } types[] = {{'3', PB_E_BAD_INPUT, "device"},     {'4', PB_E_BAD_INPUT, "device"},
                 {'6', PB_E_BAD_INPUT, "pipe"},       {'S', PB_E_UNSUPPORTED, "sparse"},
                 {'D', PB_E_BAD_INPUT, "unknown"},    {'M', PB_E_BAD_INPUT, "unknown"},
                 {'V', PB_E_BAD_INPUT, "unknown"},    {'Z', PB_E_BAD_INPUT, "unknown"},
                 {'\x01', PB_E_BAD_INPUT, "unknown"}, {'\xff', PB_E_BAD_INPUT, "unknown"}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
        tar_add(&tar, "p/x", types[i].type, "");
        tar_end(&tar);
        expect_error(&tar, types[i].code, types[i].part);
    }
}

Test(tar_reader, refuses_malformed_extended_headers)
{
    static const char *const bodies[] = {
        "5 path",      "x path=a\n",  "0 path=a\n",
        "99 path=a\n", "10 path\n\n", " 10 path=a\n",
        "8 path=ab\n", "6 =aaa\n",    "18446744073709551615 path=a\n",
        "2 \n",        "3 \n"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
        tar_add(&tar, "pax", 'x', bodies[i]);
        tar_add_file(&tar, "p/a", "");
        tar_end(&tar);
        expect_error(&tar, PB_E_BAD_INPUT, "malformed pax header");
    }
    static const char *const sizes[] = {"-1", "1x", "0x10", "99999999999999999999", " 1", ""};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
        tar_add_pax(&tar, 'x', "size", sizes[i], strlen(sizes[i]));
        tar_add_file(&tar, "p/a", "");
        tar_end(&tar);
        expect_error(&tar, PB_E_BAD_INPUT, "malformed pax size");
    }
}

Test(tar_reader, refuses_sparse_files_and_global_renames)
{
    struct pb_buf sparse PB_AUTO_BUF = TAR_BUF;
    tar_add_pax(&sparse, 'x', "GNU.sparse.major", "1", 1);
    tar_add_file(&sparse, "p/a", "");
    expect_error(&sparse, PB_E_UNSUPPORTED, "sparse");
    struct pb_buf global PB_AUTO_BUF = TAR_BUF;
    tar_add_pax(&global, 'g', "path", "p/x", 3);
    tar_add_file(&global, "p/a", "");
    expect_error(&global, PB_E_BAD_INPUT, "global");
}

Test(tar_reader, bounds_what_a_header_claims)
{
    static const struct {
        uint64_t size;
        char type;
        enum pb_code code;
        const char *part;
    } claims[] = {{1ULL << 32, '0', PB_E_BAD_INPUT, "cut off"},
                  {1ULL << 32, 'x', PB_E_LIMIT, "extended header"},
                  {1ULL << 32, 'L', PB_E_LIMIT, "extended header"},
                  {(1ULL << 62) + 5, '0', PB_E_BAD_INPUT, "cut off"},
                  {UINT64_MAX, '0', PB_E_BAD_INPUT, "cut off"}};
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
        tar_add_header(&tar, &(struct tar_header){.name = "p/a",
                                                  .type = claims[i].type,
                                                  .size = claims[i].size,
                                                  .is_base256 = true});
        if (claims[i].size == UINT64_MAX) memset(tar.p + 124, 0xff, 12);
        tar_fix_checksum(tar.p);
        tar_end(&tar);
        bool is_negative = claims[i].size == UINT64_MAX;
        expect_error(&tar, claims[i].code, is_negative ? "damaged header (size)" : claims[i].part);
    }
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    for (int i = 0; i < 1001; i++)
        tar_add_file(&tar, "p/a", "");
    tar_end(&tar);
    expect_error(&tar, PB_E_LIMIT, "more than 1000 entries");
}

/* npm and GNU tar agree: a size on a folder or link has no body. */
Test(tar_reader, ignores_the_size_of_folders_and_links)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    tar_add_header(&tar, &(struct tar_header){.name = "p/d", .type = '5', .size = 4096});
    tar_add_header(&tar, &(struct tar_header){.name = "p/old/", .type = '0', .size = 4096});
    tar_add_header(&tar, &(struct tar_header){.name = "p/l", .type = '2', .size = 12});
    tar_add_file(&tar, "p/a", "1");
    tar_end(&tar);
    struct pl_tar_reader reader = reader_of(&tar);
    cr_assert_eq(next(&reader).type, PL_TAR_FOLDER);
    cr_assert_eq(next(&reader).type, PL_TAR_FOLDER);
    cr_assert_eq(next(&reader).type, PL_TAR_LINK);
    expect_entry(next(&reader), "p/a", "1");
    expect_end(&reader);
}

/* A window as small as it may be, in fresh memory each time, so that the sanitizers see who holds
 * on to what was given up. */
struct window {
    struct pb_str left; /* of the archive, what is in the window included */
    char *now;
};

static int move_on(void *user, size_t used, size_t need, struct pb_str *tar, struct pb_err *err)
{
    (void)err;
    struct window *w = user;
    w->left = pb_str_skip(w->left, used);
    size_t n = need < w->left.n ? need : w->left.n;
    free(w->now);
    w->now = malloc(n + 1);
    memcpy(w->now, w->left.p, n);
    *tar = pb_strn(w->now, n);
    return 0;
}

static void expect_rest(struct pl_tar_reader *reader, struct pl_tar_entry *seen, struct pb_str want)
{
    struct pb_str piece = seen->data;
    struct pb_err err = PB_ERR_INIT;
    do {
        cr_assert_leq(piece.n, want.n);
        cr_assert(pb_str_eq(piece, pb_strn(want.p, piece.n)));
        want = pb_str_skip(want, piece.n);
    } while (pl_tar_rest(reader, &piece, &err) > 0);
    cr_assert(!pb_err_is_set(&err), "%s", err.msg);
    cr_assert_eq(want.n, 0);
}

Test(tar_reader, sees_the_same_through_a_window)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    char *large = calloc(1, PL_TAR_PIECE_MAX + 700);
    tar_add_pax(&tar, 'g', "comment", "0123abc", 7);
    tar_add_pax(&tar, 'x', "path", "p/from-pax", 10);
    tar_add_file(&tar, "p/ignored", "1");
    tar_add(&tar, "././@LongLink", 'L', "p/from-gnu");
    tar_add_header(&tar, &(struct tar_header){.name = "p/x", .size = PL_TAR_PIECE_MAX + 700});
    tar_add_data(&tar, large, PL_TAR_PIECE_MAX + 700);
    tar_add_header(&tar, &(struct tar_header){.name = "b", .prefix = "p/a"});
    tar_add_header(&tar, &(struct tar_header){.name = "p/whole", .size = PL_TAR_PIECE_MAX});
    tar_add_data(&tar, large, PL_TAR_PIECE_MAX);
    tar_add(&tar, "p/link", '2', "");
    tar_end(&tar);
    struct pl_tar_reader plain = reader_of(&tar), through = reader_of(&tar);
    struct window window = {.left = pb_buf_str(&tar)};
    through.tar = (struct pb_str){"", 0};
    through.more = move_on;
    through.user = &window;
    for (int i = 0; i < 5; i++) {
        struct pl_tar_entry want = next(&plain), got = next(&through);
        cr_assert(pb_str_eq(want.path, got.path), "entry %d", i);
        cr_assert_eq(want.type, got.type);
        cr_assert_eq(want.data.n, got.bytes);
        if (i != 3) expect_rest(&through, &got, want.data); /* what nobody reads is skipped */
    }
    expect_end(&plain);
    expect_end(&through);
    free(window.now);
    free(large);
}

Test(tar_reader, notices_every_cut_through_a_window)
{
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF;
    char *large = calloc(1, PL_TAR_PIECE_MAX + 700);
    tar_add_header(&tar, &(struct tar_header){.name = "p/x", .size = PL_TAR_PIECE_MAX + 700});
    tar_add_data(&tar, large, PL_TAR_PIECE_MAX + 700);
    tar_end(&tar);
    static const size_t cuts[] = {
        0, 1, 511, 512, 513, PL_TAR_PIECE_MAX, PL_TAR_PIECE_MAX + 1212, PL_TAR_PIECE_MAX + 1500};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        struct pl_tar_reader reader = reader_of(&tar);
        struct window window = {.left = pb_strn(tar.p, cuts[i])};
        reader.tar = (struct pb_str){"", 0};
        reader.more = move_on;
        reader.user = &window;
        struct pl_tar_entry entry;
        struct pb_err err = PB_ERR_INIT;
        int got;
        while ((got = pl_tar_next(&reader, &entry, &err)) > 0) {
        }
        cr_assert_eq(got, -1, "cut at %zu", cuts[i]);
        cr_assert(strstr(err.msg, "cut off"), "cut at %zu: %s", cuts[i], err.msg);
        free(window.now);
    }
    free(large);
}
