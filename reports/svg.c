/* SPDX-License-Identifier: MIT */
#include "reports/svg.h"

#include "reports/escape.h"

#include <math.h>

void pb_svg_open(struct pb_buf *out, const char *css_class, int height)
{
    pb_buf_printf(out, "<svg class=\"%s\" height=\"%d\" aria-hidden=\"true\" focusable=\"false\">",
                  css_class, height);
}

void pb_svg_close(struct pb_buf *out)
{
    pb_buf_add_cstr(out, "</svg>");
}

static void add_class(struct pb_buf *out, const char *css_class)
{
    if (css_class) pb_buf_printf(out, " class=\"%s\"", css_class);
}

void pb_svg_dot(struct pb_buf *out, double x, double y, double radius, const char *css_class)
{
    pb_buf_printf(out, "<circle cx=\"%.2f%%\" cy=\"%.4g\" r=\"%g\"", x, y, radius);
    add_class(out, css_class);
    pb_buf_add_cstr(out, "/>");
}

/* A path cannot use percent: it sits in an SVG of its own. */
void pb_svg_triangle(struct pb_buf *out, double x, double y, const char *css_class)
{
    pb_buf_printf(out, "<svg x=\"%.2f%%\" y=\"%.4g\" overflow=\"visible\"><path d=\"M0-4 4 3H-4z\"",
                  x, y);
    add_class(out, css_class);
    pb_buf_add_cstr(out, "/></svg>");
}

void pb_svg_rect(struct pb_buf *out, double x, double width, double y, double height,
                 const char *css_class)
{
    pb_buf_printf(out, "<rect x=\"%.2f%%\" width=\"%.2f%%\" y=\"%.4g\" height=\"%.4g\" rx=\"2\"", x,
                  width, y, height);
    add_class(out, css_class);
    pb_buf_add_cstr(out, "/>");
}

void pb_svg_line(struct pb_buf *out, double x, double y1, double y2, const char *css_class)
{
    pb_buf_printf(out, "<line x1=\"%.2f%%\" x2=\"%.2f%%\" y1=\"%.4g\" y2=\"%.4g\"", x, x, y1, y2);
    add_class(out, css_class);
    pb_buf_add_cstr(out, "/>");
}

void pb_svg_text(struct pb_buf *out, double x, double y, const char *text)
{
    const char *anchor = x < 4 ? "start" : x > 94 ? "end" : "middle";
    pb_buf_printf(out, "<text x=\"%.2f%%\" y=\"%.4g\" text-anchor=\"%s\">", x, y, anchor);
    pb_add_xml(out, text);
    pb_buf_add_cstr(out, "</text>");
}

struct pb_svg_axis pb_svg_axis_for(double largest)
{
    enum { WANTED_TICKS = 4 };
    static const double round_steps[] = {1, 2, 2.5, 5, 10};
    if (!(largest > 0) || !isfinite(largest))
        return (struct pb_svg_axis){.max = 1, .step = 1, .ticks = 2};
    struct pb_svg_axis axis = {.max = largest * 1.05};
    double power = pow(10, floor(log10(axis.max / WANTED_TICKS)));
    for (size_t i = 0; i < sizeof round_steps / sizeof *round_steps; i++) {
        axis.step = round_steps[i] * power;
        if (axis.max / axis.step <= WANTED_TICKS + 1) break;
    }
    axis.ticks = 1 + (int)(axis.max / axis.step);
    return axis;
}

double pb_svg_x(const struct pb_svg_axis *axis, double value)
{
    return 100 * value / axis->max;
}
