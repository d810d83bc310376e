/* SPDX-License-Identifier: MIT */
#ifndef PL_TAR_READER_H
#define PL_TAR_READER_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

/*
 * Walks a tar archive that lies in memory; nothing is copied or written. Formats: POSIX ustar and
 * pax (path, size), GNU long names and base-256 sizes, V7 (POSIX.1-2017, pax; GNU tar manual,
 * "Basic Tar Format"). Sparse, multi-volume and unknown entries are refused, and so is anything
 * damaged: nothing is ever skipped because it could not be understood.
 */
enum pl_tar_type { PL_TAR_FILE, PL_TAR_FOLDER, PL_TAR_LINK };

struct pl_tar_entry {
    enum pl_tar_type type;
    struct pb_str path; /* as in the archive; valid until the next call */
    struct pb_str data; /* of files, in the archive's memory */
    uint32_t exec_bits; /* of the mode: 0111 is executable for all */
};

struct pl_tar_reader {
    struct pb_str tar;
    size_t at;
    size_t header_count, max_headers;
    bool needs_end_mark; /* an archive without the closing zero block counts as cut */
    char joined[257];    /* ustar prefix and name */
};

#define PL_TAR_READER(tar_bytes, max)                                                              \
    ((struct pl_tar_reader){.tar = (tar_bytes), .max_headers = (max), .needs_end_mark = true})

/* 1: an entry, 0: the end, -1: an error. */
int pl_tar_next(struct pl_tar_reader *reader, struct pl_tar_entry *entry,
                struct pb_err *err) PB_MUST_CHECK;

/* Whether `block` (512 bytes) can be the first block of a tar archive. */
bool pl_tar_is_header(const char *block);

#endif
