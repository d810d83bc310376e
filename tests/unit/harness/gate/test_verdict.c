/* SPDX-License-Identifier: MIT */
#include "harness/gate/verdict.h"

#include <criterion/criterion.h>

#define UP5 0.10, 0.11, 0.09, 0.12, 0.10
#define UP10 UP5, UP5
#define DOWN10 -0.10, -0.11, -0.09, -0.12, -0.10, -0.10, -0.11, -0.09, -0.12, -0.10
#define FLAT5 0.001, -0.002, 0.001, -0.001, 0.002

static const struct {
    const char *what;
    double screen[20];
    size_t n;
    double confirm[10];
    size_t m;
    size_t more_pairs;
    bool wants_confirmation;
    enum pb_verdict verdict; /* when nothing more is wanted */
} rows[] = {
    {"nothing yet", {0}, 0, {0}, 0, 5, false, 0},
    {"three of five", {UP5}, 3, {0}, 0, 2, false, 0},
    {"unclear at five: goes to ten", {UP5}, 5, {0}, 0, 5, false, 0},
    {"quiet at five: stops", {FLAT5}, 5, {0}, 0, 0, false, PB_VERDICT_EQUIVALENT},
    {"quiet but wide at five",
     {0.001, -0.2, 0.2, -0.1, 0.1},
     5,
     {0},
     0,
     0,
     false,
     PB_VERDICT_INCONCLUSIVE},
    {"flagged at ten: asks for fresh state", {UP10}, 10, {0}, 0, 10, true, 0},
    {"half confirmed", {UP10}, 10, {UP5}, 5, 5, true, 0},
    {"confirmed", {UP10}, 10, {UP10}, 10, 0, false, PB_VERDICT_SLOWER},
    {"confirmed faster", {DOWN10}, 10, {DOWN10}, 10, 0, false, PB_VERDICT_FASTER},
    {"not seen again", {UP10}, 10, {FLAT5, FLAT5}, 10, 0, false, PB_VERDICT_INCONCLUSIVE},
    {"seen again the other way", {UP10}, 10, {DOWN10}, 10, 0, false, PB_VERDICT_INCONCLUSIVE},
    {"7 of 10 signs are too few",
     {UP5, 0.1, 0.1, -0.1, -0.1, -0.1},
     10,
     {0},
     0,
     0,
     false,
     PB_VERDICT_INCONCLUSIVE},
    {"20 quiet pairs are equivalent",
     {FLAT5, FLAT5, FLAT5, FLAT5},
     20,
     {0},
     0,
     0,
     false,
     PB_VERDICT_EQUIVALENT},
};

Test(verdict, each_step_of_the_rule)
{
    const struct pb_gate_rule rule = PB_GATE_RULE_DEFAULT;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pb_gate_decision d =
            pb_gate_decide(&rule, rows[i].screen, rows[i].n, rows[i].confirm, rows[i].m);
        cr_expect_eq(d.more_pairs, rows[i].more_pairs, "%s", rows[i].what);
        cr_expect_eq(d.wants_confirmation, rows[i].wants_confirmation, "%s", rows[i].what);
        if (!rows[i].more_pairs) cr_expect_eq(d.verdict, rows[i].verdict, "%s", rows[i].what);
        cr_expect_not_null(d.reason);
    }
}

Test(verdict, known_bias_raises_the_threshold)
{
    static const double five_percent[] = {0.05, 0.05, 0.06, 0.04, 0.05,
                                          0.05, 0.05, 0.06, 0.04, 0.05};
    struct pb_gate_rule rule = PB_GATE_RULE_DEFAULT;
    cr_expect(pb_gate_decide(&rule, five_percent, 10, NULL, 0).wants_confirmation);
    rule.bias = 0.04;
    struct pb_gate_decision d = pb_gate_decide(&rule, five_percent, 10, NULL, 0);
    cr_expect_float_eq(d.threshold, 0.06, 1e-12);
    cr_expect_eq(d.more_pairs, 0);
    cr_expect_neq(d.verdict, PB_VERDICT_SLOWER);
}

Test(verdict, without_confirmation_the_interval_must_leave_out_zero)
{
    static const double up[] = {UP10};
    /* Eight of ten signs and a median of +10 %, but two rounds say the contrary by far. */
    static const double wide[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, -0.5, -0.6};
    struct pb_gate_rule rule = PB_GATE_RULE_DEFAULT;
    rule.confirm = false;
    cr_expect_eq(pb_gate_decide(&rule, up, 10, NULL, 0).verdict, PB_VERDICT_SLOWER);
    struct pb_gate_decision d = pb_gate_decide(&rule, wide, 10, NULL, 0);
    cr_expect_eq(d.verdict, PB_VERDICT_INCONCLUSIVE);
    cr_expect(d.screen.low < 0 && d.screen.high > 0);
    rule.confirm = true;
    cr_expect(pb_gate_decide(&rule, wide, 10, NULL, 0).wants_confirmation);
}
