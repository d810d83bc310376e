/* SPDX-License-Identifier: MIT */
/* Man page and shell completions from the same tables as --help. */
#include "opt.h"

#include <string.h>

/* Roff: a dash is a minus, a backslash is escaped, a line must not begin with a control character.
 */
static void man_text(FILE *out, const char *text)
{
    bool at_start = true;
    for (; *text; text++) {
        if (at_start && (*text == '.' || *text == '\'')) fputs("\\&", out);
        if (*text == '-')
            fputs("\\-", out);
        else if (*text == '\\')
            fputs("\\e", out);
        else
            fputc(*text, out);
        at_start = *text == '\n';
    }
}

static void man_option(FILE *out, const struct pb_opt *o)
{
    fputs(".TP\n.B ", out);
    if (o->key) fprintf(out, "\\-%c, ", o->key);
    fputs("\\-\\-", out);
    man_text(out, o->name);
    if (o->kind != PB_OPT_FLAG) fprintf(out, " \\fI%s\\fR", o->arg ? o->arg : "VALUE");
    fputc('\n', out);
    man_text(out, o->help ? o->help : "");
    if (o->kind == PB_OPT_LIST) fputs(" (may be repeated)", out);
    for (size_t i = 0; o->kind == PB_OPT_CHOICE && o->choices[i]; i++) {
        fputs(i ? ", " : "; one of ", out);
        man_text(out, o->choices[i]);
    }
    if (o->def && o->def[0]) {
        fputs(" [default: ", out);
        man_text(out, o->def);
        fputc(']', out);
    }
    fputc('\n', out);
}

static void man_command(FILE *out, const struct pb_cmd *cmd, const char *group)
{
    fprintf(out, ".SS \"%s%s%s%s%s\"\n", group, group[0] ? " " : "", cmd->name,
            cmd->args ? " " : "", cmd->args ? cmd->args : "");
    man_text(out, cmd->summary);
    fputc('\n', out);
    for (const struct pb_opt *o = cmd->opts; o && o->name; o++)
        man_option(out, o);
    if (cmd->details) {
        fputs(".PP\n.nf\n", out);
        man_text(out, cmd->details);
        fputs("\n.fi\n", out);
    }
    for (size_t i = 0; cmd->cmds && cmd->cmds[i]; i++)
        man_command(out, cmd->cmds[i], cmd->name);
}

void pb_program_man(const struct pb_program *program, FILE *out)
{
    fprintf(out, ".TH \"%s\" 1 \"\" \"%s %s\"\n.SH NAME\n%s \\- ", program->name, program->name,
            program->version, program->name);
    man_text(out, program->summary);
    fprintf(out, "\n.SH SYNOPSIS\n.B %s\n.I COMMAND\n[OPTIONS] [ARGUMENTS]\n.SH COMMANDS\n",
            program->name);
    for (size_t i = 0; program->cmds[i]; i++)
        man_command(out, program->cmds[i], "");
}

static void option_words(FILE *out, const struct pb_cmd *cmd)
{
    for (const struct pb_opt *o = cmd->opts; o && o->name; o++)
        fprintf(out, "--%s ", o->name);
    fputs("--help", out);
}

static void command_words(FILE *out, const struct pb_cmd *const *cmds)
{
    for (size_t i = 0; cmds[i]; i++)
        fprintf(out, "%s%s", i ? " " : "", cmds[i]->name);
}

/* "cmd:--option) words=<choices>" for the options whose values are known. */
static void choice_cases(FILE *out, const struct pb_cmd *cmd, const char *group)
{
    for (const struct pb_opt *o = cmd->opts; o && o->name; o++) {
        if (o->kind != PB_OPT_CHOICE) continue;
        fprintf(out, "        '%s%s%s:--%s') words='", group, group[0] ? " " : "", cmd->name,
                o->name);
        for (size_t i = 0; o->choices[i]; i++)
            fprintf(out, "%s%s", i ? " " : "", o->choices[i]);
        fputs("' ;;\n", out);
    }
    for (size_t i = 0; cmd->cmds && cmd->cmds[i]; i++)
        choice_cases(out, cmd->cmds[i], cmd->name);
}

