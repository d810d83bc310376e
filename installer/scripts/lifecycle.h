/* SPDX-License-Identifier: MIT */
#ifndef PL_LIFECYCLE_H
#define PL_LIFECYCLE_H

#include "base/err.h"
#include "installer/scripts/script_env.h"

/* The command of an event: package.json's, or npm's default for "install" where a binding.gyp
 * stands and neither install nor preinstall is given. NULL: nothing to run. */
const char *pl_script_command(const struct pl_script_package *package, const char *event);

enum pl_script_output {
    PL_SCRIPT_QUIET,    /* quoted in the error when the script fails */
    PL_SCRIPT_SHOWN,    /* the command and what it says */
    PL_SCRIPT_TO_STDERR /* the same, when stdout is for a program to read */
};

/* Runs the event's command, if it has one, in the package's folder. A status other than 0 is an
 * error (CHILD) that names package, event and command. */
int pl_script_run(const struct pl_script_host *host, const struct pl_script_package *package,
                  const char *event, enum pl_script_output output,
                  struct pb_err *err) PB_MUST_CHECK;

#endif
