/* SPDX-License-Identifier: MIT */
#include "installer/store/inflate.h"

#include "installer/store/tar_reader.h"
#include "installer/store/unfilter.h"

#include <errno.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
#define HUGE_PAGE (2 * MIB)
#define TAR_BLOCK 512
#define CHUNK ((size_t)128 << 10)
/* Unpacked at a time: what is written next still lies in the processor's cache. */
#define STEP ((size_t)256 << 10)
/* So much of the window is used by pieces, unless more is asked for. */
#define PIECES ((size_t)2 << 20)

void pl_inflater_release(struct pl_inflater *inflater)
{
    if (!inflater) return;
    free(inflater->window);
    free(inflater->chunk);
    free(inflater->stream);
    pl_unfilter_close(inflater->other);
    if (inflater->whole) libdeflate_free_decompressor(inflater->whole);
    *inflater = PL_INFLATER_INIT;
}

static uint64_t most_bytes(size_t packed, const struct pl_inflate_limits *limits)
{
    uint64_t most = limits->max_bytes;
    uint64_t by_ratio = packed < most / limits->max_ratio ? packed * limits->max_ratio : most;
    if (by_ratio < MIB) by_ratio = MIB;
    return by_ratio < most ? by_ratio : most;
}

static int no_memory(struct pb_err *err)
{
    return pb_err_set(err, PB_E_LIMIT, "archive: no memory to unpack it");
}

static int damaged(struct pb_err *err)
{
    return pb_err_set(err, PB_E_BAD_INPUT, "archive: its gzip data is damaged: fetch it again");
}

static int too_large(const struct pl_inflater *inf, struct pb_err *err)
{
    return pb_err_set(
        err, PB_E_LIMIT,
        "archive: it unpacks to more than %llu bytes: refused as a decompression bomb",
        (unsigned long long)inf->most);
}

/* --- the packed bytes --- */

/* The next of a file; inf->left stays 0 at its end. */
static int read_chunk(struct pl_inflater *inf, struct pb_err *err)
{
    if (inf->in.fd < 0) return 0; /* all is there from the beginning */
    ssize_t n;
    do
        n = pread(inf->in.fd, inf->chunk, CHUNK, (off_t)inf->file_at);
    while (n < 0 && errno == EINTR);
    if (n < 0) return pb_err_sys(err, errno, "archive: cannot read it");
    inf->next = inf->chunk;
    inf->left = (size_t)n;
    inf->file_at += (uint64_t)n;
    return 0;
}

static int open_input(struct pl_inflater *inf, struct pb_err *err)
{
    inf->next = inf->in.data;
    inf->left = inf->in.fd < 0 ? inf->in.n : 0;
    inf->file_at = 0;
    if (inf->in.fd < 0) return 0;
    if (!inf->chunk && !(inf->chunk = malloc(CHUNK))) return no_memory(err);
    return read_chunk(inf, err);
}

/* --- gzip --- */

