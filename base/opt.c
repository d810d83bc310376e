/* SPDX-License-Identifier: MIT */
/* Parsing of a command's arguments. opt_help.c prints help, opt_program.c chooses the command. */
#include "opt.h"

#include "str.h"
#include "suggest.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

struct parse {
    const struct pb_cmd *cmd;
    char *opts;
    int argc, at; /* at: the argument after the current one */
    char **argv;
    struct pb_err *err;
};

static const struct pb_opt *find_long(const struct pb_cmd *cmd, struct pb_str name)
{
    for (const struct pb_opt *o = cmd->opts; o && o->name; o++)
        if (pb_str_is(name, o->name)) return o;
    return NULL;
}

static const struct pb_opt *find_short(const struct pb_cmd *cmd, char key)
{
    for (const struct pb_opt *o = cmd->opts; o && o->name; o++)
        if (o->key == key) return o;
    return NULL;
}

static int unknown_long(const struct parse *p, struct pb_str name)
{
    struct pb_suggest near = pb_suggest_for(name.p, name.n);
    for (const struct pb_opt *o = p->cmd->opts; o && o->name; o++)
        pb_suggest_try(&near, o->name);
    if (near.best)
        return pb_err_set(p->err, PB_E_USAGE,
                          "unknown option: --" PB_FMT ": did you mean --%s? (%s --help lists all)",
                          PB_ARG(name), near.best, p->cmd->name);
    return pb_err_set(p->err, PB_E_USAGE, "unknown option: --" PB_FMT ": see %s --help",
                      PB_ARG(name), p->cmd->name);
}

static int set_flag(struct parse *p, const struct pb_opt *o, const char *value)
{
    bool on = !value || strcmp(value, "true") == 0;
    if (!on && strcmp(value, "false") != 0)
        return pb_err_set(p->err, PB_E_USAGE, "--%s: '%s' is neither true nor false", o->name,
                          value);
    void *at = p->opts + o->offset;
    if (o->kind == PB_OPT_SWITCH)
        *(enum pb_switch *)at = on ? PB_SWITCH_ON : PB_SWITCH_OFF;
    else
        *(bool *)at = on;
    return 0;
}

static int set_long(struct parse *p, const struct pb_opt *o, const char *value)
{
    char *end;
    errno = 0;
    long n = strtol(value, &end, 10);
    if (end == value || *end || value[0] == ' ')
        return pb_err_set(p->err, PB_E_USAGE, "--%s: '%s' is not a whole number", o->name, value);
    bool bounded = o->min != 0 || o->max != 0;
    if (errno == ERANGE || (bounded && (n < o->min || n > o->max)))
        return pb_err_set(p->err, PB_E_USAGE, "--%s: %s is out of range: give %ld to %ld", o->name,
                          value, bounded ? o->min : LONG_MIN, bounded ? o->max : LONG_MAX);
    *(long *)(void *)(p->opts + o->offset) = n;
    return 0;
}

static int set_list(struct parse *p, const struct pb_opt *o, const char *value)
{
    struct pb_opt_list *list = (struct pb_opt_list *)(void *)(p->opts + o->offset);
    if (list->n == PB_OPT_LIST_MAX)
        return pb_err_set(p->err, PB_E_USAGE, "--%s: given more than %d times", o->name,
                          PB_OPT_LIST_MAX);
    list->items[list->n++] = value;
    return 0;
}

static int set_choice(struct parse *p, const struct pb_opt *o, const char *value)
{
    struct pb_suggest near = pb_suggest_for(value, strlen(value));
    char all[256] = "";
    size_t n = 0;
    for (size_t i = 0; o->choices[i]; i++) {
        if (strcmp(value, o->choices[i]) == 0) {
            *(const char **)(void *)(p->opts + o->offset) = o->choices[i];
            return 0;
        }
        pb_suggest_try(&near, o->choices[i]);
        int put = snprintf(all + n, sizeof all - n, "%s%s", i ? ", " : "", o->choices[i]);
        if (put > 0 && (size_t)put < sizeof all - n) n += (size_t)put;
    }
    if (near.best)
        return pb_err_set(p->err, PB_E_USAGE, "--%s: unknown value '%s': did you mean %s? (%s)",
                          o->name, value, near.best, all);
    return pb_err_set(p->err, PB_E_USAGE, "--%s: unknown value '%s': give one of %s", o->name,
                      value, all);
}

