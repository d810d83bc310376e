/* SPDX-License-Identifier: MIT */
#ifndef PL_COMMANDS_H
#define PL_COMMANDS_H

#include "base/opt.h"

/* One per file cmd_<name>.c; main.c lists them. */
extern const struct pb_cmd pl_cmd_install, pl_cmd_ci, pl_cmd_resolve, pl_cmd_store;

#endif
