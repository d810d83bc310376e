/* SPDX-License-Identifier: MIT */
#ifndef PB_RUN_PLAN_H
#define PB_RUN_PLAN_H

#include "harness/run/context.h"

/* Fills phases, managers, arms and legs of the run by its options (cache_dir is set). Default
 * managers that are not there are left out with a warning; an arm that was asked for must be there.
 */
int pb_run_plan(struct pb_run *run, struct pb_err *err) PB_MUST_CHECK;

/* Two runs with the same hash treated their managers alike: the managers' and arms' settings and
 * what the samples were kept apart from. In the arena. */
const char *pb_run_policy_hash(struct pb_run *run);

/* Writes the run and arm lines. */
int pb_run_plan_journal(struct pb_run *run, struct pb_err *err) PB_MUST_CHECK;

#endif
