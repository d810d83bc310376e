/* SPDX-License-Identifier: MIT */
#ifndef PB_CLOCK_H
#define PB_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define PB_NS_PER_S 1000000000LL
#define PB_NS_PER_MS 1000000LL

/* CLOCK_MONOTONIC. The clock of every timing, in the harness, plumb's spans and the BPF events. */
int64_t pb_now_ns(void);
/* CLOCK_REALTIME, nanoseconds since 1970. */
int64_t pb_wallclock_ns(void);
/* "2026-01-31T12:00:00Z" of a CLOCK_REALTIME value; `out` needs 32 bytes. */
void pb_format_utc(int64_t wallclock_ns, char out[32]);
/* "500ms", "30s", "10m", "2h" or a bare number of seconds; -1 when malformed or negative. */
int64_t pb_parse_duration_ns(const char *text);
void pb_sleep_ns(int64_t ns);

#endif
