/* SPDX-License-Identifier: MIT */
#include "reports/text_wrap.h"

#include <criterion/criterion.h>

Test(text_wrap, prose_breaks_between_words)
{
    static const struct {
        const char *text;
        unsigned width;
        int at;
        const char *expected;
    } rows[] = {
        {"", 10, 0, ""},
        {"one two three", 0, 0, "one two three"},
        {"one two three", 13, 0, "one two three"},
        {"one two three", 12, 0, "one two\n  three"},
        {"one two three", 7, 0, "one two\n  three"},
        {"one two three", 13, 1, "one two\n  three"},
        {"one two", 10, 8, "\n  one two"},
        {"a-word-that-is-too-wide b", 8, 0, "a-word-that-is-too-wide\n  b"},
        {"\u00b1\u03c3 \u2212\u2212", 5, 0, "\u00b1\u03c3 \u2212\u2212"},
        {"line\nfeed", 20, 0, "line feed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 12);
        pb_add_wrapped(&out, rows[i].text, rows[i].width, rows[i].at);
        cr_expect(pb_str_is(pb_buf_str(&out), rows[i].expected), "row %zu: \"" PB_FMT "\"", i,
                  PB_ARG(pb_buf_str(&out)));
    }
}
