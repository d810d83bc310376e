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
    size_t n = pb_probe_groups(&arena, &groups);
    bool found = false;
    for (size_t i = 0; i < n; i++)
        if (strcmp(groups[i].name, "launcher") == 0) found = groups[i].available;
    cr_expect(found);
    pb_arena_release(&arena);
}

Test(probe_groups, level_names_what_is_available_in_every_sample)
{
    struct pb_arena arena = PB_ARENA_INIT;
    const struct pb_probe_group groups[] = {
        {.name = "process", .level = PB_GROUP_DEFAULT, .available = true},
        {.name = "memory", .level = PB_GROUP_DEFAULT},
        {.name = "sched", .level = PB_GROUP_TRACE, .available = true},
        {.name = "launcher", .level = PB_GROUP_ALWAYS, .available = true}};
    cr_expect_str_eq(pb_probe_level(&arena, groups, 4), "process launcher");
    pb_arena_release(&arena);
}

static const struct {
    const char *level;
    enum pb_metric metric;
    const char *source; /* NULL: none */
} sources[] = {{"cgroup process launcher", PB_M_USER, "cgroup"},
               {"process launcher", PB_M_USER, "process"},
               {"perf launcher", PB_M_USER, "launcher"},
               {"perf launcher", PB_M_CPU, "perf"},
               {"launcher", PB_M_CPU, NULL},
               {"launcher", PB_M_PROCESSES, NULL},
               {"base", PB_M_RSS_MAX, "launcher"}, /* journals before there were levels */
               {NULL, PB_M_RSS_MAX, "launcher"},
               {"processes", PB_M_PROCESSES, NULL}, /* whole words */
               {"cgroup process", PB_M_WALL, NULL}};

Test(probe_groups, source_of_a_metric_follows_from_the_level)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        const char *source = pb_level_source(sources[i].level, sources[i].metric);
        if (sources[i].source)
            cr_expect_str_eq(source ? source : "", sources[i].source, "row %zu", i);
        else
            cr_expect_null(source, "row %zu", i);
    }
}

static const struct {
    const char *a, *b;
    enum pb_metric metric;
    const char *why; /* NULL: they share it */
} pairs[] = {
    {"process launcher", "launcher", PB_M_WALL, NULL},
    {"process launcher", "launcher", PB_M_TREE_FILES, NULL},
    {"process launcher", "process launcher", PB_M_USER, NULL},
    {"cgroup process launcher", "process launcher", PB_M_USER, NULL}, /* both see everything */
    {"process launcher", "launcher", PB_M_USER,
     "user_ns was taken by process in one result and by launcher in the other"},
    {"process launcher", "launcher", PB_M_PROCESSES,
     "processes was not taken in one of the results"},
    {"launcher", "launcher", PB_M_PROCESSES, "processes was not taken in either result"},
    {"cgroup", "pressure", PB_M_STALL_IO,
     "stall_io_ns was taken by cgroup in one result and by pressure in the other"},
    {"pressure", "pressure", PB_M_STALL_IO, NULL}};

Test(probe_groups, levels_share_what_saw_the_same)
{
    struct pb_arena arena = PB_ARENA_INIT;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        for (int swap = 0; swap < 2; swap++) {
            const char *why = NULL, *a = swap ? pairs[i].b : pairs[i].a,
                       *b = swap ? pairs[i].a : pairs[i].b;
            bool share = pb_levels_share(&arena, a, b, pairs[i].metric, &why);
            cr_expect_eq(share, pairs[i].why == NULL, "row %zu", i);
            if (pairs[i].why && !swap) cr_expect_str_eq(why ? why : "", pairs[i].why);
        }
    }
    pb_arena_release(&arena);
}
