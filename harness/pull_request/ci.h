/* SPDX-License-Identifier: MIT */
#ifndef PB_PR_CI_H
#define PB_PR_CI_H

#include "harness/pull_request/hosting.h"

/*
 * What a CI job's environment says about the pull request it works for: GitHub Actions (also in a
 * second workflow, by `workflow_run`) and GitLab CI. NULL or 0 is "not said". In the arena.
 */
struct pb_ci {
    const struct pb_hosting *hosting;
    const char *api_url, *repo, *head_sha;
    const char *run_url; /* of the run that measured */
    long number;
};
/* Fails when the event file cannot be read. Outside of CI everything is NULL. */
int pb_ci_read(struct pb_arena *arena, struct pb_ci *out, struct pb_err *err) PB_MUST_CHECK;

/* The number in the file "pull_request_number" of a result folder, which a job of a fork cannot
 * pass on otherwise. It may lie: only to be used together with a head commit. 0: no such file. */
int pb_ci_number_of_results(const char *dir, long *out, struct pb_err *err) PB_MUST_CHECK;

#endif
