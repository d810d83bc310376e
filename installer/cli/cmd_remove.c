/* SPDX-License-Identifier: MIT */
#include "installer/cli/commands.h"
#include "installer/cli/install_options.h"
#include "installer/cli/words.h"

static int run(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_edit_request edit = {.remove = pl_cli_operands(&arena, args)};
    int rc = pl_cli_install(opts, PL_ACTION_INSTALL, &edit, err);
    pb_arena_release(&arena);
    return rc;
}

const struct pb_cmd pl_cmd_remove = {
    .name = "remove",
    .args = "NAME...",
    .summary = "Take packages out of package.json and node_modules",
    .details = "What nothing else needs goes with them.\n\n"
               "  plumb remove left-pad\n",
    .opts = pl_edit_opt_table,
    .opts_size = sizeof(struct pl_install_opts),
    .min_args = 1,
    .max_args = SIZE_MAX,
    .run = run,
};
