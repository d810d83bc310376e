/* SPDX-License-Identifier: MIT */
#include "installer/cli/commands.h"
#include "installer/cli/install_options.h"

static int run(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    (void)args;
    return pl_cli_install(opts, PL_ACTION_RESOLVE, NULL, err);
}

const struct pb_cmd pl_cmd_resolve = {
    .name = "resolve",
    .args = "[OPTIONS]",
    .summary = "Write the lockfile and nothing else",
    .details = "No tarball is fetched and node_modules is not touched.\n",
    .opts = pl_install_opt_table,
    .opts_size = sizeof(struct pl_install_opts),
    .run = run,
};
