/* SPDX-License-Identifier: MIT */
/* Choosing commands (opt_program.c) and help (opt_help.c). */
#include "base/opt.h"

#include "base/buf.h"
#include "base/process.h"
#include "base/term.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct run_opts {
    bool cold;
    long rounds;
    const char *format;
};

static const char *const formats[] = {"text", "json", NULL};
static const struct pb_opt run_table[] = {
    {.name = "cold",
     .kind = PB_OPT_FLAG,
     .offset = offsetof(struct run_opts, cold),
     .def = "true",
     .help = "start from nothing"},
    {.name = "rounds",
     .key = 'n',
     .kind = PB_OPT_LONG,
     .offset = offsetof(struct run_opts, rounds),
     .arg = "N",
     .def = "10",
     .min = 1,
     .max = 99,
     .help = "samples of each arm"},
    {.name = "a-rather-long-option-name",
     .kind = PB_OPT_CHOICE,
     .arg = "FORMAT",
     .offset = offsetof(struct run_opts, format),
     .choices = formats,
     .def = "text",
     .help = "how the output looks, which is a long story that has to be broken into lines so that "
             "it can be read"},
    {0},
};

static int run_run(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    const struct run_opts *o = opts;
    if (args->n && strcmp(args->items[0], "fail") == 0)
        return pb_err_set(err, PB_E_NETWORK, "no network");
    printf("run rounds=%ld operands=%zu\n", o->rounds, args->n);
    return o->rounds == 7 ? 7 : 0;
}

static int run_clear(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    (void)opts;
    (void)args;
    (void)err;
    printf("cleared\n");
    return 0;
}

static const struct pb_cmd cmd_run = {.name = "run",
                                      .args = "[PROJECT]",
                                      .summary = "Measure a project",
                                      .details = "Examples:\n  prog run -n 5",
                                      .opts = run_table,
                                      .opts_size = sizeof(struct run_opts),
                                      .max_args = 1,
                                      .run = run_run};
static const struct pb_cmd cmd_clear = {.name = "clear", .summary = "Empty it", .run = run_clear};
static const struct pb_cmd *const cache_cmds[] = {&cmd_clear, NULL};
static const struct pb_cmd cmd_cache = {
    .name = "cache", .summary = "Look after the cache", .cmds = cache_cmds};
static const struct pb_cmd *const cmds[] = {&cmd_run, &cmd_cache, NULL};

static int exit_status(const struct pb_err *err)
{
    return err->code == PB_E_USAGE ? 2 : 5;
}

static const struct pb_program program = {.name = "prog",
                                          .version = "1.2.3",
                                          .summary = "Measures things.",
                                          .cmds = cmds,
                                          .exit_status = exit_status};

static void read_stream(FILE *f, char *text, size_t size)
{
    size_t n = fread(text, 1, size - 1, f);
    text[n] = '\0';
}

struct output {
    int status;
    char out[8192], err[4096];
};

static struct output call(const char *words)
{
    static struct output o;
    char text[512];
    char *argv[16] = {NULL};
    int argc = 0;
    snprintf(text, sizeof text, "prog %s", words);
    for (char *save = NULL, *w = strtok_r(text, " ", &save); w; w = strtok_r(NULL, " ", &save))
        argv[argc++] = w;
    cr_redirect_stdout();
    cr_redirect_stderr();
    pb_log_init("prog", PB_INFO);
    o.status = pb_program_main(&program, argc, argv);
    fflush(stdout);
    fflush(stderr);
    read_stream(cr_get_redirected_stdout(), o.out, sizeof o.out);
    read_stream(cr_get_redirected_stderr(), o.err, sizeof o.err);
    return o;
}

/* One call per process, since the streams can be redirected only once. */
#define CALL_TEST(name, words, want_status, want_out, want_err)                                    \
    Test(opt_program, name)                                                                        \
    {                                                                                              \
        struct output o = call(words);                                                             \
        cr_expect_eq(o.status, want_status, "status %d", o.status);                                \
        cr_expect(strstr(o.out, want_out), "out: %s", o.out);                                      \
        cr_expect(strstr(o.err, want_err), "err: %s", o.err);                                      \
    }

