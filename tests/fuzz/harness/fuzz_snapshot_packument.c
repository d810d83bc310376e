/* SPDX-License-Identifier: MIT */
/* Editing a package document never fails on its own result, and a second abbreviation is none. */
#include "fixtures/registry/packument_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_map dropped = PB_MAP_INIT;
    PB_AUTO_BUF struct pb_buf once = PB_BUF_INIT(64 << 20), twice = PB_BUF_INIT(64 << 20);
    PB_AUTO_BUF struct pb_buf expanded = PB_BUF_INIT(64 << 20);
    struct pb_str text = pb_strn((const char *)data, size);
    (void)pb_map_put(&dropped, PB_LIT("1.0.0"), &dropped);
    const struct pb_packument_edit edit = {.abbreviate = true,
                                           .registry_url = PB_LIT("https://registry.example/"),
                                           .dropped = &dropped};
    const struct pb_packument_edit again = {.abbreviate = true};
    if (pb_packument_rewrite(text, &edit, &once, &err) == 0) {
        PB_INVARIANT(pb_packument_rewrite(pb_buf_str(&once), &again, &twice, &err) == 0);
        PB_INVARIANT(pb_str_eq(pb_buf_str(&once), pb_buf_str(&twice)));
        pb_packument_expand(pb_buf_str(&once), PB_LIT("http://127.0.0.1:1/"), &expanded);
        (void)pb_packument_version(pb_buf_str(&once), PB_LIT("latest"));
    } else {
        PB_INVARIANT(pb_err_is_set(&err));
    }
    pb_map_release(&dropped);
    return 0;
}
