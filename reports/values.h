/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_VALUES_H
#define PB_REPORT_VALUES_H

#include "harness/journal/metric.h"

/* Values as the seed tables print them (reference: docs/design.md section 6). "-" where the seed
 * prints it. `out` needs 32 bytes. */
void pb_format_seconds(double ns, char out[32]); /* "1.23s" */
void pb_format_bytes(double bytes, char out[32]);
void pb_format_count(double count, char out[32]);

/* Values for people, three significant digits and the unit that fits: "9.53 s", "184 ms",
 * "590 MiB", "19.6 k". 0 is "0". UTF-8. */
void pb_show_value(enum pb_unit unit, double value, char out[32]);
/* A log ratio as a change: "+12.3%", "−4.1%" (with the minus sign); from tenfold on "×12.3". */
void pb_show_change(double log_ratio, char out[32]);
/* A log ratio as a factor: "1.23×". */
void pb_show_factor(double log_ratio, char out[32]);

#endif
