/* SPDX-License-Identifier: MIT */
#include "reports/values.h"

#include <criterion/criterion.h>
#include <math.h>

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

static const struct {
    enum pb_unit unit;
    double value;
    const char *expected;
} shown[] = {
    {PB_UNIT_NS, 0, "0"},
    {PB_UNIT_NS, 950, "950 ns"},
    {PB_UNIT_NS, 12340, "12.3 µs"},
    {PB_UNIT_NS, 184.4e6, "184 ms"},
    {PB_UNIT_NS, 999.6e6, "1.00 s"},
    {PB_UNIT_NS, 9.534e9, "9.53 s"},
    {PB_UNIT_NS, 99.96e9, "100 s"},
    {PB_UNIT_NS, 1234e9, "1234 s"},
    {PB_UNIT_BYTES, 1, "1 B"},
    {PB_UNIT_BYTES, 0.5, "0.50 B"},
    {PB_UNIT_BYTES, 618659840, "590 MiB"},
    {PB_UNIT_BYTES, 1277752770, "1.19 GiB"},
    {PB_UNIT_COUNT, 999, "999"},
    {PB_UNIT_COUNT, 19600, "19.6 k"},
    {PB_UNIT_COUNT, 1874.5, "1.87 k"},
    {PB_UNIT_COUNT, 1234567, "1.23 M"},
};

Test(values, three_significant_digits_for_people)
{
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        char out[32];
        pb_show_value(shown[i].unit, shown[i].value, out);
        cr_expect_str_eq(out, shown[i].expected, "%g: %s", shown[i].value, out);
    }
}

static const struct {
    double ratio;
    const char *change, *factor;
} changes[] = {
    {1, "±0.0%", "1.00×"},         {1.0004, "±0.0%", "1.00×"}, {1.1234, "+12.3%", "1.12×"},
    {0.9, "\u221210.0%", "0.90×"}, {2, "+100%", "2.00×"},      {9.99, "+899%", "9.99×"},
    {12.34, "×12.3", "12.3×"},     {150, "×150", "150×"},
};

Test(values, log_ratios_as_changes_and_factors)
{
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char out[32];
        pb_show_change(log(changes[i].ratio), out);
        cr_expect_str_eq(out, changes[i].change);
        pb_show_factor(log(changes[i].ratio), out);
        cr_expect_str_eq(out, changes[i].factor);
    }
}