CALL_TEST(runs_a_command, "run -n 5 dir", 0, "run rounds=5 operands=1\n", "")
CALL_TEST(passes_the_exit_status_on, "run --rounds=7", 7, "", "")
CALL_TEST(prints_the_error_of_a_command, "run fail", 5, "", "prog: error: no network\n")
CALL_TEST(prints_the_version, "--version", 0, "prog 1.2.3\n", "")
CALL_TEST(wants_a_command, "", 2, "", "no command given")
CALL_TEST(suggests_a_command, "rn", 2, "", "did you mean run?")
CALL_TEST(refuses_an_unknown_command, "frobnicate", 2, "", "unknown command: frobnicate")
CALL_TEST(refuses_an_unknown_option, "run --bogus", 2, "", "unknown option: --bogus")
CALL_TEST(runs_a_sub_command, "cache clear", 0, "cleared\n", "")
CALL_TEST(wants_a_sub_command, "cache", 2, "", "cache: which command?")
CALL_TEST(suggests_a_sub_command, "cache claer", 2, "", "did you mean clear?")
CALL_TEST(names_the_whole_sub_command, "cache clear x", 2, "", "cache clear: unexpected argument")
CALL_TEST(help_of_a_group, "cache --help", 0, "clear  Empty it", "")
CALL_TEST(help_of_a_sub_command, "help cache clear", 0, "Usage: prog cache clear [OPTIONS]", "")
CALL_TEST(help_of_the_program, "help", 0, "run    Measure a project", "")
CALL_TEST(help_of_an_unknown_command, "help rnu", 2, "", "did you mean run?")
CALL_TEST(man_page, "--man", 0, ".B \\-n, \\-\\-rounds \\fIN\\fR\nsamples of each arm", "")
CALL_TEST(man_page_has_sub_commands, "--man", 0, ".SS \"cache clear\"\nEmpty it\n", "")
CALL_TEST(fish_completion, "--completion fish", 0,
          "complete -c prog -n '__fish_seen_subcommand_from run' -l rounds -s n -r -d 'samples", "")
CALL_TEST(zsh_completion, "--completion zsh", 0, "complete -o default -F _prog prog\n", "")
CALL_TEST(refuses_an_unknown_shell, "--completion tcsh", 2, "", "there are bash, fish and zsh")
CALL_TEST(help_after_two_dashes_is_an_operand, "run -- --help", 0, "operands=1", "")

Test(opt_program, help_of_a_command_lines_up)
{
    struct output o = call("run --help");
    cr_expect_eq(o.status, 0);
    cr_expect_str_eq(
        o.out, "Usage: prog run [OPTIONS] [PROJECT]\n"
               "\n"
               "Measure a project\n"
               "\n"
               "Options:\n"
               "      --[no-]cold  start from nothing [default: true]\n"
               "  -n, --rounds N   samples of each arm; 1 to 99 [default: 10]\n"
               "      --a-rather-long-option-name FORMAT\n"
               "                   how the output looks, which is a long story that has to be\n"
               "                   broken into lines so that it can be read; one of text, json\n"
               "                   [default: text]\n"
               "  -h, --help       show this help\n"
               "\n"
               "Examples:\n"
               "  prog run -n 5\n");
}

/* Lets bash complete the last of the words by the generated script. */
static void expect_completion(const char *words, unsigned last, const char *want)
{
    char path[] = "/tmp/test_completion-XXXXXX", line[1024];
    int fd = mkstemp(path);
    FILE *script = fd >= 0 ? fdopen(fd, "w") : NULL;
    struct pb_err err = PB_ERR_INIT;
    cr_assert(script);
    cr_assert_eq(pb_program_completion(&program, "bash", script, &err), 0);
    fprintf(script, "COMP_WORDS=(%s); COMP_CWORD=%u; _prog; echo \"${COMPREPLY[*]}\"\n", words,
            last);
    cr_assert_eq(fclose(script), 0);
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(4096);
    const char *const argv[] = {"bash", path, NULL};
    struct pb_process_spec spec = {.argv = argv, .out = &out};
    cr_assert_eq(pb_process_check(&spec, &err), 0, "%s", err.msg);
    unlink(path);
    snprintf(line, sizeof line, "%s\n", want);
    cr_expect(pb_str_is(pb_buf_str(&out), line), "%s: %s", words, out.p);
}

Test(opt_program, bash_completes)
{
    expect_completion("prog ''", 1, "run cache --help --version");
    expect_completion("prog r", 1, "run");
    expect_completion("prog run --r", 2, "--rounds");
    expect_completion("prog run --a-rather-long-option-name ''", 3, "text json");
    expect_completion("prog cache ''", 2, "clear");
    expect_completion("prog cache clear --", 3, "--help");
}

Test(opt_program, a_full_disk_is_not_success)
{
    if (!freopen("/dev/full", "w", stdout)) cr_skip_test("no /dev/full here");
    cr_redirect_stderr();
    char run[] = "run", prog[] = "prog";
    char *argv[] = {prog, run, NULL};
    cr_expect_eq(pb_program_main(&program, 2, argv), 5);
}
