/* SPDX-License-Identifier: MIT */
#ifndef PL_UNTAR_H
#define PL_UNTAR_H

#include "base/arena.h"
#include "base/err.h"
#include "installer/manifest/manifest.h"
#include "installer/store/boxes.h"
#include "installer/store/inflate.h"
#include "installer/store/same_files.h"
#include "installer/store/store.h"

/*
 * npm tarballs to the store's boxes: inflate piece by piece (inflate.h), walk the tar
 * (tar_reader.h), write each file under a number as it comes (write_files.h), settle what the
 * package holds (tar_tree.h). The first path component is stripped. Only regular files and the
 * folders they need count. An entry that is absolute, contains "..", a NUL or a backslash, a
 * device, a damaged header or a cut archive refuses the whole package; symbolic and hard links are
 * left out, as npm does (archives of git hosts have them). Modes become 0644 with the archive's
 * execute bits (0666 with them & ~umask on disk). Later entries of one name win. Memory does not
 * grow with the archive's bytes, only with its entries.
 */
struct pl_untar_limits {
    uint64_t max_bytes; /* unpacked, headers included */
    uint64_t max_ratio; /* unpacked / packed, from 1 MiB on */
    size_t max_entries;
};
extern const struct pl_untar_limits pl_untar_default_limits; /* 2 GiB, 1000, 1,000,000 */

struct pl_untar_options {
    const struct pl_untar_limits *limits; /* NULL: the default ones */
    const struct pl_deps *bin;  /* name -> path: these get 0755 and a repaired shebang line; NULL */
    struct pl_same_files *same; /* identical files are written once; NULL: all are written */
};

struct pl_unpacked {
    struct pl_store_package package; /* dirs, files, bytes; files sorted by path */
    uint64_t *made; /* numbers of the files made for it: pl_boxes_discard() if it is not wanted */
    size_t made_count;
};
/* The lists in `out` are in the arena. After an error none of the files is left. Any thread, one
 * call per inflater at a time. */
int pl_untar(struct pl_boxes *boxes, const struct pl_packed *packed,
             const struct pl_untar_options *options, struct pl_inflater *inflater,
             struct pb_arena *arena, struct pl_unpacked *out, struct pb_err *err) PB_MUST_CHECK;

/* The package.json in an archive, nothing written. Any thread. */
int pl_untar_manifest(struct pb_arena *arena, const struct pl_packed *packed,
                      struct pl_manifest *out, struct pb_err *err) PB_MUST_CHECK;

#endif
