/* SPDX-License-Identifier: MIT */
/* First byte: flags; then a range, optionally a zero byte and a second one. A range's canonical
 * form accepts the same versions, contains the range, and after one more reading (which drops
 * ">=0.0.0") stays as it is. */
#include "base/err.h"
#include "installer/semver/semver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const versions[] = {
    "0.0.0-0", "0.0.0", "0.1.2",   "1.0.0",    "1.2.3-alpha",         "1.2.3-alpha.1",
    "1.2.3",   "2.0.0", "2.0.0-0", "10.20.30", "9007199254740991.0.0"};

static void check_same(const struct pl_range *a, const struct pl_range *b)
{
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        struct pl_version v;
        PB_INVARIANT(pl_version_parse(pb_str(versions[i]), false, &v));
        PB_INVARIANT(pl_range_test(a, &v) == pl_range_test(b, &v));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    unsigned flags = data[0] & (PL_RANGE_LOOSE | PL_RANGE_INCLUDE_PRERELEASE);
    struct pb_str rest = pb_strn((const char *)data + 1, size - 1), text;
    struct pb_arena arena = PB_ARENA_INIT;
    const struct pl_range *ranges[2] = {0};
    for (size_t i = 0; i < 2 && pb_str_split(&rest, '\0', &text); i++)
        ranges[i] = pl_range_parse(&arena, text, flags);
    if (ranges[0]) {
        struct pb_str canonical = pl_range_format(&arena, ranges[0]);
        const struct pl_range *again = pl_range_parse(&arena, canonical, flags);
        PB_INVARIANT(again);
        canonical = pl_range_format(&arena, again);
        const struct pl_range *stable = pl_range_parse(&arena, canonical, flags);
        PB_INVARIANT(stable && pb_str_eq(pl_range_format(&arena, stable), canonical));
        check_same(ranges[0], again);
        PB_INVARIANT(pl_range_subset(ranges[0], again));
    }
    if (ranges[0] && ranges[1]) {
        (void)pl_range_subset(ranges[0], ranges[1]);
        (void)pl_range_intersects(ranges[0], ranges[1]);
    }
    pb_arena_release(&arena);
    return 0;
}
