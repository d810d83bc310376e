/* SPDX-License-Identifier: MIT */
#ifndef PL_COMMANDS_H
#define PL_COMMANDS_H

#include "base/opt.h"

/* In files cmd_<name>.c; main.c lists them. */
extern const struct pb_cmd pl_cmd_install, pl_cmd_add, pl_cmd_remove, pl_cmd_update, pl_cmd_ci,
    pl_cmd_resolve, pl_cmd_ls, pl_cmd_why, pl_cmd_config, pl_cmd_approve_scripts,
    pl_cmd_deny_scripts, pl_cmd_rebuild, pl_cmd_store;

#endif
