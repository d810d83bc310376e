/* SPDX-License-Identifier: MIT */
#ifndef PB_RESUME_H
#define PB_RESUME_H

#include "harness/run/context.h"

/* Marks what the journal of the result folder holds already. Refuses (CONFLICT) a journal of other
 * arms, phases, registries or rounds, or of other program files: their samples must not be mixed.
 */
int pb_run_resume(struct pb_run *run, struct pb_err *err) PB_MUST_CHECK;

#endif
