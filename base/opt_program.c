/* SPDX-License-Identifier: MIT */
#include "opt.h"

#include "mem.h"
#include "str.h"
#include "suggest.h"
#include "term.h"

#include <errno.h>
#include <stdlib.h>

#define STATUS_FAILED 1
#define STATUS_USAGE 2

static int fail(const struct pb_program *program, const struct pb_err *err)
{
    pb_log_error(err);
    if (program->exit_status) return program->exit_status(err);
    return err->code == PB_E_USAGE ? STATUS_USAGE : STATUS_FAILED;
}

static const struct pb_cmd *find_command(const struct pb_cmd *const *cmds, const char *name)
{
    for (size_t i = 0; cmds[i]; i++)
        if (strcmp(cmds[i]->name, name) == 0) return cmds[i];
    return NULL;
}

/* `group` is "" or the name of a command with sub-commands and a space. */
static int unknown_command(const struct pb_program *program, const char *group,
                           const struct pb_cmd *const *cmds, const char *name, struct pb_err *err)
{
    struct pb_suggest near = pb_suggest_for(name, strlen(name));
    for (size_t i = 0; cmds[i]; i++)
        pb_suggest_try(&near, cmds[i]->name);
    if (near.best)
        return pb_err_set(err, PB_E_USAGE, "unknown command: %s%s: did you mean %s? (%s %s--help)",
                          group, name, near.best, program->name, group);
    return pb_err_set(err, PB_E_USAGE, "unknown command: %s%s: see %s %s--help", group, name,
                      program->name, group);
}

static bool has_short_h(const struct pb_cmd *cmd)
{
    for (const struct pb_opt *o = cmd->opts; o && o->name; o++)
        if (o->key == 'h') return true;
    return false;
}

static bool wants_help(const struct pb_cmd *cmd, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || (strcmp(argv[i], "-h") == 0 && !has_short_h(cmd)))
            return true;
    return false;
}

/* A full disk or a closed pipe shows only when the buffer is written. */
static int flush_output(const struct pb_program *program, int status)
{
    struct pb_err err = PB_ERR_INIT;
    bool failed = ferror(stdout) != 0;
    if (fflush(stdout) == 0 && !failed) return status;
    pb_err_sys(&err, errno, "cannot write to standard output");
    return fail(program, &err);
}

static int print_help(const struct pb_program *program, const struct pb_cmd *cmd)
{
    pb_cmd_help(program, cmd, stdout);
    return flush_output(program, 0);
}

static int run_command(const struct pb_program *program, const struct pb_cmd *cmd, int argc,
                       char **argv)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_args args;
    if (wants_help(cmd, argc, argv)) return print_help(program, cmd);
    PB_AUTO_FREE void *opts = pb_calloc(1, cmd->opts_size ? cmd->opts_size : 1);
    if (pb_opt_parse(cmd, argc, argv, opts, &args, &err) != 0) return fail(program, &err);
    int status = cmd->run(opts, &args, &err);
    pb_progress_clear();
    if (status < 0) return fail(program, &err);
    if (pb_err_is_set(&err)) pb_log_error(&err);
    return flush_output(program, status);
}

/* A command with sub-commands: argv[1] chooses. */
static int run_group(const struct pb_program *program, const struct pb_cmd *group, int argc,
                     char **argv)
{
    struct pb_err err = PB_ERR_INIT;
    char prefix[96];
    (void)snprintf(prefix, sizeof prefix, "%s ", group->name);
    if (argc < 2) {
        pb_err_set(&err, PB_E_USAGE, "%s: which command?: see %s %s --help", group->name,
                   program->name, group->name);
        return fail(program, &err);
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return print_help(program, group);
    const struct pb_cmd *cmd = find_command(group->cmds, argv[1]);
    if (!cmd) {
        (void)unknown_command(program, prefix, group->cmds, argv[1], &err);
        return fail(program, &err);
    }
    char name[192]; /* "cache clear", for messages and help */
    (void)snprintf(name, sizeof name, "%s%s", prefix, cmd->name);
    struct pb_cmd named = *cmd;
    named.name = name;
    return run_command(program, &named, argc - 1, argv + 1);
}

/* `help`, `help CMD` and `help CMD SUB`. */
static int help_command(const struct pb_program *program, int argc, char **argv)
{
    struct pb_err err = PB_ERR_INIT;
    if (argc < 2) return print_help(program, NULL);
    const struct pb_cmd *cmd = find_command(program->cmds, argv[1]);
    if (!cmd) {
        (void)unknown_command(program, "", program->cmds, argv[1], &err);
        return fail(program, &err);
    }
    if (!cmd->cmds || argc < 3) return print_help(program, cmd);
    static char help_option[] = "--help";
    char *sub_argv[] = {argv[1], argv[2], help_option, NULL};
    return run_group(program, cmd, 3, sub_argv);
}

/* Options of the whole program, instead of a command. -1 when argv[1] is none of them. */
static int run_program_option(const struct pb_program *program, int argc, char **argv)
{
    struct pb_err err = PB_ERR_INIT;
    const char *option = argv[1];
    if (strcmp(option, "--help") == 0 || strcmp(option, "-h") == 0)
        return print_help(program, NULL);
    if (strcmp(option, "--version") == 0) {
        printf("%s %s\n", program->name, program->version);
        return flush_output(program, 0);
    }
    if (strcmp(option, "--man") == 0) {
        pb_program_man(program, stdout);
        return flush_output(program, 0);
    }
    if (strcmp(option, "--completion") != 0) return -1;
    if (pb_program_completion(program, argc > 2 ? argv[2] : "(none given)", stdout, &err) != 0)
        return fail(program, &err);
    return flush_output(program, 0);
}

int pb_program_main(const struct pb_program *program, int argc, char **argv)
{
    struct pb_err err = PB_ERR_INIT;
    if (argc < 2) {
        pb_cmd_help(program, NULL, stderr);
        pb_err_set(&err, PB_E_USAGE, "no command given");
        return fail(program, &err);
    }
    int status = run_program_option(program, argc, argv);
    if (status >= 0) return status;
    const struct pb_cmd *cmd = find_command(program->cmds, argv[1]);
    if (!cmd && strcmp(argv[1], "help") == 0) return help_command(program, argc - 1, argv + 1);
    if (!cmd) {
        (void)unknown_command(program, "", program->cmds, argv[1], &err);
        return fail(program, &err);
    }
    if (cmd->cmds) return run_group(program, cmd, argc - 1, argv + 1);
    return run_command(program, cmd, argc - 1, argv + 1);
}
