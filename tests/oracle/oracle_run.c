/* SPDX-License-Identifier: MIT */
#include "oracle_run.h"

#include "base/clock.h"
#include "base/datadir.h"
#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static char *dir, *programs;

void oracle_set_up(void)
{
    struct pb_err err = PB_ERR_INIT;
    signal(SIGPIPE, SIG_IGN);
    programs = pb_exe_dir(&err);
    cr_assert(programs, "%s", err.msg);
    cr_assert_eq(pb_make_temp_dir("/tmp", "oracle-", &dir, &err), 0, "%s", err.msg);
}

void oracle_tear_down(void)
{
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, NULL), 0);
    free(dir);
    free(programs);
}

bool oracle_level_is(const char *level)
{
    const char *given = getenv("PB_ORACLE_LEVEL");
    return given && strcmp(given, level) == 0;
}

bool oracle_dir_is_on_a_disk(void)
{
    struct stat st;
    return stat(dir, &st) == 0 && (st.st_dev >> 8) != 0; /* tmpfs and overlays have major 0 */
}

struct gate {
    struct pb_probe_set *set;
    struct pb_facts *facts;
};

static int pass_gate(void *arg, pid_t pid, struct pb_err *err)
{
    struct gate *gate = arg;
    return pb_probe_set_gate(gate->set, gate->facts, pid, err);
}

struct pb_launch_result oracle_launch(const struct pb_probe *const *table,
                                      struct pb_instruments *instruments, const char *kind,
                                      long amount, struct pb_metric_values *out)
{
    static const char *const env[] = {"PATH=/usr/bin:/bin", NULL};
    static const struct pb_registry_account nobody_counts = {.missing = "no registry"};
    char program[512], number[24], output[512];
    snprintf(program, sizeof program, "%s/oracle_program", programs);
    snprintf(number, sizeof number, "%ld", amount);
    snprintf(output, sizeof output, "%s/output", dir);
    struct pb_facts facts = {.account = &nobody_counts, .instruments = instruments};
    struct gate gate = {pb_probe_set_new(table), &facts};
    struct pb_launch_spec spec = {.argv = (const char *const[]){program, kind, number, NULL},
                                  .envp = env,
                                  .cwd = dir,
                                  .output_path = output,
                                  .output_max_bytes = 4096,
                                  .timeout_ns = 60 * PB_NS_PER_S,
                                  .linger_ns = 20 * PB_NS_PER_S,
                                  .before_exec = pass_gate,
                                  .before_exec_arg = &gate};
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_probe_set_before(gate.set, &facts, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_launch_run(&spec, &facts.launch, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_probe_set_after(gate.set, &facts, out, &err), 0, "%s", err.msg);
    pb_probe_set_free(gate.set);
    return facts.launch;
}
