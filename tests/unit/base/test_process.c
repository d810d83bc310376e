/* SPDX-License-Identifier: MIT */
#include "base/process.h"

#include "base/clock.h"
#include "base/fs.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_NS (60 * PB_NS_PER_S) /* far above anything these tests need */

static const char *shell[] = {"sh", "-c", NULL, NULL};

static struct pb_process_spec script(const char *text)
{
    shell[2] = text;
    return (struct pb_process_spec){.argv = shell, .timeout_ns = PATIENCE_NS};
}

Test(process, reports_exit_status_and_signals)
{
    static const struct {
        const char *text;
        int exit_code, signal;
    } cases[] = {
        {"exit 0", 0, 0}, {"exit 7", 7, 0}, {"kill -TERM $$", -1, SIGTERM}, {"kill -9 $$", -1, 9}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pb_err err = PB_ERR_INIT;
        struct pb_process_result result;
        struct pb_process_spec spec = script(cases[i].text);
        cr_assert_eq(pb_process_run(&spec, &result, &err), 0, "%s", err.msg);
        cr_expect_eq(result.exit_code, cases[i].exit_code, "%s", cases[i].text);
        cr_expect_eq(result.signal, cases[i].signal, "%s", cases[i].text);
        cr_expect_not(result.timed_out);
    }
}

Test(process, captures_both_streams_apart)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_process_result result;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1000), said = PB_BUF_INIT(1000);
    struct pb_process_spec spec = script("echo one; echo two >&2; echo three");
    spec.out = &out;
    spec.err = &said;
    cr_assert_eq(pb_process_run(&spec, &result, &err), 0, "%s", err.msg);
    cr_expect(pb_str_is(pb_buf_str(&out), "one\nthree\n"), "%s", out.p);
    cr_expect(pb_str_is(pb_buf_str(&said), "two\n"), "%s", said.p);
}

Test(process, output_past_the_ceiling_is_dropped_without_blocking_the_child)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_process_result result;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1000);
    struct pb_process_spec spec = script("head -c 1000000 /dev/zero; exit 5");
    spec.out = &out;
    cr_assert_eq(pb_process_run(&spec, &result, &err), 0, "%s", err.msg);
    cr_expect_eq(result.exit_code, 5);
    cr_expect_leq(out.n, 1000);
    cr_expect_not(pb_buf_ok(&out));
}

Test(process, large_output_arrives_whole)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_process_result result;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(2000000), said = PB_BUF_INIT(2000000);
    struct pb_process_spec spec =
        script("head -c 1000000 /dev/zero; head -c 900000 /dev/zero >&2; head -c 7 /dev/zero");
    spec.out = &out;
    spec.err = &said;
    cr_assert_eq(pb_process_run(&spec, &result, &err), 0, "%s", err.msg);
    cr_expect_eq(out.n, 1000007);
    cr_expect_eq(said.n, 900000);
}

Test(process, takes_folder_and_environment)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_process_result result;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1000);
    static const char *const env[] = {"ONLY=this", NULL};
    struct pb_process_spec spec = script("pwd; echo \"$ONLY-$HOME\"; cat");
    spec.cwd = "/";
    spec.envp = env;
    spec.out = &out;
    cr_assert_eq(pb_process_run(&spec, &result, &err), 0, "%s", err.msg);
    cr_expect(pb_str_is(pb_buf_str(&out), "/\nthis-\n"), "%s", out.p);
    cr_expect_eq(result.exit_code, 0, "standard input is empty");
}

/* A killed process may be a zombie for a while, until its new parent reaps it. */
static bool is_running(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    PB_AUTO_BUF struct pb_buf stat = PB_BUF_INIT(4096);
    if (pb_read_file(AT_FDCWD, path, &stat, NULL) != 0) return false;
    return !strstr(stat.p, ") Z ") && !strstr(stat.p, ") X ");
}

Test(process, a_timeout_kills_the_whole_group)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_process_result result;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1000);
    struct pb_process_spec spec = script("sleep 1000 & echo $!; wait");
    spec.out = &out;
    spec.timeout_ns = 300 * PB_NS_PER_MS;
    cr_assert_eq(pb_process_run(&spec, &result, &err), 0, "%s", err.msg);
    cr_expect(result.timed_out);
    cr_expect_eq(result.signal, SIGKILL);
    pid_t grandchild = out.n ? (pid_t)strtol(out.p, NULL, 10) : 0;
    cr_assert_gt(grandchild, 1);
    int64_t give_up_ns = pb_now_ns() + PATIENCE_NS;
    while (is_running(grandchild) && pb_now_ns() < give_up_ns)
        pb_sleep_ns(PB_NS_PER_MS);
    cr_expect_not(is_running(grandchild));
}

Test(process, does_not_wait_for_a_background_process_that_holds_the_pipe)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_process_result result;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1000);
    struct pb_process_spec spec = script("sleep 1000 & echo $!");
    spec.out = &out;
    cr_assert_eq(pb_process_run(&spec, &result, &err), 0, "%s", err.msg);
    cr_expect_not(result.timed_out);
    pid_t background = out.n ? (pid_t)strtol(out.p, NULL, 10) : 0;
    cr_assert_gt(background, 1);
    cr_expect_eq(kill(background, SIGKILL), 0);
}

