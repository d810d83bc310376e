/* SPDX-License-Identifier: MIT */
#include "base/opt.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct sample_opts {
    bool audit, force;
    const char *out, *format;
    long rounds;
    struct pb_opt_list tags;
    enum pb_switch lock;
};

static const char *const formats[] = {"text", "json", NULL};

static const struct pb_opt table[] = {
    {.name = "audit",
     .key = 'a',
     .kind = PB_OPT_FLAG,
     .offset = offsetof(struct sample_opts, audit)},
    {.name = "force",
     .key = 'f',
     .kind = PB_OPT_FLAG,
     .offset = offsetof(struct sample_opts, force)},
    {.name = "out", .key = 'o', .kind = PB_OPT_STRING, .offset = offsetof(struct sample_opts, out)},
    {.name = "format",
     .kind = PB_OPT_CHOICE,
     .offset = offsetof(struct sample_opts, format),
     .choices = formats},
    {.name = "rounds",
     .key = 'n',
     .kind = PB_OPT_LONG,
     .min = 1,
     .max = 100,
     .offset = offsetof(struct sample_opts, rounds)},
    {.name = "tag", .kind = PB_OPT_LIST, .offset = offsetof(struct sample_opts, tags)},
    {.name = "lock", .kind = PB_OPT_SWITCH, .offset = offsetof(struct sample_opts, lock)},
    {0},
};

static void defaults(void *opts)
{
    *(struct sample_opts *)opts = (struct sample_opts){.audit = true, .rounds = 10};
}

static const struct pb_cmd cmd = {.name = "sample",
                                  .args = "[FILE]...",
                                  .summary = "A sample",
                                  .opts = table,
                                  .opts_size = sizeof(struct sample_opts),
                                  .defaults = defaults,
                                  .max_args = 3};

#define WORDS_MAX 80
struct line {
    char text[4096];
    char *argv[WORDS_MAX];
    int argc;
    struct sample_opts opts;
    struct pb_args args;
    struct pb_err err;
};

/* Parses "sample <words>", split at spaces. */
static int parse(struct line *l, const struct pb_cmd *command, const char *words)
{
    *l = (struct line){.err = PB_ERR_INIT};
    snprintf(l->text, sizeof l->text, "sample %s", words);
    for (char *save = NULL, *w = strtok_r(l->text, " ", &save); w; w = strtok_r(NULL, " ", &save))
        l->argv[l->argc++] = w;
    return pb_opt_parse(command, l->argc, l->argv, &l->opts, &l->args, &l->err);
}

static struct line parsed(const char *words)
{
    static struct line l;
    cr_assert_eq(parse(&l, &cmd, words), 0, "%s: %s", words, l.err.msg);
    return l;
}

Test(opt, defaults_hold_until_changed)
{
    struct line l = parsed("");
    cr_expect(l.opts.audit);
    cr_expect_not(l.opts.force);
    cr_expect_eq(l.opts.rounds, 10);
    cr_expect_null(l.opts.out);
    cr_expect_eq(l.args.n, 0);
}

