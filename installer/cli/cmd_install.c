/* SPDX-License-Identifier: MIT */
#include "installer/cli/commands.h"
#include "installer/cli/install_options.h"

static int run(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    (void)args;
    return pl_cli_install(opts, PL_ACTION_INSTALL, err);
}

const struct pb_cmd pl_cmd_install = {
    .name = "install",
    .args = "[OPTIONS]",
    .summary = "Install what package.json and the lockfile say",
    .details =
        "The lockfile is used as it is when it fits package.json; otherwise dependencies are "
        "resolved\n"
        "with what was locked as a preference, and package-lock.json is written. node_modules is\n"
        "changed only where it differs.\n",
    .opts = pl_install_opt_table,
    .opts_size = sizeof(struct pl_install_opts),
    .run = run,
};
