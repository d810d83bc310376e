/* SPDX-License-Identifier: MIT */
#include "harness/launch/launch.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *dir;
static char output[512];

static void set_up(void)
{
    struct pb_err err = PB_ERR_INIT;
    signal(SIGPIPE, SIG_IGN);
    cr_assert_eq(pb_make_temp_dir("/tmp", "launch-", &dir, &err), 0, "%s", err.msg);
    snprintf(output, sizeof output, "%s/output", dir);
}

static void tear_down(void)
{
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, NULL), 0);
    free(dir);
}

TestSuite(launch, .init = set_up, .fini = tear_down, .timeout = 60);

static const char *const clean_env[] = {"PATH=/usr/bin:/bin", "MARK=seen", NULL};

static struct pb_launch_spec shell(const char *const argv[4])
{
    return (struct pb_launch_spec){.argv = argv,
                                   .envp = clean_env,
                                   .cwd = dir,
                                   .output_path = output,
                                   .output_max_bytes = 1 << 16,
                                   .timeout_ns = 30 * PB_NS_PER_S,
                                   .linger_ns = 2 * PB_NS_PER_S};
}
#define SHELL(script) shell((const char *const[4]){"/bin/sh", "-c", (script), NULL})

static struct pb_launch_result run(const struct pb_launch_spec *spec)
{
    struct pb_launch_result result = {0};
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_launch_run(spec, &result, &err), 0, "%s", err.msg);
    return result;
}

static void expect_output(const char *text)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 20);
    cr_assert_eq(pb_read_file(AT_FDCWD, output, &out, NULL), 0);
    cr_expect_str_eq(out.p ? out.p : "", text);
}

Test(launch, exit_code_and_output_are_kept)
{
    struct pb_launch_spec spec = SHELL("echo out; echo err >&2; exit 7");
    struct pb_launch_result r = run(&spec);
    cr_expect_eq(r.exit_code, 7);
    cr_expect_eq(r.signal, 0);
    cr_expect_not(r.timed_out);
    cr_expect_eq(r.reaped, 1);
    cr_expect_eq(r.strays, 0);
    cr_expect(r.started_ns > 0 && r.started_ns <= r.root_exit_ns);
    cr_expect(r.root_exit_ns <= r.tree_exit_ns);
    expect_output("out\nerr\n");
}

Test(launch, environment_and_folder_are_exactly_the_given_ones)
{
    struct pb_launch_spec spec = shell((const char *const[4]){"/usr/bin/env", NULL});
    setenv("LEAK", "1", 1);
    run(&spec);
    expect_output("PATH=/usr/bin:/bin\nMARK=seen\n");
    spec =
        SHELL("test \"$(pwd -P)\" = \"$(cd . && pwd -P)\" && basename \"$(pwd -P)\" | cut -c1-7");
    run(&spec);
    expect_output("launch-\n");
}

static unsigned long long signal_mask(const char *field)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 16);
    cr_assert_eq(pb_read_file(AT_FDCWD, output, &out, NULL), 0);
    const char *line = strstr(out.p, field);
    cr_assert(line, "%s", field);
    return strtoull(line + strlen(field), NULL, 16);
}

Test(launch, signals_are_in_their_default_state)
{
    const unsigned long long standard_signals = 0x7fffffff;
    struct pb_launch_spec spec = SHELL("cat /proc/self/status");
    run(&spec);
    cr_expect_eq(signal_mask("SigBlk:") & standard_signals, 0);
    cr_expect_eq(signal_mask("SigIgn:") & standard_signals, 0);
}

Test(launch, death_by_signal_is_told_apart)
{
    struct pb_launch_spec spec = SHELL("kill -SEGV $$");
    struct pb_launch_result r = run(&spec);
    cr_expect_eq(r.exit_code, -1);
    cr_expect_eq(r.signal, SIGSEGV);
    cr_expect_not(r.timed_out);
}

Test(launch, missing_program_is_a_child_error_with_errno)
{
    struct pb_launch_spec spec = shell((const char *const[4]){"/nonexistent/program", NULL});
    struct pb_launch_result r;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_launch_run(&spec, &r, &err), -1);
    cr_expect_eq(err.code, PB_E_CHILD);
    cr_expect_eq(err.sys, ENOENT);
    cr_expect(strstr(err.msg, "/nonexistent/program"), "%s", err.msg);
}

Test(launch, missing_folder_is_named_as_the_failed_step)
{
    struct pb_launch_spec spec = SHELL("true");
    spec.cwd = "/nonexistent/folder";
    struct pb_launch_result r;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_launch_run(&spec, &r, &err), -1);
    cr_expect(strstr(err.msg, "chdir"), "%s", err.msg);
}

Test(launch, timeout_ends_the_whole_tree_even_when_term_is_ignored)
{
    struct pb_launch_spec spec = SHELL("trap '' TERM; sleep 1000 & sleep 1000");
    spec.timeout_ns = 200 * PB_NS_PER_MS;
    struct pb_launch_result r = run(&spec);
    cr_expect(r.timed_out);
    cr_expect_eq(r.signal, SIGKILL);
}

Test(launch, polite_command_ends_on_term_at_timeout)
{
    struct pb_launch_spec spec = SHELL("exec sleep 1000");
    spec.timeout_ns = 200 * PB_NS_PER_MS;
    struct pb_launch_result r = run(&spec);
    cr_expect(r.timed_out);
    cr_expect_eq(r.signal, SIGTERM);
}

