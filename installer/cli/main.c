/* SPDX-License-Identifier: MIT */
#include "base/term.h"
#include "installer/cli/commands.h"
#include "installer/version.h"

#include <malloc.h>

static const struct pb_cmd *const commands[] = {
    &pl_cmd_install,      &pl_cmd_add,     &pl_cmd_remove, &pl_cmd_update, &pl_cmd_ci,
    &pl_cmd_resolve,      &pl_cmd_ls,      &pl_cmd_why,    &pl_cmd_config, &pl_cmd_approve_scripts,
    &pl_cmd_deny_scripts, &pl_cmd_rebuild, &pl_cmd_store,  NULL,
};

/* Where glibc comes to by itself once large buffers were freed (mallopt(3)): tarballs come and go,
 * and four of ten page faults of a cold install are saved (docs/performance.md). */
static void keep_freed_memory(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, 32 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

int main(int argc, char **argv)
{
    const struct pb_program plumb = {
        .name = "plumb",
        .version = pl_program_version(),
        .summary = "An npm-compatible installer built around an explicit install scheduler",
        .cmds = commands,
    };
    keep_freed_memory();
    pb_log_init("plumb", PB_INFO);
    return pb_program_main(&plumb, argc, argv);
}
