/* SPDX-License-Identifier: MIT */
#ifndef PL_TAR_READER_H
#define PL_TAR_READER_H

#include "base/err.h"
#include "base/str.h"

#include <stdint.h>

/*
 * Walks a tar archive that lies in memory or comes through a window of it; nothing is written.
 * Formats: POSIX ustar and pax (path, size), GNU long names and base-256 sizes, V7 (POSIX.1-2017,
 * pax; GNU tar manual, "Basic Tar Format"). Sparse, multi-volume and unknown entries are refused,
 * and so is anything damaged: nothing is ever skipped because it could not be understood.
 */
enum pl_tar_type { PL_TAR_FILE, PL_TAR_FOLDER, PL_TAR_LINK };

struct pl_tar_entry {
    enum pl_tar_type type;
    struct pb_str path; /* as in the archive; valid until the next call */
    struct pb_str data; /* of files: all, or what pl_tar_rest() continues */
    uint64_t bytes;     /* of files: all of them */
    uint32_t exec_bits; /* of the mode: 0111 is executable for all */
};

/* Files up to this size always come in one piece. What the window must hold: this, a block before
 * it and the padding behind it. */
#define PL_TAR_PIECE_MAX ((size_t)1 << 20)
#define PL_TAR_PATH_MAX 4096

struct pl_tar_reader {
    struct pb_str tar; /* the archive, or what is in the window */
    size_t at;
    /* Gives up `used` bytes at the front of *tar and has at least `need` follow, fewer only at the
     * end of the archive. NULL: all is in `tar`. */
    int (*more)(void *user, size_t used, size_t need, struct pb_str *tar, struct pb_err *err);
    void *user;
    uint64_t given_up;      /* bytes of the archive before `tar` */
    uint64_t rest, padding; /* of the entry at hand: its data to come, and zeros after that */
    size_t header_count, max_headers;
    bool needs_end_mark; /* an archive without the closing zero block counts as cut */
    char path[PL_TAR_PATH_MAX];
};

#define PL_TAR_READER(tar_bytes, max)                                                              \
    ((struct pl_tar_reader){.tar = (tar_bytes), .max_headers = (max), .needs_end_mark = true})

/* 1: an entry, 0: the end, -1: an error. */
int pl_tar_next(struct pl_tar_reader *reader, struct pl_tar_entry *entry,
                struct pb_err *err) PB_MUST_CHECK;

/* The next piece of a file's data behind entry->data. 1: a piece, 0: there is no more, -1: an
 * error.
 */
int pl_tar_rest(struct pl_tar_reader *reader, struct pb_str *piece,
                struct pb_err *err) PB_MUST_CHECK;

/* Whether `block` (512 bytes) can be the first block of a tar archive. */
bool pl_tar_is_header(const char *block);

#endif
