/* SPDX-License-Identifier: MIT */
/* Is what was measured what was asked for: program, environment, project, policy? */
#include "harness/validity/check.h"

#include <string.h>
#include <strings.h>

enum pb_check_verdict pb_check_version_as_asked(const struct pb_facts *f,
                                                char reason[PB_CHECK_REASON_BYTES])
{
    const char *asked = f->arm->asked_version, *is = f->arm->version;
    if (!asked || !is) return PB_CHECK_UNKNOWN;
    size_t n = strlen(asked);
    if (strncmp(is, asked, n) == 0 && (is[n] == '\0' || is[n] == '+')) return PB_CHECK_PASSED;
    return PB_CHECK_FAIL(reason, "%.120s is version %.40s, asked for was %.40s", f->arm->binary, is,
                         asked);
}

enum pb_check_verdict pb_check_variables_known(const struct pb_facts *f,
                                               char reason[PB_CHECK_REASON_BYTES])
{
    if (!f->arm->unknown_variable) return PB_CHECK_PASSED;
    return PB_CHECK_FAIL(reason,
                         "%.80s is in no place of %.80s: it cannot make a difference (see "
                         "\"reads_env\" of managers/*.json)",
                         f->arm->unknown_variable, f->arm->binary);
}

/* Variables that switch modes on, or lead elsewhere, in at least one manager. */
static const char *const foreign_variables[] = {
    "CI",
    "CONTINUOUS_INTEGRATION",
    "GITHUB_ACTIONS",
    "GITLAB_CI",
    "BUILD_NUMBER",
    "npm_config_registry",
    "npm_config_userconfig",
    "npm_config_globalconfig",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
};

static bool is_foreign(const char *assignment)
{
    for (size_t i = 0; i < sizeof foreign_variables / sizeof *foreign_variables; i++) {
        size_t n = strlen(foreign_variables[i]);
        if (strncasecmp(assignment, foreign_variables[i], n) == 0 && assignment[n] == '=')
            return true;
    }
    return false;
}

enum pb_check_verdict pb_check_environment_clean(const struct pb_facts *f,
                                                 char reason[PB_CHECK_REASON_BYTES])
{
    if (!f->ws) return PB_CHECK_UNKNOWN;
    struct pb_arena arena = PB_ARENA_INIT;
    enum pb_check_verdict verdict = PB_CHECK_PASSED;
    const char *const *env = pb_workspace_environment(&arena, f->ws, f->arm, f->registry_url);
    for (; *env && verdict == PB_CHECK_PASSED; env++)
        if (is_foreign(*env))
            verdict = PB_CHECK_FAIL(reason, "%.200s changes what a manager does", *env);
    pb_arena_release(&arena);
    return verdict;
}

enum pb_check_verdict pb_check_no_config_leak(const struct pb_facts *f,
                                              char reason[PB_CHECK_REASON_BYTES])
{
    return f->config_leak[0] ? PB_CHECK_FAIL(reason, "%.250s", f->config_leak) : PB_CHECK_PASSED;
}

enum pb_check_verdict pb_check_project_as_given(const struct pb_facts *f,
                                                char reason[PB_CHECK_REASON_BYTES])
{
    if (!f->expected_manifests) return PB_CHECK_UNKNOWN;
    return strcmp(f->expected_manifests, f->manifests_before) == 0
               ? PB_CHECK_PASSED
               : PB_CHECK_FAIL(reason, "a package.json was changed before the command ran");
}

enum pb_check_verdict pb_check_manifests_unchanged(const struct pb_facts *f,
                                                   char reason[PB_CHECK_REASON_BYTES])
{
    if (f->phase->action == PB_ACTION_ADD) return PB_CHECK_PASSED;
    return strcmp(f->manifests_before, f->manifests_after) == 0
               ? PB_CHECK_PASSED
               : PB_CHECK_FAIL(reason, "the command changed a package.json");
}

enum pb_check_verdict pb_check_no_script_ran(const struct pb_facts *f,
                                             char reason[PB_CHECK_REASON_BYTES])
{
    return f->inventory.scripts_ran
               ? PB_CHECK_FAIL(reason, "a lifecycle script left %s", PB_SCRIPT_MARK)
               : PB_CHECK_PASSED;
}
