/* SPDX-License-Identifier: MIT */
#include "harness/plan/phase.h"

#include "data_dir.h"

#include <criterion/criterion.h>
#include <string.h>

static int load(const char *dir, struct pb_arena *arena, struct pb_phase **out, size_t *n,
                struct pb_err *err)
{
    const char *extra[] = {dir, NULL};
    return pb_phases_load(arena, dir ? extra : NULL, NULL, out, n, err);
}

Test(phase, bundled_defaults_are_p0_p1_p3_p4)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pb_phase *phases;
    size_t n;
    cr_assert_eq(load(NULL, &arena, &phases, &n, &err), 0, "%s", err.msg);
    const char *const expected[] = {"p0_full_cold", "p1_resolve", "p3_cold_install",
                                    "p4_warm_link"};
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        if (phases[i].is_default) {
            cr_assert_lt(found, 4);
            cr_expect_str_eq(phases[i].key, expected[found++]);
        }
    cr_expect_eq(found, 4);
    const struct pb_phase *p4 = pb_phase_find(phases, n, "p4");
    cr_assert_not_null(p4);
    cr_expect_eq(p4->lockfile, PB_STATE_SEEDED);
    cr_expect_eq(p4->store, PB_STATE_KEPT);
    cr_expect_eq(p4->node_modules, PB_STATE_ABSENT);
    cr_expect_eq(pb_phase_find(phases, n, "p1_resolve")->action, PB_ACTION_RESOLVE);
    cr_expect_null(pb_phase_find(phases, n, "p2"));
    cr_expect_null(pb_phase_find(phases, n, "p4_warm"));
    pb_arena_release(&arena);
}

#define BEFORE(lock, meta)                                                                         \
    "\"before\": {\"lockfile\": \"" lock "\", \"metadata\": \"" meta                               \
    "\", \"store\": \"absent\", \"node_modules\": \"absent\"}"
#define PHASE(key, before, rest) "{\"key\": \"" key "\", \"title\": \"t\",\n" before rest "}"

static const struct {
    const char *text, *message; /* message NULL: accepted */
} cases[] = {
    {PHASE("mine", BEFORE("seeded", "absent"), ", \"action\": \"install\""), NULL},
    {PHASE("mine", BEFORE("absent", "kept"), ", \"action\": \"install\""), "x.json:2: the state"},
    {PHASE("mine", BEFORE("seeded", "absent"), ", \"action\": \"fly\""), "\"action\" must be"},
    {PHASE("mine", BEFORE("seeded", "absent"), ""), "\"action\" must be"},
    {PHASE("../x", BEFORE("seeded", "absent"), ", \"action\": \"install\""), "\"key\" must be"},
    {PHASE("mine", BEFORE("warm", "absent"), ", \"action\": \"install\""), "\"before.lockfile\""},
    {PHASE("mine", BEFORE("seeded", "absent"), ", \"action\": \"install\", \"colour\": 1"),
     "colour"},
    {PHASE("mine", BEFORE("seeded", "absent"), ", \"action\": \"install\", \"checks\": [1]"),
     "list of strings"},
    {"{\"title\": \"t\"}", "\"key\" is missing"},
    {"[]", "an object is expected"},
    {"{", "x.json:1"},
};

Test(phase, own_files_are_validated_with_file_and_line)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pb_arena arena = PB_ARENA_INIT;
        struct pb_err err = PB_ERR_INIT;
        struct pb_phase *phases;
        size_t n;
        char *dir = make_data_dir("x.json", cases[i].text);
        int rc = load(dir, &arena, &phases, &n, &err);
        if (cases[i].message) {
            cr_expect_eq(rc, -1, "case %zu was accepted", i);
            cr_expect(strstr(err.msg, cases[i].message), "case %zu: %s", i, err.msg);
        } else {
            cr_assert_eq(rc, 0, "case %zu: %s", i, err.msg);
            cr_expect_not_null(pb_phase_find(phases, n, "mine"));
        }
        remove_data_dir(dir);
        pb_arena_release(&arena);
    }
}

Test(phase, an_own_file_replaces_a_bundled_phase)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pb_phase *bundled, *phases;
    size_t bundled_n, n;
    cr_assert_eq(load(NULL, &arena, &bundled, &bundled_n, &err), 0);
    char *dir = make_data_dir(
        "x.json", PHASE("p4_warm_link", BEFORE("seeded", "absent"), ", \"action\": \"resolve\""));
    cr_assert_eq(load(dir, &arena, &phases, &n, &err), 0, "%s", err.msg);
    cr_expect_eq(n, bundled_n);
    cr_expect_eq(pb_phase_find(phases, n, "p4")->action, PB_ACTION_RESOLVE);
    remove_data_dir(dir);
    pb_arena_release(&arena);
}

static bool no_check(const char *name)
{
    (void)name;
    return false;
}

Test(phase, unknown_checks_are_refused)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pb_phase *phases;
    size_t n;
    cr_expect_eq(pb_phases_load(&arena, NULL, no_check, &phases, &n, &err), -1);
    cr_expect(strstr(err.msg, "unknown check"), "%s", err.msg);
    pb_arena_release(&arena);
}
