/* SPDX-License-Identifier: MIT */
#ifndef PB_VERDICT_H
#define PB_VERDICT_H

#include "harness/stats/paired.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * The gate's rule, as a pure function over paired log ratios. Chosen among 16 procedures by
 * simulation (docs/verdict.md):
 *  1. 5 pairs; stop when the median is below half the threshold, or fewer than 3 of 5 point its
 *     way: no change that this rule calls a change.
 *  2. else 10 pairs; flagged when |median| > threshold and at least 8 of 10 share its sign.
 *  3. a flagged cell is measured afresh (new folders, new processes): 10 confirming pairs, the same
 *     condition, the same direction. Only then is it slower or faster.
 * With a `precision`, a cell that is still inconclusive gets 5 more pairs at a time until half its
 * interval is as small as that: for an answer "equivalent".
 * The interval is printed beside the verdict and decides "equivalent" (all of it within the
 * threshold); where nothing is measured again (`confirm` false), a change also needs an interval
 * that leaves out zero. For a confirmed one that would miss one in six slowdowns of 10 %. Looks for
 * a change happen after 5 and 10 pairs (and each further 5 with a precision), never "until
 * significant".
 */
enum pb_verdict {
    PB_VERDICT_SLOWER,
    PB_VERDICT_FASTER,
    PB_VERDICT_EQUIVALENT,
    PB_VERDICT_INCONCLUSIVE,
    PB_VERDICT_INVALID
};
const char *pb_verdict_name(enum pb_verdict verdict);

enum { PB_GATE_SCREEN = 5, PB_GATE_FULL = 10, PB_GATE_CONFIRM = 10, PB_GATE_MOST = 60 };

struct pb_gate_rule {
    double threshold; /* log units, e.g. 0.03: at least this much is a change */
    double bias; /* |Hodges-Lehmann| of scheduled A/A runs of this cell, log units; 0: none known */
    double precision; /* wanted half-width of the interval, log units; 0: whatever ten pairs give */
    bool confirm;     /* false: a flagged cell is called at once if its interval leaves out zero */
};
#define PB_GATE_RULE_DEFAULT ((struct pb_gate_rule){.threshold = 0.03, .confirm = true})

struct pb_gate_decision {
    enum pb_verdict verdict;               /* as of now; meaningful when nothing more is wanted */
    size_t more_pairs;                     /* further pairs wanted in this stage, 0: none */
    bool wants_confirmation;               /* more_pairs of them are to be taken on fresh state */
    double threshold;                      /* applied: max(rule's, 1.5 x bias) */
    struct pb_paired screen, confirmation; /* confirmation.n = 0: none yet */
    const char *reason;                    /* literal: what decided */
};

/* What follows from `n` screening and `m` confirming pairs. Pairs beyond PB_GATE_FULL are used,
 * too: the share of equal signs stays at 80 %. Fewer than PB_GATE_SCREEN: asks for them. As long as
 * more is wanted, the verdict is inconclusive and the reason says what is missing. */
struct pb_gate_decision pb_gate_decide(const struct pb_gate_rule *rule, const double *screen,
                                       size_t n, const double *confirm, size_t m);

#endif
