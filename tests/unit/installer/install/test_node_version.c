/* SPDX-License-Identifier: MIT */
#include "installer/install/node_version.h"

#include <criterion/criterion.h>

Test(node_version, is_read_from_the_header)
{
    static const struct {
        const char *text, *version;
    } rows[] = {
        {"#define NODE_MAJOR_VERSION 20\n#define NODE_MINOR_VERSION 9\n"
         "#define NODE_PATCH_VERSION 0\n",
         "20.9.0"},
        {"// NODE_MAJOR_VERSION 1\r\n#define NODE_PATCH_VERSION 3\r\n"
         "#define NODE_MINOR_VERSION 2\r\n#define NODE_MAJOR_VERSION 1\r\n",
         "1.2.3"},
        {"#define NODE_MAJOR_VERSION 20\n#define NODE_MINOR_VERSION 9\n", ""},
        {"#define NODE_MAJOR_VERSION x\n#define NODE_MINOR_VERSION 9\n"
         "#define NODE_PATCH_VERSION 0\n",
         ""},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pb_arena arena = PB_ARENA_INIT;
        struct pb_str got = pl_node_version_of_header(&arena, pb_str(rows[i].text));
        cr_expect(pb_str_is(got, rows[i].version), "%zu: " PB_FMT, i, PB_ARG(got));
        pb_arena_release(&arena);
    }
}
