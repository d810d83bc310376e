/* SPDX-License-Identifier: MIT */
#include "harness/gate/rules.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static struct pb_arena arena;

static void tear_down(void)
{
    pb_arena_release(&arena);
}

TestSuite(rules, .fini = tear_down);

Test(rules, a_whole_file)
{
    static const char text[] =
        "{\"thresholds\":[{\"metric\":\"wall_ns\",\"phase\":\"p4\",\"percent\":5},\n"
        "{\"metric\":\"wall_ns\",\"percent\":4},{\"metric\":\"rss_max_bytes\",\"percent\":10}],\n"
        "\"phases\":[\"p0_full_cold\",\"p4\"],\"controls\":[\"p1\"],\n"
        "\"accept\":[\"lock_digest\",\"inconclusive\",\"tree_files\"]}";
    struct pb_gate_rules rules = {0};
    struct pb_err err = PB_ERR_INIT;
    double t;
    cr_assert_eq(pb_gate_rules_parse(&arena, pb_str(text), "r", &rules, &err), 0, "%s", err.msg);
    cr_assert(pb_gate_threshold_of(&rules, "p4_warm_link", PB_M_WALL, &t));
    cr_expect_float_eq(t, log1p(0.05), 1e-12, "a phase's own wins over a later general one");
    cr_assert(pb_gate_threshold_of(&rules, "p0_full_cold", PB_M_WALL, &t));
    cr_expect_float_eq(t, log1p(0.04), 1e-12);
    cr_expect(pb_gate_threshold_of(&rules, "p0_full_cold", PB_M_RSS_MAX, &t));
    cr_expect_not(pb_gate_threshold_of(&rules, "p0_full_cold", PB_M_USER, &t));
    cr_expect(pb_gate_is_gated(&rules, "p4_warm_link") && pb_gate_is_gated(&rules, "p0_full_cold"));
    cr_expect_not(pb_gate_is_gated(&rules, "p3_cold_install"));
    cr_expect(pb_gate_is_control(&rules, "p1_resolve"));
    cr_expect_not(pb_gate_is_control(&rules, "p10_other"), "p1 is not p10");
    cr_expect(pb_gate_accepts(&rules, "lock_digest") && !pb_gate_accepts(&rules, "tree_digest"));
}

Test(rules, without_any_the_wall_time_has_3_percent)
{
    const struct pb_gate_rules rules = {0};
    double t = 0;
    cr_assert(pb_gate_threshold_of(&rules, "p1_resolve", PB_M_WALL, &t));
    cr_expect_float_eq(t, 0.03, 1e-12);
    cr_expect(pb_gate_is_gated(&rules, "p1_resolve"));
}

static const struct {
    const char *text, *error;
} bad_files[] = {
    {"", "r:1"},
    {"[]", "r:1: must be an object"},
    {"{\n\"threshold\":[]}", "r:2: "},
    {"{\"thresholds\":{}}", "must be a list"},
    {"{\"thresholds\":[\n{\"metric\":\"wall\",\"percent\":5}]}", "r:2: \"metric\" must be one of"},
    {"{\"thresholds\":[\n\n{\"metric\":\"wall_ns\"}]}", "r:3: \"percent\" must be"},
    {"{\"thresholds\":[{\"metric\":\"wall_ns\",\"percent\":-1}]}", "\"percent\" must be"},
    {"{\"thresholds\":[{\"metric\":\"wall_ns\",\"percent\":5,\"x\":1}]}", "r:1"},
    {"{\"thresholds\":[{\"metric\":\"wall_ns\",\"percent\":5,\"phase\":1}]}", "\"phase\""},
    {"{\"thresholds\":[3]}", "must be an object"},
    {"{\"accept\":[\n\"everything\"]}", "r:2: cannot accept \"everything\""},
    {"{\"controls\":[1]}", "\"controls\" must be a list of names"},
    {"{\"phases\":\"p0\"}", "\"phases\" must be a list"},
};

