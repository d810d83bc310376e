/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"

static const struct pb_cmd *const cmds[] = {&pb_cmd_bisect_commits, &pb_cmd_bisect_binaries,
                                            &pb_cmd_bisect_step, NULL};

const struct pb_cmd pb_cmd_bisect = {
    .name = "bisect",
    .summary = "find what made a manager slower: among commits or programs",
    .cmds = cmds,
};
