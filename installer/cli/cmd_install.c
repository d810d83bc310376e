/* SPDX-License-Identifier: MIT */
#include "installer/cli/commands.h"
#include "installer/cli/install_options.h"
#include "installer/cli/words.h"

static int add(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_edit_request edit = {.add = pl_cli_operands(&arena, args)};
    int rc = pl_cli_install(opts, PL_ACTION_INSTALL, &edit, err);
    pb_arena_release(&arena);
    return rc;
}

static int install(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    if (args->n > 0) return add(opts, args, err);
    return pl_cli_install(opts, PL_ACTION_INSTALL, NULL, err);
}

const struct pb_cmd pl_cmd_install = {
    .name = "install",
    .args = "[PACKAGE...]",
    .summary = "Install what package.json and the lockfile say",
    .details =
        "The lockfile is used as it is when it fits package.json; otherwise dependencies are "
        "resolved\n"
        "with what was locked as a preference, and package-lock.json is written. node_modules is\n"
        "changed only where it differs. With packages it is `plumb add`.\n",
    .opts = pl_edit_opt_table,
    .opts_size = sizeof(struct pl_install_opts),
    .max_args = SIZE_MAX,
    .run = install,
};

const struct pb_cmd pl_cmd_add = {
    .name = "add",
    .args = "PACKAGE...",
    .summary = "Add packages to package.json and install them",
    .details =
        "A package is NAME, NAME@RANGE, NAME@TAG, ALIAS@npm:NAME@RANGE, or a folder, tarball, URL "
        "or\n"
        "git repository, whose package.json tells the name where none is given. Where it\n"
        "stands in package.json already it stays there; else it goes to dependencies. What is "
        "locked\n"
        "and not concerned keeps its version and place.\n\n"
        "  plumb add left-pad\n"
        "  plumb add -D typescript@5\n"
        "  plumb add -w packages/ui react@^18\n",
    .opts = pl_edit_opt_table,
    .opts_size = sizeof(struct pl_install_opts),
    .min_args = 1,
    .max_args = SIZE_MAX,
    .run = add,
};
