/* SPDX-License-Identifier: MIT */
#ifndef PB_ORACLE_RUN_H
#define PB_ORACLE_RUN_H

#include "harness/probes/instruments.h"
#include "harness/probes/probe.h"

/* Runs oracle_program under probes; inside Criterion tests, which failures end. The privileges are
 * those that at_level.sh gave the test program, by name in PB_ORACLE_LEVEL. */

/* A scratch folder for the commands; made once by the suite's init. */
void oracle_set_up(void);
void oracle_tear_down(void);

bool oracle_level_is(const char *level);
/* Whether the scratch folder lies on a block device. */
bool oracle_dir_is_on_a_disk(void);

struct pb_launch_result oracle_launch(const struct pb_probe *const *table,
                                      struct pb_instruments *instruments, const char *kind,
                                      long amount, struct pb_metric_values *out);

#endif
