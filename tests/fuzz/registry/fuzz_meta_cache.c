/* SPDX-License-Identifier: MIT */
/* A record of the metadata cache; what decodes is inflated as the registry layer would do. */
#include "installer/registry/gunzip.h"
#include "installer/registry/meta_record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct pl_meta_key key = {{"http://registry.example/", 24}, {"a", 1}, false};
    struct pl_meta_entry entry;
    struct pb_err err = PB_ERR_INIT;
    struct pb_buf out = PB_BUF_INIT(1u << 20);
    struct pb_str body = pb_strn((const char *)data, size);
    if (pl_meta_decode(body, &key, &entry)) body = entry.body;
    (void)!pl_gunzip(body.p, body.n, &out, &err);
    pb_buf_release(&out);
    return 0;
}