Test(rules, errors_name_the_line)
{
    for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++) {
        struct pb_gate_rules rules = {0};
        struct pb_err err = PB_ERR_INIT;
        cr_expect_eq(pb_gate_rules_parse(&arena, pb_str(bad_files[i].text), "r", &rules, &err), -1,
                     "%s", bad_files[i].text);
        cr_expect(strstr(err.msg, bad_files[i].error), "%s: %s", bad_files[i].text, err.msg);
    }
}

static const struct {
    const char *text;
    const char *phase; /* where it holds; NULL: refused */
    double percent;
} options[] = {
    {"wall_ns=5", "p0_full_cold", 5},
    {"p4:wall_ns=7.5%", "p4_warm_link", 7.5},
    {"p4:rss_max_bytes=1", "p4_warm_link", 1},
    {"wall_ns", NULL, 0},
    {"wall_ns=", NULL, 0},
    {"wall_ns=x", NULL, 0},
    {"wall_ns=0", NULL, 0},
    {"wall_ns=5x", NULL, 0},
    {"speed=5", NULL, 0},
    {"", NULL, 0},
    {"wall_ns=nan", NULL, 0},
    {"wall_ns=1e9", NULL, 0},
};

Test(rules, thresholds_of_a_command_line)
{
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        struct pb_gate_rules rules = {0};
        struct pb_err err = PB_ERR_INIT;
        int rc = pb_gate_rules_add_threshold(&arena, &rules, options[i].text, &err);
        cr_expect_eq(rc, options[i].phase ? 0 : -1, "%s", options[i].text);
        if (rc != 0) cr_expect_eq(err.code, PB_E_USAGE);
        if (rc != 0 || !options[i].phase) continue;
        double t;
        cr_assert(pb_gate_threshold_of(&rules, options[i].phase, rules.thresholds[0].metric, &t));
        cr_expect_float_eq(t, log1p(options[i].percent / 100), 1e-12, "%s", options[i].text);
    }
}

Test(rules, floor_of_identical_arms)
{
    static const char text[] =
        "{\"schema\":\"phasebench-aa/1\",\"runs\":3,\"cells\":[\n"
        "{\"registry\":\"replay\",\"phase\":\"p1_resolve\",\"metric\":\"wall_ns\",\"change\":0.02,"
        "\"low\":-0.01,\"high\":0.04},\n"
        "{\"phase\":\"p1_resolve\",\"metric\":\"wall_ns\",\"change\":-0.05},\n"
        "{\"registry\":\"live\",\"phase\":\"p1_resolve\",\"metric\":\"wall_ns\",\"change\":0.5}]}";
    struct pb_gate_rules rules = {0};
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_gate_floor_parse(&arena, pb_str(text), "f", &rules, &err), 0, "%s", err.msg);
    const struct pb_gate_bias *b = pb_gate_bias_of(&rules, "replay", "p1_resolve", PB_M_WALL);
    cr_assert_not_null(b);
    cr_expect_float_eq(b->estimate, log1p(-0.05), 1e-12, "the largest that applies");
    cr_expect_null(pb_gate_bias_of(&rules, "replay", "p1_resolve", PB_M_USER));
    cr_expect_null(pb_gate_bias_of(&rules, "replay", "p4_warm_link", PB_M_WALL));
    static const char *const bad[] = {
        "{}",
        "[]",
        "{\"schema\":\"phasebench-aa/2\",\"cells\":[]}",
        "{\"schema\":\"phasebench-aa/1\",\"cells\":[{\"metric\":\"wall_ns\",\"change\":0}]}",
        "{\"schema\":\"phasebench-aa/1\",\"cells\":[{\"phase\":\"p1\",\"metric\":\"wall_ns\"}]}",
        "{\"schema\":\"phasebench-aa/1\",\"cells\":[{\"phase\":\"p1\",\"metric\":\"wall_ns\","
        "\"change\":-1}]}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_expect_eq(pb_gate_floor_parse(&arena, pb_str(bad[i]), "f", &rules, NULL), -1, "%s",
                     bad[i]);
}
