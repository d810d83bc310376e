/* SPDX-License-Identifier: MIT */
#ifndef PL_BODY_H
#define PL_BODY_H

#include "base/buf.h"
#include "installer/stages/sri.h"
#include "installer/store/store.h"

#include <stdatomic.h>

/*
 * A tarball on its way from the network to its extraction: in memory or, when it is large and
 * others take the room already, in a file without a name. So memory stays bounded whatever the
 * sizes, and most bodies are never written anywhere.
 */
struct pl_body {
    char *data; /* malloc'd; NULL when it is in a file */
    size_t n;
    int fd;                 /* -1: in memory */
    atomic_size_t *counted; /* where its memory is counted, or NULL */
    char
        integrity[PL_SRI_TEXT_MAX]; /* of what was received, by the strongest algorithm asked for */
};
#define PL_BODY_INIT ((struct pl_body){.fd = -1})
/* Any thread, while the room lives that it was received in. Leaves PL_BODY_INIT. */
void pl_body_release(struct pl_body *body);
struct pl_packed pl_body_packed(const struct pl_body *body);

/* Bodies up to this size always stay in memory; of larger ones as many as fit the second bound. In
 * ant-design 52 of 3,500 tarballs are larger, and 318 of 440 MB are theirs. */
#define PL_SMALL_BODY_BYTES ((size_t)1 << 20)
#define PL_LARGE_BODIES_BYTES ((size_t)48 << 20)

struct pl_body_room {
    struct pl_store *store;    /* borrowed, for its temporary files */
    atomic_size_t large_bytes; /* of large bodies in memory, until they are released */
};

/* One body while it is received. All of a room's on one thread. */
struct pl_incoming {
    struct pl_body_room *room;
    struct pb_buf buf; /* with a file: what is not written yet */
    size_t counted;    /* its share of large_bytes */
    int fd;            /* -1: in memory */
    uint64_t written, max_bytes;
};
void pl_incoming_init(struct pl_incoming *in, struct pl_body_room *room, uint64_t max_bytes);
void pl_incoming_release(struct pl_incoming *in);
/* Forgets what came. */
void pl_incoming_reset(struct pl_incoming *in);
/* Before the first byte, when the length is known: a large body has a place in memory then only. */
void pl_incoming_expect(struct pl_incoming *in, uint64_t bytes);
int pl_incoming_add(struct pl_incoming *in, const void *data, size_t n,
                    struct pb_err *err) PB_MUST_CHECK;
/* Hands over what came; its integrity is not set. */
int pl_incoming_take(struct pl_incoming *in, struct pl_body *out, struct pb_err *err) PB_MUST_CHECK;

#endif
