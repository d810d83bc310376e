/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"

#include "base/term.h"

#include <signal.h>

static const struct pb_cmd *const commands[] = {
    &pb_cmd_run,     &pb_cmd_doctor,   &pb_cmd_report,
    &pb_cmd_trace,   &pb_cmd_comment,  &pb_cmd_gate,
    &pb_cmd_compare, &pb_cmd_explain,  &pb_cmd_bisect,
    &pb_cmd_shard,   &pb_cmd_merge,    &pb_cmd_history,
    &pb_cmd_list,    &pb_cmd_managers, &pb_cmd_serve,
    &pb_cmd_record,  &pb_cmd_synth,    NULL,
};

static int exit_status(const struct pb_err *err)
{
    return err->code == PB_E_USAGE ? PB_EXIT_USAGE : PB_EXIT_ENVIRONMENT;
}

int main(int argc, char **argv)
{
    static const struct pb_program program = {
        .name = "phasebench",
        .version = PB_VERSION,
        .summary = "measures how package managers install, phase by phase",
        .cmds = commands,
        .exit_status = exit_status,
    };
    pb_log_init("phasebench", PB_INFO);
    signal(SIGPIPE, SIG_IGN);
    return pb_program_main(&program, argc, argv);
}
