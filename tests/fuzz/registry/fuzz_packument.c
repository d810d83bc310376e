/* SPDX-License-Identifier: MIT */
/* A registry document: index, every query, a few picks, and the manifests of what was picked. */
#include "base/mem.h"
#include "installer/registry/packument.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void query(struct pl_packument *p)
{
    static const char *const wanted[] = {"*", "^1.0.0", "latest", "1.0.0", "<3 || >=4-0", "beta"};
    static const struct pl_pick_options options = {.before = {"2020-01-01", 10},
                                                   .node_version = {"18.0.0", 6}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        struct pb_err err = PB_ERR_INIT;
        ptrdiff_t at = pl_packument_pick(p, pb_str(wanted[i]), i % 2 ? &options : NULL, &err);
        if (at >= 0) (void)pl_packument_manifest(p, (size_t)at, &err);
    }
    for (size_t i = 0; i < pl_packument_version_count(p) && i < 64; i++) {
        (void)pl_packument_version_text(p, i);
        (void)pl_packument_time(p, i);
        (void)pl_packument_is_deprecated(p, i);
    }
}

static char *text_again(void *user, size_t n, struct pb_err *err)
{
    (void)err;
    return memcpy(pb_malloc(n + 1), user, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = pb_malloc(size + 1);
    memcpy(text, data, size);
    text[size] = '\0';
    struct pb_err err = PB_ERR_INIT;
    struct pl_packument *p = pl_packument_new(text, size, &err);
    if (!p) return 0;
    if (size % 2) query(p); /* sealing after questions, and before any */
    char *sealed = pl_packument_seal(p, &(struct pl_packument_again){text_again, (void *)data});
    memset(sealed, 'x', size);
    free(sealed);
    query(p);
    pl_packument_rest(p);
    pl_packument_free(p);
    return 0;
}
