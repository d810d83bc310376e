/* SPDX-License-Identifier: MIT */
/* Where npm puts what: the scenarios of data/ against the resolver, and that the order of answers
 * makes no difference. */
#include "base/mem.h"
#include "scenario.h"

#include <criterion/criterion.h>
#include <stdio.h>

static enum pb_code error_code(const char *kind)
{
    return strcmp(kind, "conflict") == 0   ? PB_E_CONFLICT
           : strcmp(kind, "override") == 0 ? PB_E_CONFLICT
           : strcmp(kind, "platform") == 0 ? PB_E_UNSUPPORTED
                                           : PB_E_NOT_FOUND;
}

static void check_places(const char *name, const cJSON *expect, const struct pl_lock *lock)
{
    const cJSON *place;
    cJSON_ArrayForEach (place, expect) {
        const struct pl_lock_entry *e = pl_lock_find(lock, pb_str(place->string));
        cr_expect_not_null(e, "%s: nothing at %s", name, place->string);
        if (!e) continue;
        PB_AUTO_FREE char *text = scenario_describe(e);
        cr_expect_str_eq(text, place->valuestring, "%s: %s is \"%s\", not \"%s\"", name,
                         place->string, text, place->valuestring);
    }
    for (size_t i = 1; i < lock->n; i++) {
        char path[1024];
        snprintf(path, sizeof path, PB_FMT, PB_ARG(lock->entries[i].path));
        cr_expect_not_null(pb_json_get(expect, path), "%s: something at %s", name, path);
    }
}

static void check_scenario(const struct scenario_file *file, const cJSON *scenario)
{
    struct pl_lock lock = {0};
    struct pb_err err = PB_ERR_INIT;
    const char *name = pb_json_cstr(scenario, "name"), *error = pb_json_cstr(scenario, "error");
    int rc = scenario_run(file, scenario, 0, &lock, &err);
    if (error)
        cr_expect(rc == -1 && err.code == error_code(error), "%s: not a \"%s\" error but %s", name,
                  error, rc ? err.msg : "a lock");
    else if (rc)
        cr_expect_fail("%s: %s", name, err.msg);
    else
        check_places(name, pb_json_get(scenario, "expect"), &lock);
    pl_lock_release(&lock);
}

static void check_file(const char *name)
{
    struct scenario_file file;
    const cJSON *scenario;
    scenario_open(&file, name);
    cJSON_ArrayForEach (scenario, file.scenarios) {
        check_scenario(&file, scenario);
    }
    scenario_close(&file);
}

/* The whole text of the lock, or the error. */
static void outcome(const struct scenario_file *file, const cJSON *scenario, uint64_t seed,
                    struct pb_buf *out)
{
    struct pl_lock lock = {0};
    struct pb_err err = PB_ERR_INIT;
    if (scenario_run(file, scenario, seed, &lock, &err) == 0)
        pl_lock_print(&lock, out);
    else
        pb_buf_add_cstr(out, err.msg);
    pl_lock_release(&lock);
}

static void check_order(const char *name)
{
    struct scenario_file file;
    const cJSON *scenario;
    scenario_open(&file, name);
    cJSON_ArrayForEach (scenario, file.scenarios) {
        PB_AUTO_BUF struct pb_buf first = PB_BUF_INIT((size_t)1 << 22);
        outcome(&file, scenario, 0, &first);
        for (uint64_t seed = 1; seed <= 4; seed++) {
            PB_AUTO_BUF struct pb_buf other = PB_BUF_INIT((size_t)1 << 22);
            outcome(&file, scenario, seed, &other);
            cr_expect(pb_str_eq(pb_buf_str(&first), pb_buf_str(&other)),
                      "%s: answers in order %d give another lock", pb_json_cstr(scenario, "name"),
                      (int)seed);
        }
    }
    scenario_close(&file);
}

static const char *const generated[] = {"generated_01", "generated_02", "generated_03",
                                        "generated_04", "generated_05", "generated_06",
                                        "generated_07", "generated_08"};

Test(scenarios, peers)
{
    check_file("arborist_peers");
}

Test(scenarios, chains_of_conflicting_peers)
{
    check_file("arborist_conflict_chain");
}

Test(scenarios, optional_peers)
{
    check_file("arborist_optional_peers");
}

Test(scenarios, optional_failures_and_platforms)
{
    check_file("arborist_optional_failures");
}

Test(scenarios, hoisting_and_bundles)
{
    check_file("arborist_hoisting");
}

Test(scenarios, workspaces_and_links)
{
    check_file("arborist_workspaces");
}

/* All that the published test plays; the file lists what is left out and why. */
Test(scenarios, build_ideal_tree)
{
    check_file("arborist_ideal_trees");
}

Test(scenarios, overrides_tags_and_aliases)
{
    check_file("rules_and_names");
}

Test(scenarios, resolutions_of_yarn)
{
    check_file("resolutions");
}

Test(scenarios, generated_projects_with_overrides_aliases_and_locks)
{
    for (size_t i = 0; i < sizeof generated / sizeof *generated; i++)
        check_file(generated[i]);
}

Test(scenarios, order_of_answers_makes_no_difference)
{
    check_order("arborist_peers");
    check_order("arborist_optional_failures");
    check_order("arborist_workspaces");
    check_order("rules_and_names");
    check_order("resolutions");
    for (size_t i = 0; i < sizeof generated / sizeof *generated; i++)
        check_order(generated[i]);
}
