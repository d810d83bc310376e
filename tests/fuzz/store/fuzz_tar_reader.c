/* SPDX-License-Identifier: MIT */
/* The tar walk with the checksums put right first, so that the fuzzer gets past them: a header
 * block is taken wherever the reader would look for one. */
#include "installer/store/package_path.h"
#include "installer/store/tar_tree.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BLOCK = 512, CHECKSUM = 148, HEADERS_MAX = 64 };

static void put_right(char *block)
{
    unsigned sum = 0;
    memset(block + CHECKSUM, ' ', 8);
    for (int i = 0; i < BLOCK; i++)
        sum += (unsigned char)block[i];
    block[CHECKSUM + 6] = '\0';
    for (int i = 5; i >= 0; i--, sum >>= 3)
        block[CHECKSUM + i] = (char)('0' + (sum & 7));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t n = size / BLOCK * BLOCK;
    if (n == 0) return 0;
    char *tar = malloc(n);
    if (!tar) abort();
    memcpy(tar, data, n);
    struct pl_tar_reader reader = PL_TAR_READER(pb_strn(tar, n), HEADERS_MAX);
    struct pl_tar_entry entry;
    int got = 1;
    for (int i = 0; got > 0 && i < HEADERS_MAX; i++) {
        if (reader.at < n && tar[reader.at] != '\0') put_right(tar + reader.at);
        size_t before = reader.at;
        got = pl_tar_next(&reader, &entry, NULL);
        if (got > 0 && reader.at <= before) abort();
        if (got > 0 && entry.data.n > n) abort();
    }
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_tar_tree tree;
    struct pl_tar_reader again = PL_TAR_READER(pb_strn(tar, n), HEADERS_MAX);
    if (pl_tar_tree_read(&again, NULL, &arena, &tree, NULL) == 0)
        for (size_t i = 0; i < tree.file_count; i++)
            if (!pl_path_is_clean(tree.files[i].path)) abort();
    pb_arena_release(&arena);
    free(tar);
    return 0;
}
