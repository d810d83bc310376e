/* SPDX-License-Identifier: MIT */
/* Folded stacks as a result folder gives them: what was read and written again is the same to the
 * byte when it is read once more, and the picture of anything is made. */
#include "reports/trace/flame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_and_write(struct pb_str text, struct pb_buf *folded, struct pb_buf *svg)
{
    struct pb_flame flame = PB_FLAME_INIT;
    struct pb_err err = PB_ERR_INIT;
    int rc = pb_flame_add_folded(&flame, text, &err);
    PB_INVARIANT((rc != 0) == pb_err_is_set(&err));
    pb_flame_folded(&flame, folded);
    pb_flame_svg(&flame, "fuzz", "note", svg);
    pb_flame_release(&flame);
    return rc == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PB_AUTO_BUF struct pb_buf first = PB_BUF_INIT(16 << 20), second = PB_BUF_INIT(16 << 20);
    PB_AUTO_BUF struct pb_buf svg = PB_BUF_INIT(64 << 20);
    if (size > 1 << 16) return 0;
    read_and_write(pb_strn((const char *)data, size), &first, &svg);
    if (!pb_buf_ok(&first)) return 0;
    PB_INVARIANT(read_and_write(pb_buf_str(&first), &second, &svg));
    PB_INVARIANT(pb_str_eq(pb_buf_str(&first), pb_buf_str(&second)));
    return 0;
}
