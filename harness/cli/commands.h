/* SPDX-License-Identifier: MIT */
#ifndef PB_COMMANDS_H
#define PB_COMMANDS_H

#include "base/opt.h"

/* The commands of phasebench: one file each, cmd_<name>.c; main.c lists them. */
extern const struct pb_cmd pb_cmd_run, pb_cmd_doctor, pb_cmd_report, pb_cmd_list, pb_cmd_managers;
extern const struct pb_cmd pb_cmd_comment, pb_cmd_gate, pb_cmd_history, pb_cmd_trace;
extern const struct pb_cmd pb_cmd_bisect, pb_cmd_compare, pb_cmd_explain;
extern const struct pb_cmd pb_cmd_bisect_commits, pb_cmd_bisect_binaries, pb_cmd_bisect_step;
extern const struct pb_cmd pb_cmd_shard, pb_cmd_merge;
extern const struct pb_cmd pb_cmd_serve, pb_cmd_record, pb_cmd_synth;

#endif
