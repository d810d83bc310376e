/* SPDX-License-Identifier: MIT */
#ifndef PL_ISO_TIME_H
#define PL_ISO_TIME_H

#include "base/str.h"

/*
 * Milliseconds since 1970 of an ISO 8601 time as ECMAScript's Date.parse reads it: "2018",
 * "2018-01", "2018-01-02", "2018-01-02T03:04Z", "...T03:04:05.678+09:00". A time without zone is
 * taken as UTC (JavaScript would take the machine's zone). False on anything else.
 */
bool pl_iso_time_ms(struct pb_str text, int64_t *out);

#endif
