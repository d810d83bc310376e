/* SPDX-License-Identifier: MIT */
#include "installer/store/shebang.h"

#include <criterion/criterion.h>

Test(shebang, finds_only_the_cr_of_a_first_line)
{
    static const struct {
        const char *text;
        size_t cr;
    } cases[] = {{"#!/bin/sh\r\n", 9},
                 {"#!/bin/sh\r\nx\r\n", 9},
                 {"#!/bin/sh\n\r\n", 0},
                 {"#!/bin/sh\r", 0},
                 {"#!/bin/sh", 0},
                 {"#!x\r\n", 3},
                 {"#!\r\n", 0},
                 {"#!\n", 0},
                 {"#!a\rb\r\n", 5},
                 {"// x\r\n", 0},
                 {" #!/bin/sh\r\n", 0},
                 {"", 0},
                 {"#", 0},
                 {"#!", 0},
                 {"\xef\xbb\xbf#!/bin/sh\r\n", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        cr_assert_eq(pl_shebang_cr(pb_str(cases[i].text)), cases[i].cr, "case %zu", i);
}

Test(shebang, looks_no_further_than_npm)
{
    char text[PL_SHEBANG_MAX + 8];
    memset(text, 'x', sizeof text);
    memcpy(text, "#!", 2);
    memcpy(text + PL_SHEBANG_MAX - 2, "\r\n", 2);
    cr_assert_eq(pl_shebang_cr(pb_strn(text, sizeof text)), PL_SHEBANG_MAX - 2);
    memcpy(text + PL_SHEBANG_MAX - 2, "x\r\n", 3);
    cr_assert_eq(pl_shebang_cr(pb_strn(text, sizeof text)), 0);
}
