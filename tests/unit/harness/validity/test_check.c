/* SPDX-License-Identifier: MIT */
#include "harness/validity/check.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char *const tolerated[] = {"/own", NULL};
static const struct pb_manager manager = {.name = "fake", .tolerated_misses = tolerated};
static const struct pb_arm arm = {.name = "fake", .manager = &manager, .binary = "/bin/fake"};
static const struct pb_phase phase = {.key = "p0"};

/* A sample that passes every check of this file; each row below breaks one thing. */
static struct pb_facts good(void)
{
    struct pb_facts f = {.arm = &arm, .phase = &phase, .registry_counted = true};
    f.lock_after.present = true;
    f.lock_after.bytes = 10;
    f.registry.rx_bytes = 1000;
    return f;
}

static char *miss_own[] = {(char *)"/own/thing"},
            *miss_other[] = {(char *)"/own", (char *)"/owner"};

static void timed_out(struct pb_facts *f)
{
    f->launch.timed_out = true;
}
static void exit_3(struct pb_facts *f)
{
    f->launch.exit_code = 3;
}
static void crash(struct pb_facts *f)
{
    f->launch.exit_code = -1, f->launch.signal = 11;
}
static void stray(struct pb_facts *f)
{
    f->launch.strays = 2;
}
static void rebuilt(struct pb_facts *f)
{
    f->binary_changed = true;
}
static void warm_store(struct pb_facts *f)
{
    f->before.store = true;
}
static void dirty_home(struct pb_facts *f)
{
    f->before.home = true;
}
static void lockless(struct pb_facts *f)
{
    f->lock_after.present = false;
}
static void empty_lock(struct pb_facts *f)
{
    f->lock_after.bytes = 0;
}
static void lock_before(struct pb_facts *f)
{
    f->lock_before.present = true;
    strcpy(f->lock_before.digest, "a");
}
static void same_lock(struct pb_facts *f)
{
    lock_before(f);
    strcpy(f->lock_after.digest, "a");
}
static void other_lock(struct pb_facts *f)
{
    lock_before(f);
    strcpy(f->lock_after.digest, "b");
}
static void packages(struct pb_facts *f)
{
    f->inventory.package_count = 7;
}
static void silent(struct pb_facts *f)
{
    f->registry.rx_bytes = 0;
}
static void tarballs(struct pb_facts *f)
{
    f->registry.requests_tarball = 3;
}
static void again(struct pb_facts *f)
{
    f->registry.tarballs_repeated = 1;
}
static void uncounted(struct pb_facts *f)
{
    f->registry_counted = false;
    f->registry.rx_bytes = 0;
}
static void own_miss(struct pb_facts *f)
{
    f->registry.misses = f->registry.n_miss_paths = 1;
    f->registry.miss_paths[0] = miss_own[0];
}
static void real_miss(struct pb_facts *f)
{
    f->registry.misses = f->registry.n_miss_paths = 2;
    f->registry.miss_paths[0] = miss_other[0];
    f->registry.miss_paths[1] = miss_other[1];
}
static void nothing(struct pb_facts *f)
{
    (void)f;
}

