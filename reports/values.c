/* SPDX-License-Identifier: MIT */
/* Values as the seed tables print them: units by powers of 1024 and 1000, "-" for nothing. */
#include "reports/format.h"

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
