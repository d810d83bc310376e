/* SPDX-License-Identifier: MIT */
#ifndef PL_WRITE_FILES_H
#define PL_WRITE_FILES_H

#include "installer/store/boxes.h"
#include "installer/store/same_files.h"
#include "installer/store/tar_reader.h"

/*
 * Writes an archive's files as they come: each under a number (boxes.h), identical ones once. A
 * file is compared with those before it of the same package, and with those of other packages by
 * same_files.h, when it came in one piece (PL_TAR_PIECE_MAX).
 */
struct pl_written {
    uint64_t bytes, number;
    uint32_t crc32, mode;
    uint32_t next_alike; /* index + 1 of the one before it in its chain */
    struct pb_str data;  /* still readable while the reader's `given_up` is as then; empty: in
                            several pieces */
    uint64_t given_up;
    bool is_made; /* here, not one that was there */
};

#define PL_WRITTEN_CHAINS 512

struct pl_file_writer {
    struct pl_boxes *boxes;
    struct pl_box box;          /* taken */
    struct pl_same_files *same; /* NULL: no file is shared with any other */
    struct pl_written *files;   /* in the order of the archive */
    size_t n, cap;
    uint32_t chains[PL_WRITTEN_CHAINS]; /* by CRC-32; index + 1 */
};
/* Takes a box, which release gives back. Both are borrowed; `same` may be NULL. */
struct pl_file_writer pl_file_writer(struct pl_boxes *boxes, struct pl_same_files *same);
void pl_file_writer_release(struct pl_file_writer *writer); /* the files stay */

/* Writes the entry as writer->files[n]. A `bin` is made executable, and a CR behind its shebang
 * line is left out. `path` is for messages. */
int pl_write_file(struct pl_file_writer *writer, struct pl_tar_reader *reader,
                  const struct pl_tar_entry *entry, bool is_bin, const char *path,
                  struct pb_err *err) PB_MUST_CHECK;

#endif