Test(opt, flags_in_all_forms)
{
    static const struct {
        const char *words;
        bool audit, force;
    } cases[] = {
        {"--force", true, true},
        {"--no-audit", false, false},
        {"--audit=false", false, false},
        {"--force=true --no-force", true, false},
        {"-f", true, true},
        {"--no-audit -af", true, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct line l = parsed(cases[i].words);
        cr_expect_eq(l.opts.audit, cases[i].audit, "%s", cases[i].words);
        cr_expect_eq(l.opts.force, cases[i].force, "%s", cases[i].words);
    }
}

Test(opt, switch_tells_whether_it_was_given)
{
    cr_expect_eq(parsed("").opts.lock, PB_SWITCH_UNSET);
    cr_expect_eq(parsed("--lock").opts.lock, PB_SWITCH_ON);
    cr_expect_eq(parsed("--no-lock").opts.lock, PB_SWITCH_OFF);
    cr_expect_eq(parsed("--lock --lock=false").opts.lock, PB_SWITCH_OFF);
}

Test(opt, values_in_all_forms)
{
    static const char *const words[] = {"--out dir --rounds 5", "--out=dir --rounds=5",
                                        "-o dir -n 5", "-odir -n5", "-fodir --rounds=9 -n5"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct line l = parsed(words[i]);
        cr_expect_str_eq(l.opts.out, "dir", "%s", words[i]);
        cr_expect_eq(l.opts.rounds, 5, "%s", words[i]);
    }
    struct line l = parsed("--out= --format json --tag a --tag=b");
    cr_expect_str_eq(l.opts.out, "");
    cr_expect_str_eq(l.opts.format, "json");
    cr_assert_eq(l.opts.tags.n, 2);
    cr_expect_str_eq(l.opts.tags.items[0], "a");
    cr_expect_str_eq(l.opts.tags.items[1], "b");
}

Test(opt, a_value_may_look_like_an_option)
{
    struct line l = parsed("--out --force");
    cr_expect_str_eq(l.opts.out, "--force");
    cr_expect_not(l.opts.force);
}

Test(opt, operands_and_options_mix)
{
    struct line l = parsed("one --force two -n 3 -");
    cr_assert_eq(l.args.n, 3);
    cr_expect_str_eq(l.args.items[0], "one");
    cr_expect_str_eq(l.args.items[1], "two");
    cr_expect_str_eq(l.args.items[2], "-");
    cr_expect(l.opts.force);
}

Test(opt, two_dashes_end_the_options)
{
    struct line l = parsed("one -f -- --force");
    cr_assert_eq(l.args.n, 2);
    cr_expect_str_eq(l.args.items[1], "--force");
    cr_expect_eq(l.args.n_rest, 0);
    struct pb_cmd with_rest = cmd;
    with_rest.has_rest = true;
    cr_assert_eq(parse(&l, &with_rest, "one -- --force x"), 0);
    cr_assert_eq(l.args.n, 1);
    cr_assert_eq(l.args.n_rest, 2);
    cr_expect_str_eq(l.args.rest[0], "--force");
    cr_expect_str_eq(l.args.rest[1], "x");
}

Test(opt, mistakes_are_usage_errors_that_say_what_to_do)
{
    static const struct {
        const char *words, *say;
    } cases[] = {
        {"--focre", "did you mean --force?"},
        {"--xyzzy", "unknown option: --xyzzy"},
        {"--no-out", "unknown option: --no-out"},
        {"-x", "unknown option: -x"},
        {"-fx", "unknown option: -x"},
        {"--force=maybe", "neither true nor false"},
        {"--out", "needs a value"},
        {"-o", "needs a value"},
        {"--rounds 5x", "not a whole number"},
        {"--rounds=", "not a whole number"},
        {"--rounds 0", "give 1 to 100"},
        {"--rounds 101", "give 1 to 100"},
        {"--rounds 99999999999999999999", "out of range"},
        {"--format jsno", "did you mean json?"},
        {"--format xyz", "text, json"},
        {"a b c d", "unexpected argument: d"},
        {"---force", "unknown option"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct line l;
        cr_expect_eq(parse(&l, &cmd, cases[i].words), -1, "%s", cases[i].words);
        cr_expect_eq(l.err.code, PB_E_USAGE, "%s", cases[i].words);
        cr_expect(strstr(l.err.msg, cases[i].say), "%s: %s", cases[i].words, l.err.msg);
    }
}

Test(opt, a_list_has_a_ceiling)
{
    char words[4096] = "";
    for (size_t i = 0; i < PB_OPT_LIST_MAX; i++)
        strcat(words, "--tag=x ");
    struct line l = parsed(words);
    cr_expect_eq(l.opts.tags.n, PB_OPT_LIST_MAX);
    strcat(words, "--tag=x");
    cr_expect_eq(parse(&l, &cmd, words), -1);
    cr_expect_eq(l.err.code, PB_E_USAGE);
}

Test(opt, too_few_operands_show_the_usage)
{
    struct pb_cmd needs = cmd;
    needs.min_args = 1;
    struct line l;
    cr_expect_eq(parse(&l, &needs, "-f"), -1);
    cr_expect(strstr(l.err.msg, "[FILE]..."), "%s", l.err.msg);
}
