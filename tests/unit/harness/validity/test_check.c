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
    f.registry.requests_metadata = 4;
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
    f->registry.requests_metadata = 0;
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
    f->registry.requests_metadata = 0;
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
static void older(struct pb_facts *f)
{
    static const struct pb_arm asked = {
        .binary = "/bin/fake", .version = "0.5.7", .asked_version = "1.4.0"};
    f->arm = &asked;
}
static void built(struct pb_facts *f)
{
    static const struct pb_arm asked = {.version = "1.4.0+abc", .asked_version = "1.4.0"};
    f->arm = &asked;
}
static void near_version(struct pb_facts *f)
{
    static const struct pb_arm asked = {
        .binary = "/bin/fake", .version = "1.4.01", .asked_version = "1.4.0"};
    f->arm = &asked;
}
static void misspelt(struct pb_facts *f)
{
    static const struct pb_arm asked = {.binary = "/bin/fake", .unknown_variable = "FAKE_MOED"};
    f->arm = &asked;
}
static const struct pb_workspace ws = {"/w", "/w/p", "/w/h", "/w/t", "/w/s", "/w/m", "/w/o"};
static void in_workspace(struct pb_facts *f)
{
    f->ws = &ws;
}
static void in_ci(struct pb_facts *f)
{
    static const struct pb_kv env[] = {{"ci", "true"}};
    static const struct pb_arm asked = {.manager = &manager, .env = env, .env_count = 1};
    f->ws = &ws;
    f->arm = &asked;
}
static void leak(struct pb_facts *f)
{
    strcpy(f->config_leak, "/x/.npmrc above");
}
static void given(struct pb_facts *f)
{
    f->expected_manifests = "a";
    strcpy(f->manifests_before, "a");
    strcpy(f->manifests_after, "a");
}
static void given_another(struct pb_facts *f)
{
    given(f);
    strcpy(f->manifests_before, "b");
}
static void rewritten(struct pb_facts *f)
{
    given(f);
    strcpy(f->manifests_after, "b");
}
static void adding(struct pb_facts *f)
{
    static const struct pb_phase add = {.action = PB_ACTION_ADD};
    rewritten(f);
    f->phase = &add;
}
static void scripted(struct pb_facts *f)
{
    f->inventory.scripts_ran = true;
}
static struct pb_package placed[] = {
    {"node_modules/a", "a", "1.0.0", false},
    {"node_modules/b", "b", "1.0.0", true},
    {"node_modules/b/node_modules/inner", "inner", "1.0.0", false}};
static void two_tarballs(struct pb_facts *f)
{
    f->inventory.packages = placed;
    f->inventory.package_count = 3;
    f->registry.requests_tarball = 2;
}
static void one_tarball(struct pb_facts *f)
{
    two_tarballs(f);
    f->registry.tarballs_repeated = 1;
}
static void uncounted_tree(struct pb_facts *f)
{
    one_tarball(f);
    f->registry_counted = false;
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
    {"metadata_fetched", nothing, PB_CHECK_PASSED, ""},
    {"metadata_fetched", silent, PB_CHECK_FAILED, "not cold"},
    {"metadata_fetched", uncounted, PB_CHECK_UNKNOWN, ""},
    {"tarballs_fetched", nothing, PB_CHECK_FAILED, "not cold"},
    {"tarballs_fetched", tarballs, PB_CHECK_PASSED, ""},
    {"tarballs_fetched", uncounted, PB_CHECK_UNKNOWN, ""},
    {"no_tarball_fetched", nothing, PB_CHECK_PASSED, ""},
    {"no_tarball_fetched", tarballs, PB_CHECK_FAILED, "3 tarballs"},
    {"no_tarball_fetched", uncounted, PB_CHECK_UNKNOWN, ""},
    {"every_tarball_once", tarballs, PB_CHECK_PASSED, ""},
    {"every_tarball_once", again, PB_CHECK_FAILED, "1 tarballs were fetched again"},
    {"every_tarball_once", uncounted, PB_CHECK_UNKNOWN, ""},
    {"version_as_asked", nothing, PB_CHECK_UNKNOWN, ""},
    {"version_as_asked", older, PB_CHECK_FAILED, "/bin/fake is version 0.5.7, asked for was 1.4.0"},
    {"version_as_asked", near_version, PB_CHECK_FAILED, "1.4.01"},
    {"version_as_asked", built, PB_CHECK_PASSED, ""},
    {"variables_known", nothing, PB_CHECK_PASSED, ""},
    {"variables_known", misspelt, PB_CHECK_FAILED, "FAKE_MOED"},
    {"environment_clean", nothing, PB_CHECK_UNKNOWN, ""},
    {"environment_clean", in_workspace, PB_CHECK_PASSED, ""},
    {"environment_clean", in_ci, PB_CHECK_FAILED, "ci=true"},
    {"no_config_leak", nothing, PB_CHECK_PASSED, ""},
    {"no_config_leak", leak, PB_CHECK_FAILED, "/x/.npmrc"},
    {"project_as_given", nothing, PB_CHECK_UNKNOWN, ""},
    {"project_as_given", given, PB_CHECK_PASSED, ""},
    {"project_as_given", given_another, PB_CHECK_FAILED, "before the command"},
    {"manifests_unchanged", given, PB_CHECK_PASSED, ""},
    {"manifests_unchanged", rewritten, PB_CHECK_FAILED, "changed a package.json"},
    {"manifests_unchanged", adding, PB_CHECK_PASSED, ""},
    {"no_script_ran", nothing, PB_CHECK_PASSED, ""},
    {"no_script_ran", scripted, PB_CHECK_FAILED, "lifecycle script"},
    {"packages_from_registry", nothing, PB_CHECK_PASSED, ""},
    {"packages_from_registry", two_tarballs, PB_CHECK_PASSED, ""},
    {"packages_from_registry", one_tarball, PB_CHECK_FAILED, "has 2 packages but only 1 tarballs"},
    {"packages_from_registry", uncounted_tree, PB_CHECK_UNKNOWN, ""},
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
