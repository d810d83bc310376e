/* SPDX-License-Identifier: MIT */
#include "harness/probes/groups.h"

#include <criterion/criterion.h>
#include <string.h>

Test(probe_groups, each_is_there_or_says_why_not_and_what_helps)
{
    struct pb_arena arena = PB_ARENA_INIT;
    const struct pb_probe_group *groups;
    size_t n = pb_probe_groups(&arena, &groups);
    cr_assert_gt(n, 0);
    for (size_t i = 0; i < n; i++) {
        const struct pb_probe_group *g = &groups[i];
        cr_expect(g->name && g->gives && pb_group_level_name(g->level), "group %zu", i);
        cr_expect_eq(g->available, g->cause == NULL, "%s", g->name);
        cr_expect_eq(g->available, g->cure == NULL, "%s", g->name);
        cr_expect(!g->cause || !strchr(g->cause, '\n'), "%s", g->name);
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(g->name, groups[k].name);
    }
    pb_arena_release(&arena);
}

/* The launcher needs nothing but fork and wait. */
Test(probe_groups, times_are_always_available)
{
    struct pb_arena arena = PB_ARENA_INIT;
    const struct pb_probe_group *groups;
    cr_assert_gt(pb_probe_groups(&arena, &groups), 0);
    cr_expect_str_eq(groups[0].name, "launcher");
    cr_expect(groups[0].available);
    pb_arena_release(&arena);
}
