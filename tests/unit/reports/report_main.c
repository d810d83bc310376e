/* SPDX-License-Identifier: MIT */
/* phasebench with the report command alone, for the scripts that try formats on their consumers. */
#include "harness/cli/commands.h"

static const struct pb_cmd *const commands[] = {&pb_cmd_report, NULL};

static int exit_status(const struct pb_err *err)
{
    return err->code == PB_E_USAGE ? 2 : 5;
}

int main(int argc, char **argv)
{
    const struct pb_program program = {
        .name = "phasebench",
        .version = PB_VERSION,
        .summary = "report from a journal",
        .cmds = commands,
        .exit_status = exit_status,
    };
    return pb_program_main(&program, argc, argv);
}
