/* SPDX-License-Identifier: MIT */
#ifndef PB_REPORT_SVG_H
#define PB_REPORT_SVG_H

#include "base/buf.h"

/*
 * Inline SVG of charts that are as wide as their place: x goes in percent of the width, y in
 * pixels, so that text and dots keep their size on every screen. Always hidden from screen readers:
 * the numbers stand beside it in the table.
 */
void pb_svg_open(struct pb_buf *out, const char *css_class, int height);
void pb_svg_close(struct pb_buf *out);
/* `css_class` NULL: none. */
void pb_svg_dot(struct pb_buf *out, double x, double y, double radius, const char *css_class);
void pb_svg_triangle(struct pb_buf *out, double x, double y, const char *css_class);
void pb_svg_rect(struct pb_buf *out, double x, double width, double y, double height,
                 const char *css_class);
void pb_svg_line(struct pb_buf *out, double x, double y1, double y2, const char *css_class);
/* `text` is escaped. Kept inside at both ends. */
void pb_svg_text(struct pb_buf *out, double x, double y, const char *text);

/* An axis from 0 to a little beyond the largest value, with ticks at round numbers. */
struct pb_svg_axis {
    double max, step;
    int ticks; /* at 0, step, 2 step, ... within max */
};
struct pb_svg_axis pb_svg_axis_for(double largest);
double pb_svg_x(const struct pb_svg_axis *axis, double value); /* in percent */

#endif
