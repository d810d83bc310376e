/* SPDX-License-Identifier: MIT */
#ifndef PL_TEST_UNPACKING_H
#define PL_TEST_UNPACKING_H

#include "installer/store/untar.h"

#include "temp_dir.h"

/* An archive unpacked into a folder of its own, for the tests of pl_untar(). */
struct unpacked {
    struct temp_dir dir; /* holds "packed", numbered as in the store, and "in", by name */
    int packed, in;
    struct pl_boxes *boxes; /* in "packed" */
    struct pb_arena arena;
    struct pl_store_package package;
    size_t made_count; /* files */
    struct pb_err err;
    int result; /* of pl_untar(); "in" is filled when it is 0 */
};

struct unpacked unpack_packed(const struct pl_packed *packed,
                              const struct pl_untar_options *options);
struct unpacked unpack_with(const struct pb_buf *tar, const struct pl_untar_options *options);
/* Fails the test when the archive is refused. */
struct unpacked unpack(const struct pb_buf *tar);
void unpacked_done(struct unpacked *u);

#endif
