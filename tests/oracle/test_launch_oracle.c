/* SPDX-License-Identifier: MIT */
/*
 * The launcher's figures against commands whose use is known. Bounds are wide where the machine has
 * a say: they must tell "counted" from "lost", not judge the machine.
 */
#include "base/clock.h"
#include "base/datadir.h"
#include "base/fs.h"
#include "harness/launch/launch.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char *dir, *programs;

static void set_up(void)
{
    struct pb_err err = PB_ERR_INIT;
    signal(SIGPIPE, SIG_IGN);
    programs = pb_exe_dir(&err);
    cr_assert(programs, "%s", err.msg);
    cr_assert_eq(pb_make_temp_dir("/tmp", "oracle-", &dir, &err), 0, "%s", err.msg);
}

static void tear_down(void)
{
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, NULL), 0);
    free(dir);
    free(programs);
}

TestSuite(oracle, .init = set_up, .fini = tear_down, .timeout = 120);

static struct pb_launch_result run(const char *const *argv)
{
    static const char *const env[] = {"PATH=/usr/bin:/bin", NULL};
    char output[512];
    snprintf(output, sizeof output, "%s/output", dir);
    struct pb_launch_spec spec = {.argv = argv,
                                  .envp = env,
                                  .cwd = dir,
                                  .output_path = output,
                                  .output_max_bytes = 4096,
                                  .timeout_ns = 60 * PB_NS_PER_S,
                                  .linger_ns = 20 * PB_NS_PER_S};
    struct pb_launch_result result;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_launch_run(&spec, &result, &err), 0, "%s", err.msg);
    cr_assert_eq(result.exit_code, 0);
    return result;
}

static struct pb_launch_result run_oracle(const char *kind, const char *amount)
{
    char program[512];
    snprintf(program, sizeof program, "%s/oracle_program", programs);
    return run((const char *const[]){program, kind, amount, NULL});
}

static int64_t ns(struct timeval t)
{
    return (int64_t)t.tv_sec * PB_NS_PER_S + (int64_t)t.tv_usec * 1000;
}

static int64_t cpu_ns(const struct pb_launch_result *r)
{
    return ns(r->usage.ru_utime) + ns(r->usage.ru_stime);
}

Test(oracle, cpu_of_the_command_is_counted)
{
    struct pb_launch_result r = run_oracle("burn", "200");
    cr_expect(cpu_ns(&r) >= 180 * PB_NS_PER_MS && cpu_ns(&r) < 400 * PB_NS_PER_MS);
    cr_expect(r.root_exit_ns - r.started_ns >= 190 * PB_NS_PER_MS);
}

Test(oracle, cpu_of_a_daemonised_grandchild_is_counted)
{
    struct pb_launch_result r = run_oracle("daemon", "200");
    cr_expect(cpu_ns(&r) >= 180 * PB_NS_PER_MS && cpu_ns(&r) < 400 * PB_NS_PER_MS);
    cr_expect_eq(r.reaped, 2, "root and the orphan");
    cr_expect_eq(r.strays, 0);
    cr_expect(r.tree_exit_ns - r.started_ns >= 190 * PB_NS_PER_MS);
}

Test(oracle, voluntary_switches_are_counted)
{
    struct pb_launch_result r = run_oracle("switches", "3000");
    /* A process that is preempted as it goes to sleep is counted as involuntary: seen 5 in 3,000 on
     * a loaded machine. */
    cr_expect(r.usage.ru_nvcsw >= 2900 && r.usage.ru_nvcsw < 3200, "%ld", r.usage.ru_nvcsw);
}

Test(oracle, resident_set_of_the_command_is_seen)
{
    struct pb_launch_result r = run_oracle("memory", "200");
    cr_expect(r.usage.ru_maxrss >= 200 * 1024 && r.usage.ru_maxrss < 260 * 1024, "%ld KiB",
              r.usage.ru_maxrss);
}

/* Linux folds the memory of the process that forks into the child's ru_maxrss. */
Test(oracle, resident_set_of_the_harness_is_not)
{
    size_t n = (size_t)300 << 20;
    char *ballast = malloc(n);
    cr_assert(ballast);
    memset(ballast, 1, n);
    struct pb_launch_result r = run((const char *const[]){"/bin/true", NULL});
    cr_expect(r.usage.ru_maxrss < 10 * 1024, "%ld KiB", r.usage.ru_maxrss);
    cr_expect_eq(ballast[n / 2], 1);
    free(ballast);
}

Test(oracle, faults_of_forked_children_are_counted)
{
    struct pb_launch_result few = run_oracle("forks", "10");
    struct pb_launch_result many = run_oracle("forks", "510");
    /* Each forked child copies at least a few pages before it ends. */
    cr_expect(many.usage.ru_minflt - few.usage.ru_minflt > 500 * 5);
    cr_expect_eq(many.reaped, 1, "waited for by their own parent");
}

static bool dir_is_on_a_disk(void)
{
    struct stat st;
    return stat(dir, &st) == 0 && (st.st_dev >> 8) != 0; /* tmpfs and overlays have major 0 */
}

Test(oracle, dirtied_bytes_are_counted)
{
    struct pb_launch_result r = run_oracle("write", "8192");
    if (!dir_is_on_a_disk()) cr_skip_test("the temporary folder is on no block device");
    cr_expect(r.usage.ru_oublock * 512L >= 8L << 20, "%ld", r.usage.ru_oublock);
}
