/* SPDX-License-Identifier: MIT */
#include "reports/values.h"

#include <criterion/criterion.h>

static const struct {
    void (*format)(double value, char out[32]);
    double value;
    const char *expected;
} rows[] = {
    {pb_format_seconds, 9.53e9, "9.53s"},
    {pb_format_seconds, 0, "0.00s"},
    {pb_format_seconds, 123.456e9, "123.46s"},
    {pb_format_bytes, 0, "-"},
    {pb_format_bytes, 1, "1B"},
    {pb_format_bytes, 1023, "1023B"},
    {pb_format_bytes, 1024, "1K"},
    {pb_format_bytes, 1048575, "1024K"},
    {pb_format_bytes, 1048576, "1M"},
    {pb_format_bytes, 618659840, "590M"},
    {pb_format_bytes, 1073741824, "1.00G"},
    {pb_format_bytes, 1277752770, "1.19G"},
    {pb_format_count, 0, "-"},
    {pb_format_count, 999, "999"},
    {pb_format_count, 1000, "1.0K"},
    {pb_format_count, 291100, "291.1K"},
    {pb_format_count, 1000000, "1.00M"},
};

Test(values, units_and_rounding_of_the_seed_tables)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char out[32];
        rows[i].format(rows[i].value, out);
        cr_expect_str_eq(out, rows[i].expected);
    }
}
