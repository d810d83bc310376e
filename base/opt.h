/* SPDX-License-Identifier: MIT */
#ifndef PB_OPT_H
#define PB_OPT_H

#include "err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Command lines from tables: one row per option serves parsing, --help, man page and completion.
 * Values land in a struct of the command's at `offset`. Forms: --name VALUE, --name=VALUE, -k
 * VALUE, -kVALUE, joined flags (-xyz), --no-name for flags, "--" ends the options.
 */
enum pb_opt_kind {
    PB_OPT_FLAG,   /* bool; --name and --no-name, also --name=true|false */
    PB_OPT_SWITCH, /* enum pb_switch: a flag that tells whether it was given */
    PB_OPT_STRING, /* const char *, borrowed from argv */
    PB_OPT_LONG,   /* long, checked against min..max */
    PB_OPT_LIST,   /* struct pb_opt_list, repeatable */
    PB_OPT_CHOICE  /* const char *, one of `choices` */
};

enum pb_switch { PB_SWITCH_UNSET, PB_SWITCH_ON, PB_SWITCH_OFF };

#define PB_OPT_LIST_MAX 64
struct pb_opt_list {
    const char *items[PB_OPT_LIST_MAX];
    size_t n;
};

struct pb_opt {
    const char *name; /* without dashes; NULL ends a table */
    char key;         /* short form or 0 */
    enum pb_opt_kind kind;
    size_t offset;
    const char *arg; /* placeholder in the help, e.g. "DIR" */
    const char *def; /* shown default; applied by the command's own initial values */
    const char *help;
    const char *const *choices; /* NULL-terminated, for PB_OPT_CHOICE */
    long min, max;              /* for PB_OPT_LONG; both 0: any */
};

struct pb_args {
    const char *const *items; /* operands */
    size_t n;
    const char *const *rest; /* after "--", for a command with has_rest */
    size_t n_rest;
};

struct pb_cmd {
    const char *name;
    const char *args;    /* e.g. "[PROJECT]" */
    const char *summary; /* one line */
    const char *details; /* paragraphs and examples; may be NULL */
    const struct pb_opt *opts;
    size_t opts_size;             /* size of the struct the options fill */
    void (*defaults)(void *opts); /* may be NULL: zeroed */
    size_t min_args, max_args;
    bool has_rest; /* keeps what follows "--" apart (pb_args.rest); else that is operands too */
    /* Returns the exit status; on failure fills err, which main prints. */
    int (*run)(const void *opts, const struct pb_args *args, struct pb_err *err);
    /* Sub-commands ("cache clear"), NULL-terminated. A command that has them has neither options,
     * operands nor run of its own: the word after it chooses. */
    const struct pb_cmd *const *cmds;
};

struct pb_program {
    const char *name, *version, *summary;
    const struct pb_cmd *const *cmds;             /* NULL-terminated */
    int (*exit_status)(const struct pb_err *err); /* for an error whose run() returned < 0 */
};

/* Parses and runs. Handles --help (whole program, or per command), --version, `help CMD`, --man and
 * --completion SHELL. */
int pb_program_main(const struct pb_program *program, int argc, char **argv);

static inline bool pb_opt_is_boolean(const struct pb_opt *o)
{
    return o->kind == PB_OPT_FLAG || o->kind == PB_OPT_SWITCH;
}

/* Only the parsing: sets `opts` to the defaults of the command, then to what is given. argv[0] is
 * the command's name and is skipped. Options and operands may be mixed; argv is reordered, and
 * args points into it. */
int pb_opt_parse(const struct pb_cmd *cmd, int argc, char **argv, void *opts, struct pb_args *args,
                 struct pb_err *err) PB_MUST_CHECK;
/* `cmd` NULL: the whole program. */
void pb_cmd_help(const struct pb_program *program, const struct pb_cmd *cmd, FILE *out);
/* A man page (roff), and completions for "bash", "fish" or "zsh". */
void pb_program_man(const struct pb_program *program, FILE *out);
int pb_program_completion(const struct pb_program *program, const char *shell, FILE *out,
                          struct pb_err *err) PB_MUST_CHECK;

#endif
