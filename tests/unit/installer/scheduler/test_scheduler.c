/* SPDX-License-Identifier: MIT */
#include "installer/scheduler/scheduler.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* Orders and failures at large are the property test's; here are the rules one by one. */

static const struct pl_sched_caps roomy = {.download = 8, .extract = 8, .clone = 8};

static pl_pkg package(struct pl_sched *s, const char *label, bool in_store, uint64_t bytes)
{
    return pl_sched_package(s, pb_str(label), pb_str(label), in_store, bytes);
}

static struct pl_act next(struct pl_sched *s, enum pl_act_kind kind)
{
    struct pl_act act;
    cr_assert(pl_sched_next(s, &act), "expected an action of kind %d", (int)kind);
    cr_assert_eq(act.kind, kind, "expected kind %d, got %d", (int)kind, (int)act.kind);
    pl_sched_check(s);
    return act;
}

static void nothing_next(struct pl_sched *s)
{
    struct pl_act act;
    cr_assert_not(pl_sched_next(s, &act), "unexpected action of kind %d", (int)act.kind);
}

static struct pb_err network_error(void)
{
    struct pb_err err = PB_ERR_INIT;
    pb_err_set(&err, PB_E_NETWORK, "the line is cut");
    return err;
}

Test(scheduler, package_in_two_targets_is_fetched_once)
{
    struct pl_sched *s = pl_sched_new(&roomy);
    pl_pkg a = package(s, "a@1", false, 0);
    cr_assert_eq(package(s, "a@1", false, 0), a);
    pl_sched_clone(s, a, PB_LIT("node_modules/a"), 0);
    pl_sched_clone(s, a, PB_LIT("node_modules/alias"), 0);
    pl_sched_close(s);
    next(s, PL_ACT_DOWNLOAD);
    nothing_next(s);
    pl_sched_downloaded(s, a, 10, NULL);
    next(s, PL_ACT_EXTRACT);
    pl_sched_extracted(s, a, false, NULL);
    pl_sched_cloned(s, next(s, PL_ACT_CLONE).place, 2, 0, NULL);
    pl_sched_cloned(s, next(s, PL_ACT_CLONE).place, 2, 1, NULL);
    cr_assert(pl_sched_is_idle(s));
    struct pl_install_counts counts = pl_sched_counts(s);
    cr_assert_eq(counts.downloaded, 1);
    cr_assert_eq(counts.deduplicated, 1);
    cr_assert_eq(counts.cloned, 2);
    cr_assert_eq(counts.linked, 4);
    cr_assert_eq(counts.copied, 1);
    pl_sched_free(s);
}

Test(scheduler, prefetch_warms_the_store_and_places_nothing)
{
    struct pl_sched *s = pl_sched_new(&roomy);
    pl_pkg a = package(s, "a@1", false, 0);
    pl_sched_prefetch(s, a);
    next(s, PL_ACT_DOWNLOAD);
    pl_sched_downloaded(s, a, 10, NULL);
    next(s, PL_ACT_EXTRACT);
    pl_sched_extracted(s, a, false, NULL);
    nothing_next(s);
    pl_sched_close(s);
    cr_assert(pl_sched_is_idle(s));
    cr_assert_eq(pl_sched_counts(s).prefetched, 1);
    cr_assert_eq(pl_sched_counts(s).cloned, 0);
    pl_sched_free(s);
}

Test(scheduler, demand_overtakes_prefetch_and_large_overtakes_small)
{
    const struct pl_sched_caps one = {.download = 1, .extract = 1, .clone = 1};
    struct pl_sched *s = pl_sched_new(&one);
    pl_pkg prefetched = package(s, "p@1", false, 0);
    pl_pkg small = package(s, "s@1", false, 10);
    pl_pkg large = package(s, "l@1", false, 20u << 20);
    pl_sched_prefetch(s, prefetched);
    pl_sched_clone(s, small, PB_LIT("node_modules/s"), 0);
    pl_sched_clone(s, large, PB_LIT("node_modules/l"), 0);
    cr_assert_eq(next(s, PL_ACT_DOWNLOAD).pkg, large);
    pl_sched_downloaded(s, large, 1, NULL);
    cr_assert_eq(next(s, PL_ACT_EXTRACT).pkg, large);
    nothing_next(s); /* the extract lane is as full as the download cap */
    pl_sched_extracted(s, large, false, NULL);
    cr_assert_eq(next(s, PL_ACT_DOWNLOAD).pkg, small);
    pl_sched_free(s);
}

