/* SPDX-License-Identifier: MIT */
#include "harness/run/context.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUTPUT_MAX_BYTES (1u << 20)
#define QUOTE_BYTES 400

int pb_run_workspace(struct pb_run *run, const char *purpose, const struct pb_workspace *kept,
                     struct pb_workspace *out, struct pb_err *err)
{
    const char *root =
        pb_arena_printf(&run->arena, "%s/%04u-%s", run->work_dir, run->next_workspace++, purpose);
    return pb_workspace_make(&run->arena, root, kept, out, err);
}

struct gate {
    struct pb_run *run;
    const struct pb_command *command;
};

/* The command exists and waits. */
static int pass_gate(void *arg, pid_t pid, struct pb_err *err)
{
    const struct gate *gate = arg;
    const struct pb_run_isolation *isolation = &gate->run->isolation;
    if (isolation->pinned && sched_setaffinity(pid, sizeof isolation->cpus, &isolation->cpus) != 0)
        return pb_err_sys(err, errno, "pin the command to its processors");
    return gate->command->gate ? gate->command->gate(gate->command->gate_arg, pid, err) : 0;
}

int pb_command_run(struct pb_run *run, const struct pb_command *command,
                   struct pb_launch_result *result, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct gate gate = {run, command};
    struct pb_template_vars vars = pb_workspace_vars(command->ws, command->registry_url);
    vars.package = run->options->package;
    vars.trace = command->trace_path;
    const char *why = NULL;
    const char *const *argv = pb_arm_argv(&arena, command->arm, command->action, &vars, &why);
    int rc = -1;
    if (!argv) {
        pb_err_set(err, PB_E_UNSUPPORTED, "run %s: %s", command->arm->name, why);
    } else {
        const char *delayed = run->options->delayed_arm;
        bool delay = delayed && command->gate && strcmp(delayed, command->arm->name) == 0;
        struct pb_launch_spec spec = {.argv = argv,
                                      .envp = pb_workspace_environment(
                                          &arena, command->ws, command->arm, command->registry_url),
                                      .cwd = command->ws->project,
                                      .namespaces = command->namespaces,
                                      .output_path = command->ws->output,
                                      .output_max_bytes = OUTPUT_MAX_BYTES,
                                      .timeout_ns = run->options->timeout_ns,
                                      .linger_ns = run->options->linger_ns,
                                      .delay_permille = delay ? run->options->delay_permille : 0,
                                      .before_exec = pass_gate,
                                      .before_exec_arg = &gate,
                                      .cancel = run->options->cancel};
        rc = pb_launch_run(&spec, result, err);
    }
    pb_arena_release(&arena);
    return rc;
}

const char *pb_output_tail(struct pb_arena *arena, const char *path, size_t max_bytes)
{
    PB_AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) return "";
    off_t from = st.st_size > (off_t)max_bytes ? st.st_size - (off_t)max_bytes : 0;
    char *text = pb_arena_alloc(arena, max_bytes + 1);
    ssize_t n = pread(fd, text, max_bytes, from);
    if (n < 0) n = 0;
    text[n] = '\0';
    for (ssize_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < ' ' && text[i] != '\n' && text[i] != '\t') text[i] = ' ';
    while (from > 0 && ((unsigned char)*text & 0xC0) == 0x80)
        text++; /* a character was cut */
    return text;
}

static void one_line(char *text)
{
    for (; *text; text++)
        if (*text == '\n' || *text == '\t') *text = ' ';
}

int pb_command_check(struct pb_run *run, const struct pb_command *command, struct pb_err *err)
{
    struct pb_launch_result result;
    if (pb_command_run(run, command, &result, err) != 0) return -1;
    if (result.exit_code == 0 && !result.timed_out) return 0;
    struct pb_arena arena = PB_ARENA_INIT;
    char *tail =
        pb_arena_cstr(&arena, pb_str(pb_output_tail(&arena, command->ws->output, QUOTE_BYTES)));
    one_line(tail);
    if (result.timed_out)
        pb_err_set(err, PB_E_TIMEOUT, "%s timed out: %s", command->arm->name, tail);
    else if (result.signal)
        pb_err_set(err, PB_E_CHILD, "%s ended by signal %d: %s", command->arm->name, result.signal,
                   tail);
    else
        pb_err_set(err, PB_E_CHILD, "%s exit code %d: %s", command->arm->name, result.exit_code,
                   tail);
    pb_arena_release(&arena);
    return -1;
}
