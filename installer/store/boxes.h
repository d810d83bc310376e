/* SPDX-License-Identifier: MIT */
#ifndef PL_BOXES_H
#define PL_BOXES_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Where the store's files stand. Each has a number of its own, which names it:
 *
 *   <8 hex>/<2 hex>/<2 hex>    rack, box, file: the number's 32, 8 and 6 bits
 *
 * A box is a folder of at most 64 files: ext4 looks through a folder for each new name, and files
 * of many packages share one, for a folder costs as much as several files (docs/performance.md). A
 * rack is made by one process under a random name and locked (flock) until that process closes it;
 * nobody else ever adds to it, so in a rack that can be locked no file comes into use any more.
 *
 * Any thread, unless said otherwise.
 */
#define PL_BOX_FILES 64u
#define PL_RACK_BOXES 256u
#define PL_STORED_NAME_MAX 16
/* In what pl_stored_name() gives, where the file's name within its box begins. */
#define PL_STORED_NAME_IN_BOX 12

void pl_stored_name(uint64_t number, char out[PL_STORED_NAME_MAX]);
int pl_number_cmp(const void *a, const void *b); /* of numbers, for qsort() and bsearch() */

struct pl_boxes;

/* `dirfd`, borrowed, is of the folder that holds the racks. */
struct pl_boxes *pl_boxes_new(int dirfd);
/* Removes folders that were never filled and gives the racks free. NULL is fine. */
void pl_boxes_free(struct pl_boxes *boxes);
int pl_boxes_dirfd(const struct pl_boxes *boxes);

/* A box being filled, by one thread at a time. */
struct pl_box {
    int fd; /* of its folder; -1: none yet */
    uint64_t next;
};
struct pl_box pl_box_take(struct pl_boxes *boxes);
void pl_box_give(struct pl_boxes *boxes, struct pl_box *box);

/* A number that no file has, in box->fd. Follow up with pl_box_give() on errors too. */
int pl_box_number(struct pl_boxes *boxes, struct pl_box *box, uint64_t *number,
                  struct pb_err *err) PB_MUST_CHECK;

/* Removes files, as far as that works: prune removes what stays. */
void pl_boxes_discard(struct pl_boxes *boxes, const uint64_t *numbers, size_t n);

#endif
