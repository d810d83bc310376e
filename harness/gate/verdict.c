/* SPDX-License-Identifier: MIT */
#include "harness/gate/verdict.h"

#include <math.h>

const char *pb_verdict_name(enum pb_verdict verdict)
{
    static const char *const names[] = {"slower", "faster", "equivalent", "inconclusive",
                                        "invalid"};
    return names[verdict];
}

static size_t agreeing(const struct pb_paired *p)
{
    return p->median > 0 ? p->positive : p->negative;
}

/* |median| > T and at least 80 % of the signs its way. */
static bool is_flagged(const struct pb_paired *p, double threshold)
{
    return fabs(p->median) > threshold && 5 * agreeing(p) >= 4 * p->n;
}

static bool is_hopeless(const struct pb_paired *p, double threshold)
{
    return fabs(p->median) < threshold / 2 || 2 * agreeing(p) < p->n;
}

static bool is_imprecise(const struct pb_gate_rule *rule, const struct pb_gate_decision *d)
{
    return rule->precision > 0 && d->verdict == PB_VERDICT_INCONCLUSIVE &&
           d->screen.n < PB_GATE_MOST && d->screen.smallest_visible > rule->precision;
}

static void decide_quiet(const struct pb_gate_rule *rule, struct pb_gate_decision *d)
{
    const struct pb_paired *p = &d->screen;
    bool inside = p->has_interval && p->low > -d->threshold && p->high < d->threshold;
    d->verdict = inside ? PB_VERDICT_EQUIVALENT : PB_VERDICT_INCONCLUSIVE;
    d->reason = inside ? "the whole interval lies within the threshold"
                       : "no change was seen, but the interval reaches beyond the threshold";
    if (is_imprecise(rule, d)) {
        d->reason = "more rounds are needed for the wanted precision";
        d->more_pairs = p->n < PB_GATE_FULL ? PB_GATE_FULL - p->n : 5 - p->n % 5;
    }
}

static void settle(struct pb_gate_decision *d, bool holds, const char *seen, const char *not_seen)
{
    d->verdict = !holds                 ? PB_VERDICT_INCONCLUSIVE
                 : d->screen.median > 0 ? PB_VERDICT_SLOWER
                                        : PB_VERDICT_FASTER;
    d->reason = holds ? seen : not_seen;
}

static void decide_confirmed(struct pb_gate_decision *d)
{
    bool same_way = (d->confirmation.median > 0) == (d->screen.median > 0);
    settle(d, is_flagged(&d->confirmation, d->threshold) && same_way,
           "seen, and seen again on fresh state",
           "a change was seen, but not again on fresh state");
}

/* Nothing was measured again: then the interval, too, must leave out "no change". */
static void decide_unconfirmed(struct pb_gate_decision *d)
{
    const struct pb_paired *p = &d->screen;
    settle(d, p->has_interval && (p->low > 0 || p->high < 0), "seen once; not confirmed",
           "a change was seen once, but the interval reaches zero: confirm it or take more rounds");
}

struct pb_gate_decision pb_gate_decide(const struct pb_gate_rule *rule, const double *screen,
                                       size_t n, const double *confirm, size_t m)
{
    struct pb_gate_decision d = {
        .verdict = PB_VERDICT_INCONCLUSIVE,
        .threshold = fmax(rule->threshold, 1.5 * rule->bias),
        .screen = pb_paired(screen, n),
        .confirmation = pb_paired(confirm, m),
        .reason = "more rounds are needed",
    };
    if (n < PB_GATE_SCREEN) {
        d.more_pairs = PB_GATE_SCREEN - n;
        return d;
    }
    if (n < PB_GATE_FULL) {
        /* The early look is at the first five only: looks in between would be further chances. */
        struct pb_paired first = pb_paired(screen, PB_GATE_SCREEN);
        if (is_hopeless(&first, d.threshold))
            decide_quiet(rule, &d);
        else
            d.more_pairs = PB_GATE_FULL - n;
        return d;
    }
    if (!is_flagged(&d.screen, d.threshold)) {
        decide_quiet(rule, &d);
        return d;
    }
    if (rule->confirm && m < PB_GATE_CONFIRM) {
        d.more_pairs = PB_GATE_CONFIRM - m;
        d.wants_confirmation = true;
        d.reason = "a change was seen; it is not confirmed on fresh state yet";
        return d;
    }
    if (rule->confirm)
        decide_confirmed(&d);
    else
        decide_unconfirmed(&d);
    return d;
}
