/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>

Test(arena, gives_zeroed_aligned_memory_of_all_sizes)
{
    struct pb_arena arena = PB_ARENA_INIT;
    size_t total = 0;
    for (size_t n = 0; n < 5000; n += 7) {
        char *p = pb_arena_alloc(&arena, n);
        cr_assert((uintptr_t)p % _Alignof(max_align_t) == 0, "%zu bytes are not aligned", n);
        for (size_t i = 0; i < n; i++)
            cr_assert(p[i] == 0, "byte %zu of %zu is not zero", i, n);
        memset(p, 0x5a, n);
        total += n;
    }
    cr_assert_eq(arena.used_bytes, total);
    pb_arena_release(&arena);
    cr_assert_null(arena.head);
    cr_assert_eq(arena.used_bytes, 0);
}

Test(arena, keeps_earlier_memory_when_it_grows)
{
    struct pb_arena arena = PB_ARENA_INIT;
    enum { COUNT = 3000 };
    const char *texts[COUNT];
    for (int i = 0; i < COUNT; i++) {
        texts[i] = pb_arena_printf(&arena, "text %d", i);
        if (i % 100 == 0) memset(pb_arena_alloc(&arena, 40000), 0xff, 40000);
    }
    for (int i = 0; i < COUNT; i++) {
        char expected[32];
        (void)snprintf(expected, sizeof expected, "text %d", i);
        cr_assert_str_eq(texts[i], expected);
    }
    pb_arena_release(&arena);
}

Test(arena, a_large_block_leaves_the_rest_of_the_head_in_use)
{
    struct pb_arena arena = PB_ARENA_INIT;
    char *first = pb_arena_cstr(&arena, PB_LIT("a"));
    (void)pb_arena_alloc(&arena, 1 << 20);
    char *second = pb_arena_cstr(&arena, PB_LIT("b"));
    cr_assert_eq(second, first + 2);
    pb_arena_release(&arena);
}

Test(arena, copies_are_terminated_and_independent)
{
    struct pb_arena arena = PB_ARENA_INIT;
    char source[] = "abcdef";
    char *cstr = pb_arena_cstr(&arena, pb_strn(source, 3));
    struct pb_str str = pb_arena_str(&arena, pb_strn(source + 3, 3));
    struct pb_str empty = pb_arena_str(&arena, (struct pb_str){0});
    memset(source, 'x', sizeof source - 1);
    cr_assert_str_eq(cstr, "abc");
    cr_assert(pb_str_is(str, "def"));
    cr_assert_eq(str.p[3], '\0');
    cr_assert_eq(empty.n, 0);
    cr_assert_eq(empty.p[0], '\0');
    pb_arena_release(&arena);
}

Test(arena, array_overflow_aborts, .signal = SIGABRT)
{
    struct pb_arena arena = PB_ARENA_INIT;
    (void)pb_arena_array(&arena, SIZE_MAX / 2, 3);
}

Test(arena, a_size_no_machine_has_aborts, .signal = SIGABRT)
{
    struct pb_arena arena = PB_ARENA_INIT;
    (void)pb_arena_alloc(&arena, SIZE_MAX - 8);
}
