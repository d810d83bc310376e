/* SPDX-License-Identifier: MIT */
/*
 * Runs the real gate code over simulated cells and prints how often it is right, as the tables of
 * docs/verdict.md; fails when it is worse than promised: false alarms <= 0.5 % a cell, 85 % of
 * +10 % and 97 % of +20 % caught, coverage within 1 point of the stated level.
 *   gate_simulation REPLICATIONS MEASURED.csv...
 */
#include "harness/gate/verdict.h"
#include "noise.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct tally {
    size_t slower, faster, equivalent, inconclusive, pairs;
};

/* As a run does it: the screening pairs are planned at once, five are looked at first; the
 * confirmation is a stage of its own. */
static struct pb_gate_decision simulate_cell(struct noise_random *r, enum noise_level level,
                                             double effect, double precision, size_t *pairs)
{
    struct pb_gate_rule rule = PB_GATE_RULE_DEFAULT;
    double screen[PB_GATE_MOST], confirm[PB_GATE_CONFIRM];
    rule.precision = precision;
    noise_pairs(r, level, effect, precision > 0 ? PB_GATE_MOST : PB_GATE_FULL, screen);
    size_t n = 0, m = 0;
    for (;;) {
        struct pb_gate_decision d = pb_gate_decide(&rule, screen, n, confirm, m);
        if (d.more_pairs == 0) {
            *pairs += n + m;
            return d;
        }
        if (d.wants_confirmation) {
            noise_pairs(r, level, effect, d.more_pairs, confirm);
            m += d.more_pairs;
        } else {
            n += d.more_pairs;
        }
    }
}

static struct tally simulate(struct noise_random *r, enum noise_level level, double change,
                             double precision, size_t replications)
{
    struct tally t = {0};
    for (size_t i = 0; i < replications; i++) {
        enum pb_verdict v = simulate_cell(r, level, log1p(change), precision, &t.pairs).verdict;
        t.slower += v == PB_VERDICT_SLOWER;
        t.faster += v == PB_VERDICT_FASTER;
        t.equivalent += v == PB_VERDICT_EQUIVALENT;
        t.inconclusive += v == PB_VERDICT_INCONCLUSIVE;
    }
    return t;
}

static double percent(size_t part, size_t whole)
{
    return 100.0 * (double)part / (double)whole;
}

static int check(const char *what, bool holds)
{
    if (!holds) printf("FAILED: %s\n", what);
    return holds ? 0 : 1;
}

/* What was measured is as noisy as its machine was: only that nothing turns red by itself can be
 * promised there. */
static int check_promise(const struct tally *t, enum noise_level level, double change,
                         size_t replications)
{
    double slower = percent(t->slower, replications), faster = percent(t->faster, replications);
    if (level >= NOISE_MEASURED)
        return change == 0 ? check("measured: false alarms above 0.5 %", slower <= 0.5) : 0;
    if (change == 0) return check("false alarms above 0.5 %", slower <= 0.5 && faster <= 0.5);
    if (change == 0.10) return check("fewer than 85 % of +10 % caught", slower >= 85);
    if (change == 0.20) return check("fewer than 97 % of +20 % caught", slower >= 97);
    return 0;
}

static int print_row(struct noise_random *r, enum noise_level level, double change,
                     double precision, size_t replications)
{
    struct tally t = simulate(r, level, change, precision, replications);
    printf("| %s%s | %+.0f %% | %.2f | %.2f | %.1f | %.1f | %.1f |\n", noise_name(level),
           precision > 0 ? ", precision 3 %" : "", 100 * change, percent(t.slower, replications),
           percent(t.faster, replications), percent(t.equivalent, replications),
           percent(t.inconclusive, replications), 2.0 * (double)t.pairs / (double)replications);
    return check_promise(&t, level, change, replications);
}

static int print_power(struct noise_random *r, size_t replications)
{
    static const double changes[] = {-0.10, 0, 0.03, 0.05, 0.10, 0.20}, precise[] = {0, 0.10, 0.20};
    int failed = 0;
    printf("| noise | true change | slower %% | faster %% | equivalent %% | inconclusive %% | "
           "executions |\n|---|---|---|---|---|---|---|\n");
    for (int level = NOISE_WHITE; level < noise_levels(); level++)
        for (size_t c = 0; c < sizeof changes / sizeof *changes; c++)
            failed += print_row(r, (enum noise_level)level, changes[c], 0, replications);
    /* Up to 60 pairs a cell are slow to judge: a tenth as many cells. */
    for (int level = NOISE_WHITE; level < noise_levels(); level++)
        for (size_t c = 0; c < sizeof precise / sizeof *precise; c++)
            failed +=
                print_row(r, (enum noise_level)level, precise[c], log1p(0.03), replications / 10);
    return failed;
}

static int print_coverage(struct noise_random *r, size_t replications)
{
    int failed = 0;
    printf("\n| pairs | stated level %% | coverage %% | mean half-width %% |\n|---|---|---|---|\n");
    double *widths = calloc(replications, sizeof *widths);
    if (!widths) return 1;
    for (size_t n = 5; n <= 20; n++) {
        size_t covered = 0;
        double level = 0, d[20];
        for (size_t i = 0; i < replications; i++) {
            noise_pairs(r, NOISE_FULL, 0.05, n, d);
            struct pb_paired p = pb_paired(d, n);
            covered += p.low <= 0.05 && 0.05 <= p.high;
            level = p.level;
            widths[i] = p.smallest_visible;
        }
        double sum = 0;
        for (size_t i = 0; i < replications; i++)
            sum += widths[i];
        printf("| %zu | %.2f | %.2f | %.1f |\n", n, 100 * level, percent(covered, replications),
               100 * sum / (double)replications);
        failed += check("coverage off by more than 1 point",
                        fabs(percent(covered, replications) - 100 * level) <= 1.0);
    }
    free(widths);
    return failed;
}

int main(int argc, char **argv)
{
    size_t replications = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
    struct noise_random r;
    if (argc < 3 || replications < 100) {
        fprintf(stderr, "usage: gate_simulation REPLICATIONS MEASURED.csv...  (100 or more)\n");
        return 2;
    }
    for (int i = 2; i < argc; i++)
        if (!noise_load(argv[i])) return 2;
    noise_seed(&r, 20261124);
    printf("%zu simulated cells each\n\n", replications);
    int failed = print_power(&r, replications);
    failed += print_coverage(&r, replications);
    return failed ? 1 : 0;
}
