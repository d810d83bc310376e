/* SPDX-License-Identifier: MIT */
#ifndef PB_CHECK_H
#define PB_CHECK_H

#include "harness/journal/journal.h"
#include "harness/probes/facts.h"

#include <stdio.h>

/*
 * Validity checks: a sample that fails one shows its reason instead of a time. Phases name the
 * checks that apply to them; `always` ones apply to every sample. A new check is a function and a
 * row in check_table.c.
 */
#define PB_CHECK_REASON_BYTES 256

enum pb_check_verdict {
    PB_CHECK_PASSED,
    PB_CHECK_FAILED, /* with a reason */
    PB_CHECK_UNKNOWN /* what it needs was not measured here (a registry that is not ours) */
};

struct pb_check {
    const char *name, *help;
    const char *lesson; /* the published mistake it would have caught */
    bool always;
    enum pb_check_verdict (*run)(const struct pb_facts *facts, char reason[PB_CHECK_REASON_BYTES]);
};

extern const struct pb_check pb_check_table[];
extern const size_t pb_check_count;
const struct pb_check *pb_check_find(const char *name);
bool pb_check_exists(const char *name);

/* Runs the always-checks and the phase's. Puts failed ones into sample->checks, and outcome and
 * reason of the first failure into the sample: FAILED when the command itself failed, else INVALID.
 * Reasons live in the arena. */
void pb_checks_judge(struct pb_arena *arena, const struct pb_facts *facts,
                     struct pb_sample *sample);

/* What a check returns when it failed. */
#define PB_CHECK_FAIL(reason, ...)                                                                 \
    (snprintf((reason), PB_CHECK_REASON_BYTES, __VA_ARGS__), PB_CHECK_FAILED)

/* The checks in files of their own. */
#define PB_CHECK_FUNCTION(name)                                                                    \
    enum pb_check_verdict pb_check_##name(const struct pb_facts *facts,                            \
                                          char reason[PB_CHECK_REASON_BYTES])
PB_CHECK_FUNCTION(tree_complete);
PB_CHECK_FUNCTION(package_added);
PB_CHECK_FUNCTION(version_as_asked);
PB_CHECK_FUNCTION(variables_known);
PB_CHECK_FUNCTION(environment_clean);
PB_CHECK_FUNCTION(no_config_leak);
PB_CHECK_FUNCTION(project_as_given);
PB_CHECK_FUNCTION(manifests_unchanged);
PB_CHECK_FUNCTION(no_script_ran);
PB_CHECK_FUNCTION(metadata_fetched);
PB_CHECK_FUNCTION(tarballs_fetched);
PB_CHECK_FUNCTION(packages_from_registry);
PB_CHECK_FUNCTION(no_tarball_fetched);
PB_CHECK_FUNCTION(every_tarball_once);
PB_CHECK_FUNCTION(no_registry_miss);

#endif
