/* SPDX-License-Identifier: MIT */
#include "installer/registry/iso_time.h"

#include <criterion/criterion.h>
#include <inttypes.h>

/* Expected values from `date -u -d ... +%s` and ECMAScript's Date.parse. */
static const struct {
    const char *text;
    int64_t ms;
} times[] = {
    {"1970", 0},
    {"1970-01-01T00:00:00.000Z", 0},
    {"2018-01-02", 1514851200000},
    {"2018-01", 1514764800000},
    {"2018-01-03T00:00:00.123Z", 1514937600123},
    {"2018-01-03T00:00:00.1Z", 1514937600100},
    {"2018-01-03T00:00:00.1239Z", 1514937600123},
    {"2018-01-03T09:00:00+09:00", 1514937600000},
    {"2018-01-02T19:30-04:30", 1514937600000},
    {"2000-02-29T23:59:59Z", 951868799000},
    {"1969-12-31T23:59:59Z", -1000},
    {"2018-01-02T24:00Z", 1514937600000},
    {" 2018-01-02 ", 1514851200000},
};

static const char *const malformed[] = {
    "",
    "yesterday",
    "18-01-02",
    "2018-13-01",
    "2018-00-01",
    "2018-01-32",
    "2018-01-02 00:00",
    "2018-01-02T",
    "2018-01-02T25:00",
    "2018-01-02T00:60",
    "2018-1-2",
    "2018-01-02T00:00X",
    "2018-01-02T00:00:00.Z",
    "2018-01-02T00:00:00+9",
    "2018-",
};

Test(iso_time, reads_what_javascript_reads)
{
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        int64_t ms = -1;
        cr_expect(pl_iso_time_ms(pb_str(times[i].text), &ms), "%s", times[i].text);
        cr_expect_eq(ms, times[i].ms, "%s: %" PRId64, times[i].text, ms);
    }
}

Test(iso_time, refuses_other_texts)
{
    int64_t ms;
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
        cr_expect_not(pl_iso_time_ms(pb_str(malformed[i]), &ms), "%s", malformed[i]);
}
