/* SPDX-License-Identifier: MIT */
/* Values as the seed tables print them: units by powers of 1024 and 1000, "-" for nothing. */
#include "reports/values.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>

void pb_format_seconds(double ns, char out[32])
{
    snprintf(out, 32, "%.2fs", ns / 1e9);
}

void pb_format_bytes(double bytes, char out[32])
{
    if (bytes <= 0)
        snprintf(out, 32, "-");
    else if (bytes >= 1073741824.0)
        snprintf(out, 32, "%.2fG", bytes / 1073741824.0);
    else if (bytes >= 1048576.0)
        snprintf(out, 32, "%.0fM", bytes / 1048576.0);
    else if (bytes >= 1024.0)
        snprintf(out, 32, "%.0fK", bytes / 1024.0);
    else
        snprintf(out, 32, "%.0fB", bytes);
}

void pb_format_count(double count, char out[32])
{
    if (count <= 0)
        snprintf(out, 32, "-");
    else if (count >= 1e6)
        snprintf(out, 32, "%.2fM", count / 1e6);
    else if (count >= 1e3)
        snprintf(out, 32, "%.1fK", count / 1e3);
    else
        snprintf(out, 32, "%.0f", count);
}

struct scale {
    double size;
    const char *unit;
};
static const struct scale times[] = {{1e9, " s"}, {1e6, " ms"}, {1e3, " µs"}, {1, " ns"}};
static const struct scale bytes[] = {
    {1073741824.0, " GiB"}, {1048576.0, " MiB"}, {1024.0, " KiB"}, {1, " B"}};
static const struct scale counts[] = {{1e9, " G"}, {1e6, " M"}, {1e3, " k"}, {1, ""}};
enum { SCALE_COUNT = 4 };

/* Digits behind the point that make three significant ones. */
static int decimals(double value)
{
    return value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
}

void pb_show_value(enum pb_unit unit, double value, char out[32])
{
    static const struct scale *const scales[] = {
        [PB_UNIT_NS] = times, [PB_UNIT_BYTES] = bytes, [PB_UNIT_COUNT] = counts};
    const struct scale *scale = scales[unit];
    size_t i = 0;
    /* 999.5 would be printed as 1000 of the smaller unit. */
    while (i + 1 < SCALE_COUNT && fabs(value) < scale[i].size * 0.9995)
        i++;
    double scaled = value / scale[i].size;
    bool whole = scale[i].size == 1 && scaled == floor(scaled);
    if (value == 0)
        snprintf(out, 32, "0");
    else
        snprintf(out, 32, "%.*f%s", whole ? 0 : decimals(fabs(scaled)), scaled, scale[i].unit);
}

void pb_show_change(double log_ratio, char out[32])
{
    double percent = expm1(log_ratio) * 100;
    const char *sign = percent < 0 ? "\u2212" : "+";
    if (percent >= 900)
        snprintf(out, 32, "×%.3g", exp(log_ratio));
    else if (fabs(percent) < 0.05)
        snprintf(out, 32, "±0.0%%");
    else
        snprintf(out, 32, "%s%.*f%%", sign, fabs(percent) >= 99.95 ? 0 : 1, fabs(percent));
}

void pb_show_factor(double log_ratio, char out[32])
{
    double factor = exp(log_ratio);
    snprintf(out, 32, "%.*f×", decimals(factor), factor);
}
