/* SPDX-License-Identifier: MIT */
#include "installer/stages/body.h"

#include "base/fs.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define FLUSH_BYTES ((size_t)256 << 10)

void pl_body_release(struct pl_body *body)
{
    free(body->data);
    if (body->counted) atomic_fetch_sub(body->counted, body->n);
    if (body->fd >= 0) (void)close(body->fd);
    *body = PL_BODY_INIT;
}

struct pl_packed pl_body_packed(const struct pl_body *body)
{
    return (struct pl_packed){.data = body->data, .n = body->n, .fd = body->fd};
}

void pl_incoming_init(struct pl_incoming *in, struct pl_body_room *room, uint64_t max_bytes)
{
    *in = (struct pl_incoming){
        .room = room, .buf = PB_BUF_INIT((size_t)max_bytes), .fd = -1, .max_bytes = max_bytes};
}

static void uncount(struct pl_incoming *in)
{
    if (in->counted > 0) atomic_fetch_sub(&in->room->large_bytes, in->counted);
    in->counted = 0;
}

void pl_incoming_release(struct pl_incoming *in)
{
    uncount(in);
    pb_cleanup_close(&in->fd);
    pb_buf_release(&in->buf);
}

/* A file is written over, and cut at the end. */
void pl_incoming_reset(struct pl_incoming *in)
{
    uncount(in);
    in->written = 0;
    pb_buf_clear(&in->buf);
}

void pl_incoming_expect(struct pl_incoming *in, uint64_t bytes)
{
    if (in->fd >= 0 || bytes > PL_LARGE_BODIES_BYTES) return;
    if (bytes > PL_SMALL_BODY_BYTES) {
        uncount(in);
        if (atomic_load(&in->room->large_bytes) + bytes > PL_LARGE_BODIES_BYTES) return;
        in->counted = (size_t)bytes; /* only this thread adds */
        atomic_fetch_add(&in->room->large_bytes, in->counted);
    }
    (void)pb_buf_reserve(&in->buf, (size_t)bytes);
}

static int flush(struct pl_incoming *in, struct pb_err *err)
{
    for (size_t at = 0; at < in->buf.n;) {
        ssize_t n = pwrite(in->fd, in->buf.p + at, in->buf.n - at, (off_t)in->written);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return pb_err_sys(err, n < 0 ? errno : ENOSPC, "cannot write a temporary file");
        at += (size_t)n;
        in->written += (uint64_t)n;
    }
    pb_buf_clear(&in->buf);
    return 0;
}

/* What came so far moves to a file. */
static int leave_memory(struct pl_incoming *in, struct pb_err *err)
{
    in->fd = pl_store_temp_file(in->room->store, err);
    if (in->fd < 0 || flush(in, err) != 0) return -1;
    pb_buf_release(&in->buf);
    in->buf = PB_BUF_INIT((size_t)in->max_bytes);
    uncount(in);
    return 0;
}

int pl_incoming_add(struct pl_incoming *in, const void *data, size_t n, struct pb_err *err)
{
    pb_buf_add(&in->buf, data, n);
    if (!pb_buf_ok(&in->buf) || in->written + in->buf.n > in->max_bytes)
        return pb_err_set(err, PB_E_LIMIT, "larger than %llu bytes",
                          (unsigned long long)in->max_bytes);
    if (in->fd >= 0) return in->buf.n >= FLUSH_BYTES ? flush(in, err) : 0;
    bool has_place = in->buf.n <= PL_SMALL_BODY_BYTES || in->buf.n <= in->counted;
    return has_place ? 0 : leave_memory(in, err);
}

int pl_incoming_take(struct pl_incoming *in, struct pl_body *out, struct pb_err *err)
{
    *out = PL_BODY_INIT;
    if (in->fd < 0) {
        out->data = pb_buf_take(&in->buf, &out->n);
        if (in->counted == 0) return 0;
        out->counted = &in->room->large_bytes;
        atomic_fetch_sub(out->counted, in->counted - out->n); /* what came, not what was said */
        in->counted = 0;
        return 0;
    }
    if (flush(in, err) != 0) return -1;
    if (ftruncate(in->fd, (off_t)in->written) != 0)
        return pb_err_sys(err, errno, "cannot cut a temporary file");
    out->n = (size_t)in->written;
    out->fd = in->fd;
    in->fd = -1;
    return 0;
}
