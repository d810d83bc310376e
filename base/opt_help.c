/* SPDX-License-Identifier: MIT */
#include "opt.h"

#include "buf.h"
#include "term.h"

#include <string.h>

#define WIDTH_MIN 60
#define WIDTH_MAX 100
#define COLUMN_MAX 30 /* a longer left side gets a line of its own */

/* Text from column `indent`, broken at spaces; the cursor stands at column `at`. */
static void print_wrapped(FILE *out, size_t indent, size_t at, size_t width, const char *text)
{
    bool first = true;
    while (*text) {
        size_t n = strcspn(text, " ");
        if (!first && at + 1 + n > width) {
            fprintf(out, "\n%*s", (int)indent, "");
            at = indent;
        } else if (!first) {
            fputc(' ', out);
            at++;
        }
        fwrite(text, 1, n, out);
        at += n;
        first = false;
        text += n;
        text += strspn(text, " ");
    }
    fputc('\n', out);
}

static void print_row(FILE *out, size_t column, size_t width, const char *left, const char *right)
{
    size_t n = strlen(left) + 2;
    fprintf(out, "  %s", left);
    if (n + 2 > column)
        fprintf(out, "\n%*s", (int)column, "");
    else
        fprintf(out, "%*s", (int)(column - n), "");
    print_wrapped(out, column, column, width, right);
}

static size_t help_width(FILE *out)
{
    unsigned width = pb_term_width(fileno(out));
    return width < WIDTH_MIN ? WIDTH_MIN : width > WIDTH_MAX ? WIDTH_MAX : width;
}

static void add_left(struct pb_buf *left, const struct pb_opt *o)
{
    if (o->key)
        pb_buf_printf(left, "-%c, ", o->key);
    else
        pb_buf_add_cstr(left, "    ");
    bool shows_no = pb_opt_is_boolean(o) && o->def && strcmp(o->def, "true") == 0;
    pb_buf_printf(left, "--%s%s", shows_no ? "[no-]" : "", o->name);
    if (!pb_opt_is_boolean(o)) pb_buf_printf(left, " %s", o->arg ? o->arg : "VALUE");
}

static void add_right(struct pb_buf *right, const struct pb_opt *o)
{
    pb_buf_add_cstr(right, o->help ? o->help : "");
    if (o->kind == PB_OPT_LIST) pb_buf_add_cstr(right, " (may be repeated)");
    if (o->kind == PB_OPT_CHOICE) {
        pb_buf_add_cstr(right, "; one of ");
        for (size_t i = 0; o->choices[i]; i++)
            pb_buf_printf(right, "%s%s", i ? ", " : "", o->choices[i]);
    }
    if (o->kind == PB_OPT_LONG && (o->min || o->max))
        pb_buf_printf(right, "; %ld to %ld", o->min, o->max);
    if (o->def && o->def[0]) pb_buf_printf(right, " [default: %s]", o->def);
}

static size_t option_column(const struct pb_cmd *cmd)
{
    size_t column = sizeof "  -h, --help" + 2;
    for (const struct pb_opt *o = cmd->opts; o && o->name; o++) {
        PB_AUTO_BUF struct pb_buf left = PB_BUF_INIT(512);
        add_left(&left, o);
        if (left.n + 4 > column && left.n + 4 <= COLUMN_MAX) column = left.n + 4;
    }
    return column;
}

static void print_options(FILE *out, const struct pb_cmd *cmd)
{
    size_t column = option_column(cmd), width = help_width(out);
    fputs("\nOptions:\n", out);
    for (const struct pb_opt *o = cmd->opts; o && o->name; o++) {
        PB_AUTO_BUF struct pb_buf left = PB_BUF_INIT(512), right = PB_BUF_INIT(4096);
        add_left(&left, o);
        add_right(&right, o);
        print_row(out, column, width, left.p, right.p ? right.p : "");
    }
    print_row(out, column, width, "-h, --help", "show this help");
}

static void print_commands(FILE *out, const struct pb_cmd *const *cmds)
{
    size_t column = 0;
    for (size_t i = 0; cmds[i]; i++)
        if (strlen(cmds[i]->name) + 4 > column) column = strlen(cmds[i]->name) + 4;
    fputs("\nCommands:\n", out);
    for (size_t i = 0; cmds[i]; i++)
        print_row(out, column, help_width(out), cmds[i]->name, cmds[i]->summary);
}

static void program_help(const struct pb_program *program, FILE *out)
{
    fprintf(out, "Usage: %s COMMAND [OPTIONS] [ARGUMENTS]\n\n", program->name);
    print_wrapped(out, 0, 0, help_width(out), program->summary);
    print_commands(out, program->cmds);
    fprintf(
        out,
        "\n'%s COMMAND --help' explains a command with its options and examples.\n"
        "'%s --version' prints the version, '--completion SHELL' completions for bash, fish or\n"
        "zsh, '--man' a man page.\n",
        program->name, program->name);
}

void pb_cmd_help(const struct pb_program *program, const struct pb_cmd *cmd, FILE *out)
{
    if (!cmd) {
        program_help(program, out);
        return;
    }
    if (cmd->cmds)
        fprintf(out, "Usage: %s %s COMMAND ...\n\n", program->name, cmd->name);
    else
        fprintf(out, "Usage: %s %s [OPTIONS]%s%s%s\n\n", program->name, cmd->name,
                cmd->args ? " " : "", cmd->args ? cmd->args : "",
                cmd->has_rest && !(cmd->args && strstr(cmd->args, "--")) ? " [-- ARGUMENTS]" : "");
    print_wrapped(out, 0, 0, help_width(out), cmd->summary);
    if (cmd->cmds)
        print_commands(out, cmd->cmds);
    else
        print_options(out, cmd);
    if (cmd->details) fprintf(out, "\n%s\n", cmd->details);
}
