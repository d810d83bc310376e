/* SPDX-License-Identifier: MIT */
#include "reports/svg.h"

#include <criterion/criterion.h>
#include <math.h>

/* Whatever the sizes, 2 to 6 ticks at round numbers, and the largest value inside. */
Test(svg, axes_have_few_round_ticks)
{
    for (double largest = 1e-3; largest < 1e13; largest *= 1.37) {
        struct pb_svg_axis axis = pb_svg_axis_for(largest);
        double ticks = floor(axis.max / axis.step);
        double mantissa = axis.step / pow(10, floor(log10(axis.step) + 1e-9));
        bool is_round = fabs(mantissa - 1) < 1e-6 || fabs(mantissa - 2) < 1e-6 ||
                        fabs(mantissa - 2.5) < 1e-6 || fabs(mantissa - 5) < 1e-6;
        cr_expect(axis.max > largest && pb_svg_x(&axis, largest) > 90, "%g", largest);
        cr_expect(ticks >= 2 && ticks <= 6, "%g: %g ticks", largest, ticks);
        cr_expect(is_round, "%g: step %g", largest, axis.step);
    }
}

Test(svg, an_axis_of_nothing_is_an_axis)
{
    static const double nothing[] = {0, -1, NAN, INFINITY};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
        cr_expect_eq(pb_svg_axis_for(nothing[i]).max, 1);
}

Test(svg, texts_are_escaped_and_kept_inside)
{
    static const struct {
        double x;
        const char *expected;
    } rows[] = {
        {0, "<text x=\"0.00%\" y=\"1\" text-anchor=\"start\">&lt;</text>"},
        {50, "<text x=\"50.00%\" y=\"1\" text-anchor=\"middle\">&lt;</text>"},
        {99, "<text x=\"99.00%\" y=\"1\" text-anchor=\"end\">&lt;</text>"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1000);
        pb_svg_text(&out, rows[i].x, 1, "<");
        cr_expect_str_eq(out.p, rows[i].expected);
    }
}
