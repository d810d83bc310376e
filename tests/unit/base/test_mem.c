/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

Test(mem, empty_requests_give_pointers)
{
    PB_AUTO_FREE void *a = pb_malloc(0);
    PB_AUTO_FREE void *b = pb_calloc(0, 8);
    PB_AUTO_FREE void *c = pb_realloc(NULL, 0);
    cr_assert(a && b && c);
}

Test(mem, calloc_is_zeroed_and_strdup_copies)
{
    PB_AUTO_FREE char *zero = pb_calloc(10, 3);
    for (size_t i = 0; i < 30; i++)
        cr_assert_eq(zero[i], 0);
    PB_AUTO_FREE char *copy = pb_strdup("abc");
    cr_assert_str_eq(copy, "abc");
}

Test(mem, grow_keeps_items_and_doubles)
{
    int *items = NULL;
    size_t cap = 0, changes = 0;
    for (int i = 0; i < 1000; i++) {
        size_t before = cap;
        PB_GROW(items, cap, (size_t)i + 1);
        changes += cap != before;
        items[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        cr_assert_eq(items[i], i);
    cr_assert_eq(cap, 1024);
    cr_assert_eq(changes, 8); /* 8, 16, ... 1024 */
    PB_GROW(items, cap, 5000);
    cr_assert_eq(cap, 5000);
    free(items);
}

Test(mem, impossible_sizes_abort, .signal = SIGABRT)
{
    int *items = NULL;
    size_t cap = 0;
    PB_GROW(items, cap, SIZE_MAX / 2);
}

Test(mem, impossible_products_abort, .signal = SIGABRT)
{
    (void)pb_calloc(SIZE_MAX / 2, 4);
}