static int set_value(struct parse *p, const struct pb_opt *o, const char *value)
{
    switch (o->kind) {
    case PB_OPT_FLAG:
    case PB_OPT_SWITCH:
        return set_flag(p, o, value);
    case PB_OPT_STRING:
        *(const char **)(void *)(p->opts + o->offset) = value;
        return 0;
    case PB_OPT_LONG:
        return set_long(p, o, value);
    case PB_OPT_LIST:
        return set_list(p, o, value);
    case PB_OPT_CHOICE:
        return set_choice(p, o, value);
    }
    PB_BUG("option --%s has no kind", o->name);
}

/* `inlined` is the text after "=" or after a short option, or NULL. */
static int take_value(struct parse *p, const struct pb_opt *o, const char *inlined)
{
    if (inlined || pb_opt_is_boolean(o)) return set_value(p, o, inlined);
    if (p->at == p->argc)
        return pb_err_set(p->err, PB_E_USAGE, "--%s: needs a value: --%s %s", o->name, o->name,
                          o->arg ? o->arg : "VALUE");
    return set_value(p, o, p->argv[p->at++]);
}

static int parse_long(struct parse *p, const char *text)
{
    const char *equals = strchr(text, '=');
    struct pb_str name = pb_strn(text, equals ? (size_t)(equals - text) : strlen(text));
    const struct pb_opt *o = find_long(p->cmd, name);
    if (o) return take_value(p, o, equals ? equals + 1 : NULL);
    if (pb_str_starts(name, "no-")) {
        o = find_long(p->cmd, pb_str_skip(name, 3));
        if (o && pb_opt_is_boolean(o) && !equals) return set_flag(p, o, "false");
    }
    return unknown_long(p, name);
}

static int parse_short(struct parse *p, const char *text)
{
    for (; *text; text++) {
        const struct pb_opt *o = find_short(p->cmd, *text);
        if (!o)
            return pb_err_set(p->err, PB_E_USAGE, "unknown option: -%c: see %s --help", *text,
                              p->cmd->name);
        if (pb_opt_is_boolean(o)) {
            if (set_flag(p, o, NULL) != 0) return -1;
            continue;
        }
        return take_value(p, o, text[1] ? text + 1 : NULL);
    }
    return 0;
}

static void take_rest(const struct parse *p, struct pb_args *args)
{
    if (p->cmd->has_rest) {
        args->rest = (const char *const *)p->argv + p->at;
        args->n_rest = (size_t)(p->argc - p->at);
        return;
    }
    for (int i = p->at; i < p->argc; i++)
        p->argv[1 + args->n++] = p->argv[i];
}

static int check_count(const struct pb_cmd *cmd, const struct pb_args *args, struct pb_err *err)
{
    if (args->n < cmd->min_args)
        return pb_err_set(err, PB_E_USAGE, "%s: too few arguments: usage: %s %s", cmd->name,
                          cmd->name, cmd->args ? cmd->args : "");
    if (args->n > cmd->max_args)
        return pb_err_set(err, PB_E_USAGE, "%s: unexpected argument: %s: usage: %s %s", cmd->name,
                          args->items[cmd->max_args], cmd->name, cmd->args ? cmd->args : "");
    return 0;
}

int pb_opt_parse(const struct pb_cmd *cmd, int argc, char **argv, void *opts, struct pb_args *args,
                 struct pb_err *err)
{
    struct parse p = {.cmd = cmd, .opts = opts, .argc = argc, .at = 1, .argv = argv, .err = err};
    PB_INVARIANT(opts || (!cmd->opts && !cmd->defaults));
    if (opts) memset(opts, 0, cmd->opts_size);
    if (cmd->defaults) cmd->defaults(opts);
    *args = (struct pb_args){.items = (const char *const *)argv + (argc > 0)};
    while (p.at < argc) {
        char *arg = argv[p.at++];
        if (strcmp(arg, "--") == 0) {
            take_rest(&p, args);
            break;
        }
        int status = 0;
        if (arg[0] != '-' || arg[1] == '\0')
            argv[1 + args->n++] = arg; /* "-" alone is an operand: standard input or output */
        else
            status = arg[1] == '-' ? parse_long(&p, arg + 2) : parse_short(&p, arg + 1);
        if (status != 0) return -1;
    }
    return check_count(cmd, args, err);
}
