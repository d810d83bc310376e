/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include "base/err.h"
#include "base/str.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
    struct timespec t;
    if (clock_gettime(id, &t) != 0) PB_BUG("clock_gettime(%d) failed: errno %d", (int)id, errno);
    return (int64_t)t.tv_sec * PB_NS_PER_S + t.tv_nsec;
}

int64_t pb_now_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t pb_wallclock_ns(void)
{
    return read_clock(CLOCK_REALTIME);
}

void pb_format_utc(int64_t wallclock_ns, char out[32])
{
    time_t seconds = (time_t)(wallclock_ns / PB_NS_PER_S);
    if (wallclock_ns % PB_NS_PER_S < 0) seconds--;
    struct tm tm;
    if (!gmtime_r(&seconds, &tm) || strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0) out[0] = 0;
}

int64_t pb_parse_duration_ns(const char *text)
{
    static const struct {
        const char *suffix;
        int64_t ns;
    } units[] = {
        {"", PB_NS_PER_S},       {"ms", PB_NS_PER_MS},      {"s", PB_NS_PER_S},
        {"m", 60 * PB_NS_PER_S}, {"h", 3600 * PB_NS_PER_S},
    };
    size_t digits = strspn(text, "0123456789");
    uint64_t count;
    int64_t ns;
    if (!pb_str_u64(pb_strn(text, digits), &count)) return -1;
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(text + digits, units[i].suffix) != 0) continue;
        return __builtin_mul_overflow(count, units[i].ns, &ns) ? -1 : ns;
    }
    return -1;
}

void pb_sleep_ns(int64_t ns)
{
    if (ns <= 0) return;
    struct timespec left = {(time_t)(ns / PB_NS_PER_S), (long)(ns % PB_NS_PER_S)};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR)
        continue;
}
