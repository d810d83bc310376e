/* SPDX-License-Identifier: MIT */
/* A version that strict mode reads is read the same by loose mode, equals itself, and its printed
 * form is a version that equals it. */
#include "base/err.h"
#include "installer/semver/semver.h"

#include <inttypes.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_printed(const struct pl_version *v)
{
    char text[512];
    struct pl_version again;
    int n = snprintf(text, sizeof text, "%" PRIu64 ".%" PRIu64 ".%" PRIu64 "%s" PB_FMT, v->major,
                     v->minor, v->patch, v->pre.n ? "-" : "", PB_ARG(v->pre));
    PB_INVARIANT(n > 0 && (size_t)n < sizeof text);
    PB_INVARIANT(pl_version_parse(pb_strn(text, (size_t)n), false, &again));
    PB_INVARIANT(pl_version_cmp(v, &again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pb_str text = pb_strn((const char *)data, size);
    struct pl_version strict, loose;
    bool is_strict = pl_version_parse(text, false, &strict);
    bool is_loose = pl_version_parse(text, true, &loose);
    PB_INVARIANT(!is_strict || is_loose);
    if (is_loose) PB_INVARIANT(pl_version_cmp(&loose, &loose) == 0);
    if (!is_strict) return 0;
    PB_INVARIANT(pl_version_cmp(&strict, &loose) == 0);
    check_printed(&strict);
    return 0;
}
