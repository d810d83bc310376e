/* SPDX-License-Identifier: MIT */
#ifndef PB_DOCTOR_NOISE_H
#define PB_DOCTOR_NOISE_H

#include "harness/cli/plan_options.h"

/* `phasebench doctor --aa` and `--inject`: a run of identical arms, and what it says. */
enum { PB_DOCTOR_ROUNDS_MIN = 5, PB_DOCTOR_ROUNDS_MAX = 60, PB_DOCTOR_ROUNDS = 10 };

struct pb_doctor_options {
    struct pb_plan_options plan;
    const char *out, *snapshot, *inject;
    long aa; /* rounds, 0: not asked for */
    bool json;
};

/* Returns the exit status. */
int pb_doctor_noise(const struct pb_doctor_options *options, const char *project,
                    struct pb_err *err);

#endif
