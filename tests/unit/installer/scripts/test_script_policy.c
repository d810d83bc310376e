/* SPDX-License-Identifier: MIT */
#include "installer/scripts/script_policy.h"

#include <criterion/criterion.h>

/* Cases after npm's script-allowed.js: what a rule covers, and what a package cannot pretend. */
static const struct {
    const char *rules, *name, *version, *source;
    enum pl_script_verdict verdict;
} rows[] = {
    {"{}", "a", "1.0.0", "", PL_SCRIPTS_UNREVIEWED},
    {"{\"a\":true}", "a", "1.0.0", "", PL_SCRIPTS_ALLOWED},
    {"{\"a@*\":true}", "a", "1.0.0", "", PL_SCRIPTS_ALLOWED},
    {"{\"@s/a\":true}", "@s/a", "1.0.0", "", PL_SCRIPTS_ALLOWED},
    {"{\"a\":true}", "b", "1.0.0", "", PL_SCRIPTS_UNREVIEWED},
    {"{\"a@1.0.0\":true}", "a", "1.0.0", "", PL_SCRIPTS_ALLOWED},
    {"{\"a@1.0.0\":true}", "a", "1.0.1", "", PL_SCRIPTS_UNREVIEWED},
    {"{\"a@1.0.0 || 2.0.0\":true}", "a", "2.0.0", "", PL_SCRIPTS_ALLOWED},
    {"{\"a@1.0.0 || 2.0.0\":true}", "a", "2.0.1", "", PL_SCRIPTS_UNREVIEWED},
    {"{\"a@^1\":true}", "a", "1.0.0", "", PL_SCRIPTS_UNREVIEWED},
    {"{\"a@latest\":true}", "a", "1.0.0", "", PL_SCRIPTS_UNREVIEWED},
    {"{\"x@npm:a\":true}", "a", "1.0.0", "", PL_SCRIPTS_UNREVIEWED},
    {"{\"a\":\"yes\"}", "a", "1.0.0", "", PL_SCRIPTS_UNREVIEWED},
    {"{\"a\":true,\"a@1.0.0\":false}", "a", "1.0.0", "", PL_SCRIPTS_DENIED},
    {"{\"a\":true,\"a@1.0.0\":false}", "a", "1.1.0", "", PL_SCRIPTS_ALLOWED},
    {"{\"a\":true}", "", "", "https://evil.example/a/-/a-1.0.0.tgz", PL_SCRIPTS_UNREVIEWED},
    {"{\"https://x.example/a.tgz\":true}", "", "", "https://x.example/a.tgz", PL_SCRIPTS_ALLOWED},
    {"{\"https://x.example/a.tgz\":true}", "", "", "https://x.example/b.tgz",
     PL_SCRIPTS_UNREVIEWED},
    {"{\"file:x.tgz\":true}", "", "", "file:x.tgz", PL_SCRIPTS_ALLOWED},
    {"{\"git+https://x.example/a.git\":true}", "", "", "git+https://x.example/a.git#1234abcd",
     PL_SCRIPTS_ALLOWED},
    {"{\"git+https://x.example/a.git#1234\":true}", "", "", "git+https://x.example/a.git#1234abcd",
     PL_SCRIPTS_ALLOWED},
    {"{\"git+https://x.example/a.git#1234abcdef\":true}", "", "",
     "git+https://x.example/a.git#1234abcd", PL_SCRIPTS_UNREVIEWED},
    {"{\"git+https://x.example/a.git\":true}", "", "", "git+https://y.example/a.git#1234abcd",
     PL_SCRIPTS_UNREVIEWED},
};

static enum pl_script_verdict judge(size_t i, struct pl_strs *warnings, struct pb_arena *arena)
{
    struct pl_script_policy policy;
    cJSON *rules = cJSON_Parse(rows[i].rules);
    pl_script_policy_load(arena, rules, "ignored-when-package.json-has-rules", &policy, warnings);
    cJSON_Delete(rules);
    const struct pl_script_subject subject = {pb_str(rows[i].name), pb_str(rows[i].version),
                                              pb_str(rows[i].source)};
    return pl_script_judge(&policy, &subject);
}

Test(script_policy, rules_cover_what_they_name)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pb_arena arena = PB_ARENA_INIT;
        struct pl_strs warnings = {0};
        cr_expect_eq(judge(i, &warnings, &arena), rows[i].verdict, "%zu: %s", i, rows[i].rules);
        pb_arena_release(&arena);
    }
}

Test(script_policy, useless_rules_are_named)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_strs warnings = {0};
    (void)judge(9, &warnings, &arena);
    (void)judge(10, &warnings, &arena);
    (void)judge(12, &warnings, &arena);
    cr_expect_eq(warnings.n, 3);
    pb_arena_release(&arena);
}

Test(script_policy, the_configuration_counts_without_rules)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_strs warnings = {0};
    struct pl_script_policy policy;
    pl_script_policy_load(&arena, NULL, " a, b@1.0.0", &policy, &warnings);
    const struct pl_script_subject b = {PB_LIT("b"), PB_LIT("1.0.0"), PB_LIT("")};
    const struct pl_script_subject c = {PB_LIT("c"), PB_LIT("1.0.0"), PB_LIT("")};
    cr_expect_eq(pl_script_judge(&policy, &b), PL_SCRIPTS_ALLOWED);
    cr_expect_eq(pl_script_judge(&policy, &c), PL_SCRIPTS_UNREVIEWED);
    policy.allow_all = true;
    cr_expect_eq(pl_script_judge(&policy, &c), PL_SCRIPTS_ALLOWED);
    pb_arena_release(&arena);
}
