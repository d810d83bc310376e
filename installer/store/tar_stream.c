/* SPDX-License-Identifier: MIT */
#include "installer/store/tar_stream.h"

_Static_assert(PL_TAR_PIECE_MAX + 1024 <= PL_INFLATE_WINDOW, "a piece fits the window");

static int more(void *user, size_t used, size_t need, struct pb_str *tar, struct pb_err *err)
{
    struct pl_inflater *inflater = user;
    if (pl_inflate_more(inflater, used, need, err) != 0) return -1;
    *tar = inflater->tar;
    return 0;
}

struct pl_tar_reader pl_tar_stream(struct pl_inflater *inflater, size_t max_headers)
{
    struct pl_tar_reader reader = PL_TAR_READER(inflater->tar, max_headers);
    reader.more = more;
    reader.user = inflater;
    reader.needs_end_mark = !inflater->is_checked;
    return reader;
}
