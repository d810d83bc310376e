/* SPDX-License-Identifier: MIT */
#ifndef PB_LIMIT_PLAN_PROVIDE_H
#define PB_LIMIT_PLAN_PROVIDE_H

#include "harness/run/context.h"

/*
 * Arms that go by a plan of the installation (the limit arm, harness/limit/plan.h) get one before
 * anything is measured: plumb installs the project once from the snapshot, and what came of it is
 * written down in the cache folder, by snapshot, package.json files and plumb. An arm whose own
 * environment names a plan keeps it, but the file must be there (USAGE). Needs the work folder.
 */
int pb_limit_plan_provide(struct pb_run *run, struct pb_err *err) PB_MUST_CHECK;

/* Whether the arm cannot do anything before it is provided for. */
bool pb_limit_plan_is_wanted(const struct pb_arm *arm);

#endif
