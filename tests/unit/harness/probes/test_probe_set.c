/* SPDX-License-Identifier: MIT */
#include "harness/probes/probe.h"

#include <criterion/criterion.h>
#include <string.h>

static char calls[256];

static void note(const char *what)
{
    strncat(calls, what, sizeof calls - strlen(calls) - 1);
}

struct counter {
    int before_count;
};

static int first_before(void *state, struct pb_facts *f, struct pb_err *err)
{
    (void)f;
    (void)err;
    ((struct counter *)state)->before_count++;
    note("B1 ");
    return 0;
}
static int first_gate(void *state, struct pb_facts *f, pid_t pid, struct pb_err *err)
{
    (void)state;
    (void)f;
    (void)err;
    cr_expect_eq(pid, 42);
    note("G1 ");
    return 0;
}
static int first_after(void *state, struct pb_facts *f, struct pb_metric_values *out,
                       struct pb_err *err)
{
    (void)f;
    (void)err;
    note("A1 ");
    cr_expect_eq(((struct counter *)state)->before_count, 1, "the state starts zeroed");
    pb_metric_set(out, PB_M_WALL, 5);
    return 0;
}
static int second_after(void *state, struct pb_facts *f, struct pb_metric_values *out,
                        struct pb_err *err)
{
    (void)state;
    (void)f;
    note("A2 ");
    if (out->has[PB_M_USER]) return pb_err_set(err, PB_E_INTERNAL, "no");
    return 0;
}
static bool not_here(const char **why)
{
    *why = "no permission";
    return false;
}
static int never(void *state, struct pb_facts *f, struct pb_metric_values *out, struct pb_err *err)
{
    (void)state;
    (void)f;
    (void)out;
    (void)err;
    cr_expect_fail("an unsupported probe was called");
    return -1;
}

static const enum pb_metric wall[] = {PB_M_WALL}, sys[] = {PB_M_SYS}, steal[] = {PB_M_STEAL};
static const struct pb_probe first = {.name = "first",
                                      .help = "h",
                                      .metrics = wall,
                                      .metric_count = 1,
                                      .state_size = sizeof(struct counter),
                                      .before = first_before,
                                      .gate = first_gate,
                                      .after = first_after},
                             second = {.name = "second",
                                       .help = "h",
                                       .metrics = sys,
                                       .metric_count = 1,
                                       .after = second_after},
                             absent = {.name = "absent",
                                       .help = "h",
                                       .metrics = steal,
                                       .metric_count = 1,
                                       .supported = not_here,
                                       .after = never};
static const struct pb_probe *const table[] = {&first, &absent, &second, NULL};

Test(probe_set, hooks_run_in_table_order_with_fresh_state)
{
    struct pb_probe_set *set = pb_probe_set_new(table);
    struct pb_facts facts = {0};
    struct pb_metric_values values;
    for (int sample = 0; sample < 2; sample++) {
        calls[0] = '\0';
        cr_assert_eq(pb_probe_set_before(set, &facts, NULL), 0);
        cr_assert_eq(pb_probe_set_gate(set, &facts, 42, NULL), 0);
        cr_assert_eq(pb_probe_set_after(set, &facts, &values, NULL), 0);
        cr_expect_str_eq(calls, "B1 G1 A1 A2 ");
    }
    pb_probe_set_free(set);
}

Test(probe_set, every_metric_has_a_value_or_a_reason)
{
    struct pb_probe_set *set = pb_probe_set_new(table);
    struct pb_facts facts = {0};
    struct pb_metric_values v;
    cr_assert_eq(pb_probe_set_before(set, &facts, NULL), 0);
    cr_assert_eq(pb_probe_set_after(set, &facts, &v, NULL), 0);
    for (int m = 0; m < PB_METRIC_COUNT; m++)
        cr_expect(v.has[m] != (v.reason[m] != NULL), "%s", pb_metric_table[m].name);
    cr_expect_eq(v.value[PB_M_WALL], 5);
    cr_expect_str_eq(v.reason[PB_M_STEAL], "no permission");
    cr_expect_str_eq(v.reason[PB_M_SYS], "not taken");
    pb_probe_set_free(set);
}

/* The first that has a value is taken; with none, the first reason. */
static int gives_six(void *state, struct pb_facts *f, struct pb_metric_values *out,
                     struct pb_err *err)
{
    (void)state;
    (void)f;
    (void)err;
    pb_metric_set(out, PB_M_WALL, 6);
    pb_metric_set(out, PB_M_LOCK, 6);
    pb_metric_missing(out, PB_M_STEAL, "second reason");
    return 0;
}
static int gives_five(void *state, struct pb_facts *f, struct pb_metric_values *out,
                      struct pb_err *err)
{
    (void)state;
    (void)f;
    (void)err;
    pb_metric_set(out, PB_M_WALL, 5);
    pb_metric_missing(out, PB_M_LOCK, "first reason");
    pb_metric_missing(out, PB_M_STEAL, "first reason");
    return 0;
}

Test(probe_set, better_source_comes_first)
{
    static const struct pb_probe better = {.name = "b", .help = "h", .after = gives_five},
                                 other = {.name = "o", .help = "h", .after = gives_six};
    static const struct pb_probe *const both[] = {&better, &other, NULL};
    struct pb_probe_set *set = pb_probe_set_new(both);
    struct pb_facts facts = {0};
    struct pb_metric_values v;
    cr_assert_eq(pb_probe_set_after(set, &facts, &v, NULL), 0);
    cr_expect_eq(v.value[PB_M_WALL], 5);
    cr_expect_eq(v.value[PB_M_LOCK], 6);
    cr_expect_str_eq(v.reason[PB_M_STEAL], "first reason");
    pb_probe_set_free(set);
}

/* Rules of the table that the program ships with. */
Test(probe_set, built_in_probes_are_told_apart)
{
    for (size_t i = 0; pb_probe_table[i]; i++) {
        const struct pb_probe *p = pb_probe_table[i];
        cr_expect(p->name && p->help && (p->gate || p->after), "probe %zu", i);
        for (size_t k = 0; k < i; k++)
            cr_expect_str_neq(p->name, pb_probe_table[k]->name);
    }
}