Test(launch, daemon_that_stays_is_killed_and_counted_as_stray)
{
    struct pb_launch_spec spec = SHELL("setsid sleep 1000 & echo $! > pid; exit 0");
    spec.linger_ns = 100 * PB_NS_PER_MS;
    struct pb_launch_result r = run(&spec);
    cr_expect_eq(r.exit_code, 0);
    cr_expect_eq(r.strays, 1);
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(64);
    PB_AUTO_FD int fd = pb_open_dir(AT_FDCWD, dir, NULL);
    cr_assert_eq(pb_read_file(fd, "pid", &text, NULL), 0);
    cr_expect_eq(kill((pid_t)strtol(text.p, NULL, 10), 0), -1, "the stray is still alive");
}

Test(launch, child_that_ends_within_linger_is_no_stray)
{
    struct pb_launch_spec spec = SHELL("(sleep 0.3) & exit 0");
    spec.linger_ns = 20 * PB_NS_PER_S;
    struct pb_launch_result r = run(&spec);
    cr_expect_eq(r.strays, 0);
    cr_expect(r.reaped >= 2);
    cr_expect(r.tree_exit_ns > r.root_exit_ns);
}

Test(launch, long_output_is_cut_to_its_end)
{
    struct pb_launch_spec spec = SHELL("head -c 100000 /dev/zero | tr '\\0' x; echo the end");
    spec.output_max_bytes = 1000;
    run(&spec);
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 20);
    cr_assert_eq(pb_read_file(AT_FDCWD, output, &out, NULL), 0);
    cr_expect(out.n < 1100);
    cr_expect(pb_str_ends(pb_buf_str(&out), "xthe end\n"));
    cr_expect(pb_str_starts(pb_buf_str(&out), "[99008 bytes of output left out]\n"));
}

struct gate {
    pid_t pid;
    bool was_running_launcher_image;
    bool refuse;
};

static int look_at_gate(void *arg, pid_t pid, struct pb_err *err)
{
    struct gate *gate = arg;
    char path[64], exe[512] = "";
    gate->pid = pid;
    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    ssize_t n = readlink(path, exe, sizeof exe - 1);
    gate->was_running_launcher_image = n > 0 && strstr(exe, "phasebench-launch");
    return gate->refuse ? pb_err_set(err, PB_E_UNSUPPORTED, "no") : 0;
}

Test(launch, gate_sees_the_process_of_the_command_before_exec)
{
    struct gate gate = {0};
    struct pb_launch_spec spec = SHELL("echo $$");
    spec.before_exec = look_at_gate;
    spec.before_exec_arg = &gate;
    run(&spec);
    cr_expect(gate.was_running_launcher_image);
    char text[32];
    snprintf(text, sizeof text, "%d\n", gate.pid);
    expect_output(text);
}

Test(launch, refused_gate_runs_nothing)
{
    struct gate gate = {.refuse = true};
    struct pb_launch_spec spec = SHELL("touch ran");
    spec.before_exec = look_at_gate;
    spec.before_exec_arg = &gate;
    struct pb_launch_result r;
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(pb_launch_run(&spec, &r, &err), -1);
    cr_expect_eq(err.code, PB_E_UNSUPPORTED);
    PB_AUTO_FD int fd = pb_open_dir(AT_FDCWD, dir, NULL);
    cr_expect_not(pb_exists(fd, "ran"));
}

static volatile sig_atomic_t cancelled;
static void on_alarm(int signal)
{
    (void)signal;
    cancelled = 1;
}

Test(launch, cancel_kills_the_tree)
{
    struct pb_launch_spec spec = SHELL("sleep 1000");
    spec.cancel = &cancelled;
    signal(SIGALRM, on_alarm);
    alarm(1);
    struct pb_launch_result r;
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(pb_launch_run(&spec, &r, &err), -1);
    cr_expect_eq(err.code, PB_E_CANCELLED);
}

static pid_t wait_for_pid_file(void)
{
    PB_AUTO_FD int fd = pb_open_dir(AT_FDCWD, dir, NULL);
    for (int tries = 0; tries < 1000; tries++) {
        PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(64);
        if (pb_exists(fd, "pid") && pb_read_file(fd, "pid", &text, NULL) == 0 && text.n)
            return (pid_t)strtol(text.p, NULL, 10);
        pb_sleep_ns(10 * PB_NS_PER_MS);
    }
    cr_assert_fail("the command did not start");
    return 0;
}

Test(launch, tree_dies_with_the_harness)
{
    struct pb_launch_spec spec = SHELL("setsid sleep 1000 & echo $! > pid; wait");
    spec.timeout_ns = 1000 * PB_NS_PER_S;
    pid_t harness = fork();
    cr_assert_geq(harness, 0);
    if (harness == 0) {
        struct pb_launch_result r;
        _exit(pb_launch_run(&spec, &r, NULL) == 0);
    }
    pid_t sleeper = wait_for_pid_file();
    kill(harness, SIGKILL);
    cr_assert_eq(waitpid(harness, NULL, 0), harness);
    for (int tries = 0; tries < 1000 && kill(sleeper, 0) == 0; tries++)
        pb_sleep_ns(10 * PB_NS_PER_MS);
    cr_expect_eq(kill(sleeper, 0), -1, "process %d outlived the harness", sleeper);
}

/* Only what cannot be shorter is certain on a loaded machine. */
Test(launch, delay_counts_as_the_commands_own_time)
{
    struct pb_launch_spec spec = SHELL("sleep 0.1");
    spec.delay_permille = 2000;
    struct pb_launch_result r = run(&spec);
    cr_expect_eq(r.exit_code, 0);
    cr_expect(r.root_exit_ns - r.started_ns >= 300 * PB_NS_PER_MS);
    cr_expect(r.tree_exit_ns >= r.root_exit_ns);
}