static void word_cases(FILE *out, const struct pb_cmd *cmd)
{
    fprintf(out, "        '%s:'*) words='", cmd->name);
    if (cmd->cmds)
        command_words(out, cmd->cmds);
    else
        option_words(out, cmd);
    fputs("' ;;\n", out);
    for (size_t i = 0; cmd->cmds && cmd->cmds[i]; i++) {
        fprintf(out, "        '%s %s:'*) words='", cmd->name, cmd->cmds[i]->name);
        option_words(out, cmd->cmds[i]);
        fputs("' ;;\n", out);
    }
}

static void bash_completion(const struct pb_program *program, FILE *out)
{
    const char *name = program->name;
    fprintf(out,
            "_%s() {\n"
            "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
            "    local command=${COMP_WORDS[1]} words=\n"
            "    COMPREPLY=()\n"
            "    if [ \"$COMP_CWORD\" -le 1 ]; then\n"
            "        COMPREPLY=($(compgen -W '",
            name);
    command_words(out, program->cmds);
    fputs(" --help --version' -- \"$current\"))\n"
          "        return\n"
          "    fi\n"
          "    case $command in\n",
          out);
    for (size_t i = 0; program->cmds[i]; i++)
        if (program->cmds[i]->cmds)
            fprintf(out,
                    "        %s) [ \"$COMP_CWORD\" -le 2 ] || command+=\" ${COMP_WORDS[2]}\" ;;\n",
                    program->cmds[i]->name);
    fputs("        *) ;;\n"
          "    esac\n"
          "    case $command:$before in\n",
          out);
    for (size_t i = 0; program->cmds[i]; i++)
        choice_cases(out, program->cmds[i], "");
    for (size_t i = 0; program->cmds[i]; i++)
        word_cases(out, program->cmds[i]);
    fprintf(out,
            "        *) ;;\n"
            "    esac\n"
            "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
            "}\n"
            "complete -o default -F _%s %s\n",
            name, name);
}

static void fish_words(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\') fputc('\\', out);
        fputc(*text, out);
    }
}

static void fish_option(FILE *out, const char *program, const struct pb_cmd *cmd,
                        const struct pb_opt *o)
{
    fprintf(out, "complete -c %s -n '__fish_seen_subcommand_from %s' -l %s", program, cmd->name,
            o->name);
    if (o->key) fprintf(out, " -s %c", o->key);
    if (o->kind != PB_OPT_FLAG) fputs(" -r", out);
    for (size_t i = 0; o->kind == PB_OPT_CHOICE && o->choices[i]; i++)
        fprintf(out, "%s%s", i ? " " : " -f -a '", o->choices[i]);
    if (o->kind == PB_OPT_CHOICE) fputc('\'', out);
    fputs(" -d '", out);
    fish_words(out, o->help ? o->help : "");
    fputs("'\n", out);
}

static void fish_command(FILE *out, const char *program, const struct pb_cmd *cmd,
                         const char *condition)
{
    fprintf(out, "complete -c %s -f -n '%s' -a %s -d '", program, condition, cmd->name);
    fish_words(out, cmd->summary);
    fputs("'\n", out);
    for (const struct pb_opt *o = cmd->opts; o && o->name; o++)
        fish_option(out, program, cmd, o);
    char within[128];
    (void)snprintf(within, sizeof within, "__fish_seen_subcommand_from %s", cmd->name);
    for (size_t i = 0; cmd->cmds && cmd->cmds[i]; i++)
        fish_command(out, program, cmd->cmds[i], within);
}

int pb_program_completion(const struct pb_program *program, const char *shell, FILE *out,
                          struct pb_err *err)
{
    if (strcmp(shell, "bash") == 0) {
        bash_completion(program, out);
    } else if (strcmp(shell, "zsh") == 0) { /* zsh can run bash's */
        fputs("autoload -U +X bashcompinit && bashcompinit\n", out);
        bash_completion(program, out);
    } else if (strcmp(shell, "fish") == 0) {
        for (size_t i = 0; program->cmds[i]; i++)
            fish_command(out, program->name, program->cmds[i], "__fish_use_subcommand");
    } else {
        return pb_err_set(err, PB_E_USAGE,
                          "no completions for this shell: %s: there are bash, fish and zsh", shell);
    }
    return 0;
}
