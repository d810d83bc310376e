/* SPDX-License-Identifier: MIT */
#include "base/map.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { KEYS = 5000 };
static char keys[KEYS][32];
static int values[KEYS];

static struct pb_str key(size_t i)
{
    return pb_str(keys[i]);
}

static struct pb_map filled(size_t n)
{
    struct pb_map map = PB_MAP_INIT;
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(keys[i], sizeof keys[i], "key-%zu", i);
        cr_assert_null(pb_map_put(&map, key(i), &values[i]));
    }
    return map;
}

Test(map, finds_what_was_put_and_nothing_else)
{
    struct pb_map map = filled(KEYS);
    cr_assert_eq(map.n, KEYS);
    for (size_t i = 0; i < KEYS; i++)
        cr_assert_eq(pb_map_get(&map, key(i)), &values[i]);
    cr_assert_null(pb_map_get(&map, PB_LIT("key-5000")));
    cr_assert_not(pb_map_has(&map, PB_LIT("key-")));
    pb_map_release(&map);
}

Test(map, an_empty_map_answers)
{
    struct pb_map map = PB_MAP_INIT;
    size_t at = 0;
    cr_assert_null(pb_map_get(&map, PB_LIT("a")));
    cr_assert_null(pb_map_remove(&map, PB_LIT("a")));
    cr_assert_null(pb_map_next(&map, &at));
    pb_map_release(&map);
}

Test(map, replacing_keeps_the_place_and_returns_the_former_value)
{
    struct pb_map map = filled(10);
    cr_assert_eq(pb_map_put(&map, key(3), &values[9]), &values[3]);
    cr_assert_eq(map.n, 10);
    size_t i = 0;
    PB_MAP_EACH (&map, e) {
        cr_assert(pb_str_eq(e->key, key(i)));
        cr_assert_eq(e->value, i == 3 ? &values[9] : &values[i]);
        i++;
    }
    cr_assert_eq(i, 10);
    pb_map_release(&map);
}

Test(map, removal_keeps_the_order_of_the_rest)
{
    struct pb_map map = filled(KEYS);
    for (size_t i = 0; i < KEYS; i++) {
        if (i % 3 != 0) cr_assert_eq(pb_map_remove(&map, key(i)), &values[i]);
    }
    cr_assert_null(pb_map_remove(&map, key(1)));
    cr_assert_null(pb_map_put(&map, key(1), &values[1])); /* comes back at the end */
    size_t expected = 0, seen = 0;
    PB_MAP_EACH (&map, e) {
        cr_assert_eq(e->value, expected < KEYS ? &values[expected] : &values[1]);
        expected += 3;
        seen++;
    }
    cr_assert_eq(seen, map.n);
    for (size_t i = 0; i < KEYS; i++) {
        cr_assert_eq(pb_map_has(&map, key(i)), i % 3 == 0 || i == 1);
    }
    pb_map_release(&map);
}

Test(map, putting_and_removing_for_ever_needs_no_more_room)
{
    struct pb_map map = filled(20);
    for (size_t i = 0; i < 100000; i++) {
        size_t k = i % 20;
        cr_assert_eq(pb_map_remove(&map, key(k)), &values[k]);
        cr_assert_null(pb_map_put(&map, key(k), &values[k]));
    }
    cr_assert_eq(map.n, 20);
    cr_assert_leq(map.cap, 64);
    pb_map_release(&map);
}

Test(map, the_empty_key_is_a_key)
{
    struct pb_map map = PB_MAP_INIT;
    cr_assert_null(pb_map_put(&map, (struct pb_str){0}, &values[0]));
    cr_assert_eq(pb_map_get(&map, PB_LIT("")), &values[0]);
    cr_assert_eq(pb_map_remove(&map, PB_LIT("")), &values[0]);
    pb_map_release(&map);
}

Test(map, a_loop_may_stop_early_and_may_remove)
{
    struct pb_map map = filled(10);
    size_t seen = 0;
    PB_MAP_EACH (&map, e) {
        if (++seen == 4) break;
        (void)pb_map_remove(&map, e->key);
    }
    cr_assert_eq(seen, 4);
    cr_assert_eq(map.n, 7);
    pb_map_release(&map);
}