Test(process, what_cannot_be_started_is_said_at_once)
{
    static const char *const absent[] = {"no-such-program-here", NULL};
    static const char *const not_executable[] = {"/etc/passwd", NULL};
    struct pb_process_result result;
    struct pb_err err = PB_ERR_INIT;
    struct pb_process_spec spec = {.argv = absent};
    cr_expect_eq(pb_process_run(&spec, &result, &err), -1);
    cr_expect_eq(err.code, PB_E_NOT_FOUND);
    cr_expect(strstr(err.msg, "no-such-program-here"));
    pb_err_clear(&err);
    spec.argv = not_executable;
    cr_expect_eq(pb_process_run(&spec, &result, &err), -1);
    pb_err_clear(&err);
    spec = script("true");
    spec.cwd = "/no-such-folder";
    cr_expect_eq(pb_process_run(&spec, &result, &err), -1);
    cr_expect(strstr(err.msg, "/no-such-folder"), "%s", err.msg);
}

Test(process, a_failed_exec_is_reported_with_its_cause)
{
    struct pb_err err = PB_ERR_INIT;
    char *dir = NULL, path[4096];
    cr_assert_eq(pb_make_temp_dir("/tmp", "test_process-", &dir, &err), 0);
    snprintf(path, sizeof path, "%s/not-a-program", dir);
    cr_assert_eq(pb_write_file(AT_FDCWD, path, PB_LIT("no interpreter line"), 0755, &err), 0);
    const char *const argv[] = {path, NULL};
    struct pb_process_spec spec = {.argv = argv};
    struct pb_process_result result;
    cr_expect_eq(pb_process_run(&spec, &result, &err), -1);
    cr_expect_eq(err.sys, ENOEXEC, "%s", err.msg);
    pb_err_clear(&err);
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, &err), 0);
    free(dir);
}

Test(process, check_quotes_the_end_of_what_was_said)
{
    static const struct {
        const char *text;
        enum pb_code code;
        const char *quoted;
    } cases[] = {
        {"true", PB_E_OK, NULL},
        {"echo the reason >&2; exit 4", PB_E_CHILD, "exit status 4: the reason"},
        {"seq 1 100000 >&2; echo last words >&2; exit 1", PB_E_CHILD, "last words"},
        {"kill -SEGV $$", PB_E_CHILD, "SEGV"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pb_err err = PB_ERR_INIT;
        struct pb_process_spec spec = script(cases[i].text);
        int status = pb_process_check(&spec, &err);
        cr_expect_eq(status, cases[i].quoted ? -1 : 0, "%s", cases[i].text);
        cr_expect_eq(err.code, cases[i].code, "%s", err.msg);
        if (cases[i].quoted) cr_expect(strstr(err.msg, cases[i].quoted), "%s", err.msg);
    }
}

Test(process, check_calls_a_timeout_a_timeout)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_process_spec spec = script("sleep 1000");
    spec.timeout_ns = 100 * PB_NS_PER_MS;
    cr_expect_eq(pb_process_check(&spec, &err), -1);
    cr_expect_eq(err.code, PB_E_TIMEOUT);
}

Test(process, a_started_process_talks_and_stops)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_process_spec spec = script("trap 'exit 0' TERM; echo ready; sleep 1000 & wait");
    pid_t pid = 0;
    int out = -1;
    cr_assert_eq(pb_process_start(&spec, &pid, &out, &err), 0, "%s", err.msg);
    char text[16] = "";
    cr_expect_eq(read(out, text, sizeof text - 1), 6);
    cr_expect_str_eq(text, "ready\n");
    pb_process_stop(pid, PATIENCE_NS);
    cr_expect_eq(waitpid(pid, NULL, 0), -1, "reaped");
    close(out);
}

Test(process, stopping_does_not_depend_on_good_will)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_process_spec spec = script("trap '' TERM; echo ready; while :; do sleep 1000; done");
    pid_t pid = 0;
    int out = -1;
    cr_assert_eq(pb_process_start(&spec, &pid, &out, &err), 0, "%s", err.msg);
    char text[16];
    cr_expect_eq(read(out, text, sizeof text), 6);
    pb_process_stop(pid, 10 * PB_NS_PER_MS);
    cr_expect_eq(kill(pid, 0), -1);
    cr_expect_eq(read(out, text, sizeof text), 0, "no member of the group holds the pipe");
    close(out);
}

/* A parent of its own starts a process and is killed; the process must follow it. */
Test(process, a_started_process_dies_with_its_parent)
{
    int out[2];
    cr_assert_eq(pipe2(out, O_CLOEXEC), 0);
    pid_t parent = fork();
    cr_assert_geq(parent, 0);
    if (parent == 0) {
        struct pb_err err = PB_ERR_INIT;
        struct pb_process_spec spec = script("exec sleep 1000");
        pid_t pid = 0;
        dup2(out[1], STDOUT_FILENO); /* inherited: end of file shows that all have died */
        close(out[0]);
        bool started = pb_process_start(&spec, &pid, NULL, &err) == 0;
        ssize_t put = write(STDOUT_FILENO, started ? "y" : "n", 1);
        raise(put == 1 ? SIGKILL : SIGABRT);
    }
    close(out[1]);
    char text[4];
    cr_expect_eq(read(out[0], text, sizeof text), 1);
    cr_expect_eq(text[0], 'y');
    cr_expect_eq(read(out[0], text, sizeof text), 0);
    int status;
    cr_expect_eq(waitpid(parent, &status, 0), parent);
    close(out[0]);
}