static uint32_t le32(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* What follows the last member is padding when it begins with a zero byte, as for gzip(1). */
static bool is_padding(const unsigned char *data, size_t n)
{
    return n == 0 || data[0] == 0;
}

/* True when all of it is unpacked. The trailer's ISIZE is only a hint: what does not come out as
 * one member in the window is left to the stream, which finds the errors, too. */
static bool inflate_whole(struct pl_inflater *inf)
{
    const unsigned char *data = inf->in.data;
    size_t n = inf->in.n, taken, wrote;
    if (inf->in.fd >= 0 || n < 4 || le32(data + n - 4) > PL_INFLATE_WINDOW) return false;
    if (!inf->whole) inf->whole = libdeflate_alloc_decompressor();
    if (!inf->whole) return false;
    size_t room = inf->most < PL_INFLATE_WINDOW ? (size_t)inf->most : PL_INFLATE_WINDOW;
    if (libdeflate_gzip_decompress_ex(inf->whole, data, n, inf->window, room, &taken, &wrote) !=
            LIBDEFLATE_SUCCESS ||
        !is_padding(data + taken, n - taken))
        return false;
    inf->tar = pb_strn(inf->window, wrote);
    inf->total = wrote;
    inf->is_end = true;
    return true;
}

/* Once per member. */
static void start_member(struct pl_inflater *inf)
{
    isal_inflate_reset(inf->stream);
    inf->stream->crc_flag = ISAL_GZIP;
}

static int unpack_gzip(struct pl_inflater *inf, char *to, size_t room, size_t *got,
                       struct pb_err *err)
{
    struct inflate_state *s = inf->stream;
    s->next_out = (uint8_t *)to;
    s->avail_out = (uint32_t)room;
    while (s->avail_out > 0) {
        if (inf->left == 0 && read_chunk(inf, err) != 0) return -1;
        if (s->block_state == ISAL_BLOCK_FINISH) {
            inf->is_end = is_padding(inf->next, inf->left);
            if (inf->is_end) break;
            start_member(inf);
        }
        size_t before = s->avail_out, n = inf->left < UINT32_MAX ? inf->left : UINT32_MAX;
        s->next_in = (uint8_t *)(uintptr_t)inf->next;
        s->avail_in = (uint32_t)n;
        if (isal_inflate(s) < 0) return damaged(err);
        size_t taken = n - s->avail_in;
        bool is_stuck = taken == 0 && s->avail_out == before;
        if (is_stuck && s->block_state != ISAL_BLOCK_FINISH) return damaged(err); /* cut off */
        inf->next += taken;
        inf->left -= taken;
    }
    *got = room - s->avail_out;
    return 0;
}

static int open_gzip(struct pl_inflater *inf, struct pb_err *err)
{
    inf->is_checked = true;
    if (inflate_whole(inf)) return 0;
    if (!inf->stream && !(inf->stream = malloc(sizeof *inf->stream))) return no_memory(err);
    isal_inflate_init(inf->stream);
    start_member(inf);
    inf->unpack = unpack_gzip;
    return 0;
}

/* --- others --- */

static int unpack_other(struct pl_inflater *inf, char *to, size_t room, size_t *got,
                        struct pb_err *err)
{
    if (pl_unfilter_read(inf->other, to, room, got, err) != 0) return -1;
    inf->is_end = *got == 0;
    return 0;
}

static int unpack_plain(struct pl_inflater *inf, char *to, size_t room, size_t *got,
                        struct pb_err *err)
{
    if (inf->left == 0 && read_chunk(inf, err) != 0) return -1;
    *got = inf->left < room ? inf->left : room;
    memcpy(to, inf->next, *got);
    inf->next += *got;
    inf->left -= *got;
    inf->is_end = *got == 0;
    return 0;
}

static bool is_plain_tar(const struct pl_inflater *inf)
{
    static const char zeros[TAR_BLOCK];
    return inf->left >= TAR_BLOCK &&
           (memcmp(inf->next, zeros, TAR_BLOCK) == 0 || pl_tar_is_header((const char *)inf->next));
}

/* What is in memory anyway needs no window. */
static int open_plain(struct pl_inflater *inf)
{
    inf->unpack = unpack_plain;
    if (inf->in.fd >= 0) return 0;
    inf->tar = pb_strn(inf->in.data, inf->in.n);
    inf->is_end = true;
    return 0;
}

int pl_inflate_open(struct pl_inflater *inf, const struct pl_packed *in,
                    const struct pl_inflate_limits *limits, struct pb_err *err)
{
    inf->in = *in;
    inf->total = 0;
    inf->most = most_bytes(in->n, limits);
    inf->is_end = inf->is_checked = false;
    if (!inf->window) {
        /* Huge pages, where the system has them to give: a small archive takes one of them, and
         * touching all in small ones cost 70,000 page faults in a cold install of ant-design. */
        inf->window = aligned_alloc(HUGE_PAGE, PL_INFLATE_WINDOW);
        if (!inf->window) return no_memory(err);
        (void)madvise(inf->window, PL_INFLATE_WINDOW, MADV_HUGEPAGE);
    }
    inf->tar = pb_strn(inf->window, 0);
    pl_unfilter_close(inf->other);
    inf->other = NULL;
    if (open_input(inf, err) != 0) return -1;
    if (inf->left >= 2 && inf->next[0] == 0x1f && inf->next[1] == 0x8b) return open_gzip(inf, err);
    if (is_plain_tar(inf)) return open_plain(inf);
    inf->is_checked = true;
    inf->unpack = unpack_other;
    inf->other = pl_unfilter_open(in, err);
    return inf->other ? 0 : -1;
}

/* Adds a piece behind inf->tar. One byte more than allowed is asked for, to see that it is there.
 */
static int unpack_more(struct pl_inflater *inf, struct pb_err *err)
{
    size_t end = (size_t)(inf->tar.p - inf->window) + inf->tar.n;
    size_t room = PL_INFLATE_WINDOW - end, got = 0;
    if (room > STEP) room = STEP;
    if (room > inf->most - inf->total) room = (size_t)(inf->most - inf->total) + 1;
    if (inf->unpack(inf, inf->window + end, room, &got, err) != 0) return -1;
    inf->tar.n += got;
    inf->total += got;
    return inf->total > inf->most ? too_large(inf, err) : 0;
}

int pl_inflate_more(struct pl_inflater *inf, size_t used, size_t need, struct pb_err *err)
{
    PB_INVARIANT(used <= inf->tar.n && need <= PL_INFLATE_WINDOW);
    inf->tar = pb_str_skip(inf->tar, used);
    if (inf->is_end || inf->tar.n >= need) return 0;
    size_t room = need > PIECES ? PL_INFLATE_WINDOW : PIECES;
    if (inf->tar.p + (need > STEP ? need : STEP) > inf->window + room) {
        memmove(inf->window, inf->tar.p, inf->tar.n);
        inf->tar.p = inf->window;
    }
    while (!inf->is_end && inf->tar.n < need)
        if (unpack_more(inf, err) != 0) return -1;
    return 0;
}

int pl_inflate_finish(struct pl_inflater *inf, struct pb_err *err)
{
    while (!inf->is_end)
        if (pl_inflate_more(inf, inf->tar.n, 1, err) != 0) return -1;
    return 0;
}