Test(scheduler, a_place_follows_the_extraction_of_its_package)
{
    struct pl_sched *s = pl_sched_new(&roomy);
    pl_pkg a = package(s, "a@1", false, 0), b = package(s, "b@1", false, 0);
    pl_place first = pl_sched_clone(s, a, PB_LIT("node_modules/a"), 0);
    pl_place below = pl_sched_clone(s, b, PB_LIT("node_modules/a/node_modules/b"), first);
    next(s, PL_ACT_DOWNLOAD);
    next(s, PL_ACT_DOWNLOAD);
    pl_sched_downloaded(s, b, 10, NULL);
    next(s, PL_ACT_EXTRACT);
    cr_assert_eq(pl_sched_follow(s, b), 0, "its parent is not in place");
    pl_sched_extracted(s, b, false, NULL);
    pl_sched_downloaded(s, a, 10, NULL);
    next(s, PL_ACT_EXTRACT);
    cr_assert_eq(pl_sched_follow(s, a), first);
    cr_assert_eq(pl_sched_follow(s, a), 0, "it is begun");
    pl_sched_extracted(s, a, false, NULL);
    nothing_next(s);
    pl_sched_cloned(s, first, 1, 0, NULL);
    cr_assert_eq(next(s, PL_ACT_CLONE).place, below);
    pl_sched_free(s);
}

Test(scheduler, child_waits_for_its_parent)
{
    struct pl_sched *s = pl_sched_new(&roomy);
    pl_place parent = pl_sched_clone(s, package(s, "a@1", false, 0), PB_LIT("node_modules/a"), 0);
    pl_place child = pl_sched_clone(s, package(s, "b@1", true, 0),
                                    PB_LIT("node_modules/a/node_modules/b"), parent);
    pl_pkg a = next(s, PL_ACT_DOWNLOAD).pkg;
    nothing_next(s);
    pl_sched_downloaded(s, a, 1, NULL);
    next(s, PL_ACT_EXTRACT);
    pl_sched_extracted(s, a, false, NULL);
    cr_assert_eq(next(s, PL_ACT_CLONE).place, parent);
    nothing_next(s);
    pl_sched_cloned(s, parent, 1, 0, NULL);
    cr_assert_eq(next(s, PL_ACT_CLONE).place, child);
    cr_assert_eq(pl_sched_counts(s).peak_blocked, 1);
    pl_sched_free(s);
}

Test(scheduler, failed_parent_fails_descendants_with_the_chain)
{
    struct pl_sched *s = pl_sched_new(&roomy);
    pl_pkg a = package(s, "a@1", false, 0);
    pl_place pa = pl_sched_clone(s, a, PB_LIT("node_modules/a"), 0);
    pl_place pb = pl_sched_clone(s, package(s, "b@2", true, 0), PB_LIT("node_modules/a/b"), pa);
    pl_place pc = pl_sched_clone(s, package(s, "c@3", true, 0), PB_LIT("node_modules/a/b/c"), pb);
    pl_sched_wait(s, pc, 7);
    next(s, PL_ACT_DOWNLOAD);
    struct pb_err cause = network_error();
    pl_sched_downloaded(s, a, 0, &cause);
    struct pl_act act = next(s, PL_ACT_ANSWER);
    cr_assert_eq(act.token, 7);
    cr_assert_eq(act.err->code, PB_E_NETWORK);
    cr_assert_str_eq(act.err->msg, "c@3 (node_modules/a/b/c): its parent b@2 in a@1 failed: "
                                   "the line is cut");
    cr_assert_str_eq(pl_sched_failure(s)->msg, "the line is cut");
    cr_assert_eq(pl_sched_counts(s).failed, 4); /* the package and three places */
    pl_sched_free(s);
}

