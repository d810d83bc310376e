/* SPDX-License-Identifier: MIT */
#include "harness/plan/manager.h"

#include "data_dir.h"
#include "harness/plan/template.h"

#include <criterion/criterion.h>
#include <string.h>

static int load(const char *dir, struct pb_arena *arena, struct pb_manager **out, size_t *n,
                struct pb_err *err)
{
    const char *extra[] = {dir, NULL};
    return pb_managers_load(arena, dir ? extra : NULL, out, n, err);
}

Test(manager, bundled_files_load_and_state_their_policy)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    struct pb_manager *managers;
    size_t n;
    cr_assert_eq(load(NULL, &arena, &managers, &n, &err), 0, "%s", err.msg);
    static const char *const names[] = {"bun", "deno", "npm", "plumb", "pnpm", "utoo", "yarn"};
    static const char *const policies[] = {"scripts", "audit",        "funding", "telemetry",
                                           "linker",  "frozen in CI", "peers",   "release age"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct pb_manager *m = pb_manager_find(managers, n, names[i]);
        cr_assert_not_null(m, "%s", names[i]);
        cr_expect(m->resolve || m->cannot_count, "%s says nothing about resolve", m->name);
        for (size_t p = 0; p < sizeof policies / sizeof *policies; p++) {
            bool stated = false;
            for (size_t k = 0; k < m->policy_count; k++)
                stated |= strcmp(m->policy[k].key, policies[p]) == 0;
            cr_expect(stated, "%s does not state its policy on %s", m->name, policies[p]);
        }
    }
    cr_expect_str_eq(pb_manager_find(managers, n, "npm")->fetch_binary,
                     "node_modules/npm/bin/npm-cli.js");
    cr_expect_null(pb_manager_find(managers, n, "yarn")->resolve);
    cr_expect_null(pb_manager_find(managers, n, "none"));
    pb_arena_release(&arena);
}

#define PLACES "\"lockfiles\": [\"l\"], \"store\": [\"{store}\"], \"metadata\": [\"{meta}\"]"
#define HEAD "{\"name\": \"mine\", \"find\": {\"program\": \"p\"},\n"

static const struct {
    const char *text, *message; /* message NULL: accepted */
} cases[] = {
    {HEAD PLACES ", \"install\": [\"i\"]}", NULL},
    {HEAD PLACES "}", "\"install\" is missing"},
    {HEAD "\"install\": [\"i\"]}", "\"lockfiles\", \"store\" and \"metadata\""},
    {HEAD PLACES ", \"install\": [\"{stroe}\"]}", "x.json:2: \"install\": unknown {stroe}"},
    {HEAD PLACES ", \"install\": [\"i\"], \"env\": {\"A\": \"{x}\"}}", "unknown {x}"},
    {HEAD PLACES ", \"install\": [\"i\"], \"env\": {\"A\": 1}}", "object of strings"},
    {HEAD PLACES ", \"install\": \"i\"}", "list of strings"},
    {HEAD PLACES ", \"install\": [\"i\"], \"seed\": {\"lock\": \"resolve\"}}", "no \"resolve\""},
    {HEAD PLACES ", \"install\": [\"i\"], \"seed\": {\"lock\": \"x\"}}", "\"seed.lock\" must be"},
    {HEAD PLACES ", \"install\": [\"i\"], \"extra\": 1}", "extra"},
    {"{\"name\": \"mine\", " PLACES ", \"install\": [\"i\"]}", "\"find\" must be an object"},
    {"{\"find\": {\"program\": \"p\"}, " PLACES ", \"install\": [\"i\"]}", "\"name\" is missing"},
};

Test(manager, own_files_are_validated_with_file_and_line)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pb_arena arena = PB_ARENA_INIT;
        struct pb_err err = PB_ERR_INIT;
        struct pb_manager *managers;
        size_t n;
        char *dir = make_data_dir("x.json", cases[i].text);
        int rc = load(dir, &arena, &managers, &n, &err);
        if (cases[i].message) {
            cr_expect_eq(rc, -1, "case %zu was accepted", i);
            cr_expect(strstr(err.msg, cases[i].message), "case %zu: %s", i, err.msg);
        } else {
            cr_assert_eq(rc, 0, "case %zu: %s", i, err.msg);
            cr_expect_not_null(pb_manager_find(managers, n, "mine"));
        }
        remove_data_dir(dir);
        pb_arena_release(&arena);
    }
}

Test(template, known_names_expand_and_other_braces_stay)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_template_vars vars = {.registry = "R", .store = "S", .package = "x@1"};
    static const struct {
        const char *text, *expected;
    } rows[] = {
        {"--registry={registry}", "--registry=R"},
        {"{store}/{store}", "S/S"},
        {"npm:{package}", "npm:x@1"},
        {"{}", "{}"},
        {"{ store }", "{ store }"},
        {"{home}", ""},
        {"plain", "plain"},
        {"{store", "{store"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_str_eq(pb_template_expand(&arena, rows[i].text, &vars), rows[i].expected);
    pb_arena_release(&arena);
}