static const struct {
    const char *check;
    void (*change)(struct pb_facts *f);
    enum pb_check_verdict verdict;
    const char *reason; /* part of it */
} rows[] = {
    {"not_timed_out", nothing, PB_CHECK_PASSED, ""},
    {"not_timed_out", timed_out, PB_CHECK_FAILED, "timed out"},
    {"exit_zero", nothing, PB_CHECK_PASSED, ""},
    {"exit_zero", exit_3, PB_CHECK_FAILED, "exit code 3"},
    {"exit_zero", crash, PB_CHECK_FAILED, "signal 11"},
    {"no_strays", nothing, PB_CHECK_PASSED, ""},
    {"no_strays", stray, PB_CHECK_FAILED, "2 processes"},
    {"binary_unchanged", nothing, PB_CHECK_PASSED, ""},
    {"binary_unchanged", rebuilt, PB_CHECK_FAILED, "/bin/fake"},
    {"before_state", nothing, PB_CHECK_PASSED, ""},
    {"before_state", warm_store, PB_CHECK_FAILED, "store present"},
    {"before_state", dirty_home, PB_CHECK_FAILED, "home"},
    {"lock_present", nothing, PB_CHECK_PASSED, ""},
    {"lock_present", lockless, PB_CHECK_FAILED, "no lockfile"},
    {"lock_written", nothing, PB_CHECK_PASSED, ""},
    {"lock_written", lockless, PB_CHECK_FAILED, "no lockfile was written"},
    {"lock_written", empty_lock, PB_CHECK_FAILED, "empty"},
    {"lock_written", lock_before, PB_CHECK_FAILED, "before"},
    {"lock_unchanged", nothing, PB_CHECK_FAILED, "no lockfile before"},
    {"lock_unchanged", same_lock, PB_CHECK_PASSED, ""},
    {"lock_unchanged", other_lock, PB_CHECK_FAILED, "changed"},
    {"no_node_modules", nothing, PB_CHECK_PASSED, ""},
    {"no_node_modules", packages, PB_CHECK_FAILED, "7 packages"},
    {"traffic_positive", nothing, PB_CHECK_PASSED, ""},
    {"traffic_positive", silent, PB_CHECK_FAILED, "not cold"},
    {"traffic_positive", uncounted, PB_CHECK_UNKNOWN, ""},
    {"tarballs_fetched", nothing, PB_CHECK_FAILED, "not cold"},
    {"tarballs_fetched", tarballs, PB_CHECK_PASSED, ""},
    {"tarballs_fetched", uncounted, PB_CHECK_UNKNOWN, ""},
    {"no_tarball_fetched", nothing, PB_CHECK_PASSED, ""},
    {"no_tarball_fetched", tarballs, PB_CHECK_FAILED, "3 tarballs"},
    {"no_tarball_fetched", uncounted, PB_CHECK_UNKNOWN, ""},
    {"every_tarball_once", tarballs, PB_CHECK_PASSED, ""},
    {"every_tarball_once", again, PB_CHECK_FAILED, "1 tarballs were fetched again"},
    {"every_tarball_once", uncounted, PB_CHECK_UNKNOWN, ""},
    {"no_registry_miss", nothing, PB_CHECK_PASSED, ""},
    {"no_registry_miss", own_miss, PB_CHECK_PASSED, ""},
    {"no_registry_miss", real_miss, PB_CHECK_FAILED, "/owner"},
    {"no_registry_miss", uncounted, PB_CHECK_UNKNOWN, ""},
};

Test(check, each_check_sees_what_it_is_named_for)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pb_facts f = good();
        char reason[PB_CHECK_REASON_BYTES] = "";
        const struct pb_check *check = pb_check_find(rows[i].check);
        cr_assert(check, "%s", rows[i].check);
        rows[i].change(&f);
        cr_expect_eq(check->run(&f, reason), rows[i].verdict, "row %zu %s: %s", i, check->name,
                     reason);
        cr_expect(strstr(reason, rows[i].reason), "row %zu %s: %s", i, check->name, reason);
    }
}

Test(check, names_are_unique_and_explained)
{
    for (size_t i = 0; i < pb_check_count; i++) {
        cr_expect(pb_check_table[i].help && pb_check_table[i].lesson && pb_check_table[i].run);
        cr_expect_eq(pb_check_find(pb_check_table[i].name), &pb_check_table[i]);
    }
    cr_expect_not(pb_check_exists("no_such_check"));
}

static void judge(const struct pb_facts *f, struct pb_sample *sample, struct pb_arena *arena)
{
    *sample = (struct pb_sample){.outcome = PB_OUTCOME_SEED_FAILED};
    pb_checks_judge(arena, f, sample);
}

Test(check, only_the_checks_of_the_phase_judge)
{
    static const struct pb_phase resolve = {.checks = {"no_node_modules"}, .check_count = 1};
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_sample sample;
    struct pb_facts f = good();
    f.inventory.package_count = 1;
    judge(&f, &sample, &arena);
    cr_expect_eq(sample.outcome, PB_OUTCOME_OK);
    cr_expect_null(sample.reason);
    f.phase = &resolve;
    judge(&f, &sample, &arena);
    cr_expect_eq(sample.outcome, PB_OUTCOME_INVALID);
    cr_expect_str_eq(sample.reason,
                     "no_node_modules: 1 packages below node_modules after a resolve");
    cr_expect_eq(sample.check_count, 1);
    pb_arena_release(&arena);
}

Test(check, failed_command_is_failed_not_invalid)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_sample sample;
    struct pb_facts f = good();
    f.launch.exit_code = 1;
    judge(&f, &sample, &arena);
    cr_expect_eq(sample.outcome, PB_OUTCOME_FAILED);
    cr_expect_str_eq(sample.reason, "exit_zero: exit code 1");
    f.launch.timed_out = true;
    judge(&f, &sample, &arena);
    cr_expect_str_eq(sample.reason, "not_timed_out: timed out");
    cr_expect_eq(sample.check_count, 2);
    pb_arena_release(&arena);
}