Test(scheduler, long_chain_keeps_its_end)
{
    struct pl_sched *s = pl_sched_new(&roomy);
    pl_pkg top = package(s, "p0@1", false, 0);
    pl_place place = pl_sched_clone(s, top, PB_LIT("t0"), 0);
    for (int i = 1; i < 20; i++) {
        char label[32];
        char target[32];
        snprintf(label, sizeof label, "p%d@1", i);
        snprintf(target, sizeof target, "t%d", i);
        place = pl_sched_clone(s, package(s, label, true, 0), pb_str(target), place);
    }
    pl_sched_wait(s, place, 1);
    next(s, PL_ACT_DOWNLOAD);
    struct pb_err cause = network_error();
    pl_sched_downloaded(s, top, 0, &cause);
    cr_assert_str_eq(next(s, PL_ACT_ANSWER).err->msg,
                     "p19@1 (t19): its parent p18@1 in p17@1 in p16@1 in p15@1 in p14@1 in p13@1 "
                     "in ... in p0@1 failed: the line is cut");
    pl_sched_free(s);
}

Test(scheduler, damaged_package_is_fetched_afresh_once)
{
    struct pl_sched *s = pl_sched_new(&roomy);
    pl_pkg a = package(s, "a@1", true, 0);
    pl_place place = pl_sched_clone(s, a, PB_LIT("node_modules/a"), 0);
    pl_sched_close(s);
    next(s, PL_ACT_CLONE);
    pl_sched_damaged(s, place);
    next(s, PL_ACT_DOWNLOAD);
    pl_sched_downloaded(s, a, 5, NULL);
    next(s, PL_ACT_EXTRACT);
    pl_sched_extracted(s, a, false, NULL);
    next(s, PL_ACT_CLONE);
    pl_sched_damaged(s, place);
    nothing_next(s);
    cr_assert(pl_sched_is_idle(s));
    cr_assert_not_null(strstr(pl_sched_failure(s)->msg, "damaged again"));
    pl_sched_free(s);
}

Test(scheduler, unwanted_prefetch_may_fail_unnoticed)
{
    struct pl_sched *s = pl_sched_new(&roomy);
    pl_pkg a = package(s, "a@1", false, 0);
    pl_sched_prefetch(s, a);
    next(s, PL_ACT_DOWNLOAD);
    struct pb_err cause = network_error();
    pl_sched_downloaded(s, a, 0, &cause);
    cr_assert_null(pl_sched_failure(s));
    pl_place place = pl_sched_clone(s, a, PB_LIT("node_modules/a"), 0);
    pl_sched_wait(s, place, 3);
    cr_assert_str_eq(next(s, PL_ACT_ANSWER).err->msg, "the line is cut");
    cr_assert_not_null(pl_sched_failure(s));
    pl_sched_free(s);
}

Test(scheduler, close_drops_prefetches_that_nobody_demanded)
{
    const struct pl_sched_caps one = {.download = 1, .extract = 1, .clone = 1};
    struct pl_sched *s = pl_sched_new(&one);
    pl_pkg a = package(s, "a@1", false, 0);
    pl_sched_prefetch(s, a);
    pl_sched_prefetch(s, package(s, "b@1", false, 0));
    next(s, PL_ACT_DOWNLOAD);
    pl_sched_close(s);
    pl_sched_downloaded(s, a, 1, NULL);
    next(s, PL_ACT_EXTRACT);
    pl_sched_extracted(s, a, false, NULL);
    nothing_next(s);
    cr_assert(pl_sched_is_idle(s));
    pl_sched_free(s);
}
