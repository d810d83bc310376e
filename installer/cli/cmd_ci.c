/* SPDX-License-Identifier: MIT */
#include "installer/cli/commands.h"
#include "installer/cli/install_options.h"

static int run(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    (void)args;
    return pl_cli_install(opts, PL_ACTION_CI, NULL, err);
}

const struct pb_cmd pl_cmd_ci = {
    .name = "ci",
    .args = "[OPTIONS]",
    .summary = "Install exactly what the lockfile says, from nothing",
    .details =
        "node_modules is removed first. A lockfile that does not fit package.json is an error.\n",
    .opts = pl_install_opt_table,
    .opts_size = sizeof(struct pl_install_opts),
    .run = run,
};
