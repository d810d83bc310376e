/* SPDX-License-Identifier: MIT */
#include "installer/cli/commands.h"
#include "installer/cli/install_options.h"
#include "installer/cli/words.h"

static int run(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_edit_request edit = {.update = pl_cli_operands(&arena, args),
                                   .update_all = args->n == 0};
    int rc = pl_cli_install(opts, PL_ACTION_INSTALL, &edit, err);
    pb_arena_release(&arena);
    return rc;
}

const struct pb_cmd pl_cmd_update = {
    .name = "update",
    .args = "[NAME...]",
    .summary = "Bring packages up to date within the ranges of package.json",
    .details = "Without names all are resolved afresh. With names these alone, wherever they are "
               "in the tree.\n"
               "package.json keeps its ranges unless --save is given, as with npm.\n\n"
               "  plumb update\n"
               "  plumb update react react-dom\n",
    .opts = pl_edit_opt_table,
    .opts_size = sizeof(struct pl_install_opts),
    .max_args = SIZE_MAX,
    .run = run,
};
