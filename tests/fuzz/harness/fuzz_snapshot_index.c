/* SPDX-License-Identifier: MIT */
/* An index that is accepted prints and reads back as the same text. */
#include "fixtures/registry/index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(const struct pb_response_index *index, struct pb_buf *out)
{
    pb_response_index_print(index, out);
    PB_INVARIANT(pb_buf_ok(out));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_response_index first = PB_RESPONSE_INDEX_INIT, second = PB_RESPONSE_INDEX_INIT;
    PB_AUTO_BUF struct pb_buf a = PB_BUF_INIT(64 << 20), b = PB_BUF_INIT(64 << 20);
    struct pb_str text = pb_strn((const char *)data, size);
    if (pb_response_index_parse(&first, text, "index", &err) == 0) {
        print(&first, &a);
        PB_INVARIANT(pb_response_index_parse(&second, pb_buf_str(&a), "again", &err) == 0);
        print(&second, &b);
        PB_INVARIANT(pb_str_eq(pb_buf_str(&a), pb_buf_str(&b)));
    } else {
        PB_INVARIANT(pb_err_is_set(&err));
    }
    pb_response_index_release(&first);
    pb_response_index_release(&second);
    return 0;
}
