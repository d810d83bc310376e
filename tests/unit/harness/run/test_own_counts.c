/* SPDX-License-Identifier: MIT */
#include "harness/run/own_counts.h"

#include <criterion/criterion.h>

static const struct {
    const char *output, *counts; /* NULL: none */
} rows[] = {
    {"{\"a\": 1}\n", "{\"a\": 1}"},
    {"{\"a\": 1}", "{\"a\": 1}"},
    {"warning: slow\n{\"a\":1}\nbye\n\n", "{\"a\":1}"},
    {"{\"a\":1}\n{\"b\":2}\n", "{\"b\":2}"},
    {"{\"a\":1}\n{cut\n", NULL},
    {"{\"a\":1} and more\n", NULL},
    {" {\"a\":1}\n", NULL},
    {"added 3 packages\n", NULL},
    {"[1]\n", NULL},
    {"", NULL},
    {"\n\n", NULL},
};

Test(own_counts, are_the_last_object_line)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pb_arena arena = PB_ARENA_INIT;
        const char *found = pb_own_counts_find(&arena, pb_str(rows[i].output));
        if (rows[i].counts) {
            cr_assert_not_null(found, "row %zu", i);
            cr_expect_str_eq(found, rows[i].counts, "row %zu", i);
        } else {
            cr_expect_null(found, "row %zu: %s", i, found);
        }
        pb_arena_release(&arena);
    }
}
