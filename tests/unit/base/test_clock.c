/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <criterion/criterion.h>

static const struct {
    const char *text;
    int64_t ns;
} durations[] = {
    {"0", 0},
    {"500ms", 500 * PB_NS_PER_MS},
    {"30s", 30 * PB_NS_PER_S},
    {"30", 30 * PB_NS_PER_S},
    {"10m", 600 * PB_NS_PER_S},
    {"2h", 7200 * PB_NS_PER_S},
    {"9223372036s", 9223372036 * PB_NS_PER_S},
    {"9223372037s", -1},
    {"99999999999999999999h", -1},
    {"", -1},
    {"s", -1},
    {"-1s", -1},
    {"+1s", -1},
    {" 1s", -1},
    {"1s ", -1},
    {"1.5s", -1},
    {"1d", -1},
    {"1sm", -1},
};

Test(clock, parses_durations)
{
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++) {
        int64_t ns = pb_parse_duration_ns(durations[i].text);
        cr_expect(ns == durations[i].ns, "\"%s\" gives %lld", durations[i].text, (long long)ns);
    }
}

static const struct {
    int64_t ns;
    const char *text;
} instants[] = {
    {0, "1970-01-01T00:00:00Z"},
    {1769860800 * PB_NS_PER_S, "2026-01-31T12:00:00Z"},
    {1769860800 * PB_NS_PER_S + 999999999, "2026-01-31T12:00:00Z"},
    {-1, "1969-12-31T23:59:59Z"},
    {951782400 * PB_NS_PER_S, "2000-02-29T00:00:00Z"},
};

Test(clock, formats_utc)
{
    for (size_t i = 0; i < sizeof instants / sizeof instants[0]; i++) {
        char out[32];
        pb_format_utc(instants[i].ns, out);
        cr_expect_str_eq(out, instants[i].text);
    }
}

Test(clock, monotonic_never_goes_back_and_sleep_lasts_at_least_as_asked)
{
    int64_t start = pb_now_ns();
    pb_sleep_ns(2 * PB_NS_PER_MS);
    pb_sleep_ns(0);
    pb_sleep_ns(-5);
    cr_assert_geq(pb_now_ns() - start, 2 * PB_NS_PER_MS);
}

Test(clock, wallclock_is_after_2020)
{
    cr_assert_gt(pb_wallclock_ns(), 1577836800 * PB_NS_PER_S);
}
