/* SPDX-License-Identifier: MIT */
#include "installer/git/git_run.h"

#include "base/mem.h"
#include "base/process.h"

#include <stdlib.h>
#include <unistd.h>

enum { ARGS_MAX = 24, STDERR_BYTES_MAX = 64 << 10 };
#define TIMEOUT_NS (15 * 60 * 1000000000ll)

static bool ties_to_a_repository(const char *variable)
{
    static const char *const names[] = {
        "GIT_DIR=",        "GIT_WORK_TREE=", "GIT_INDEX_FILE=", "GIT_OBJECT_DIRECTORY=",
        "GIT_COMMON_DIR=", "GIT_NAMESPACE=", "GIT_PREFIX=",     "GIT_TERMINAL_PROMPT="};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strncmp(variable, names[i], strlen(names[i])) == 0) return true;
    return false;
}

/* The strings are borrowed, the list is malloc'd. */
static const char **environment(void)
{
    size_t n = 0, kept = 0;
    while (environ[n])
        n++;
    const char **list = pb_calloc(n + 4, sizeof *list);
    for (size_t i = 0; i < n; i++)
        if (!ties_to_a_repository(environ[i])) list[kept++] = environ[i];
    list[kept++] = "GIT_TERMINAL_PROMPT=0";
    if (!getenv("GIT_ASKPASS")) list[kept++] = "GIT_ASKPASS=echo";
    if (!getenv("GIT_SSH_COMMAND"))
        list[kept++] = "GIT_SSH_COMMAND=ssh -oStrictHostKeyChecking=accept-new";
    return list;
}

int pl_git_run(const char *cwd, const char *const *args, struct pb_buf *out, struct pb_err *err)
{
    const char *argv[ARGS_MAX] = {"git", "--no-replace-objects"};
    size_t n = 2;
    PB_AUTO_BUF struct pb_buf errors = PB_BUF_INIT(STDERR_BYTES_MAX);
    for (size_t i = 0; args[i]; i++) {
        PB_INVARIANT(n + 1 < ARGS_MAX);
        argv[n++] = args[i];
    }
    PB_AUTO_FREE const char **envp = environment();
    const struct pb_process_spec spec = {.argv = argv,
                                         .envp = envp,
                                         .cwd = cwd,
                                         .timeout_ns = TIMEOUT_NS,
                                         .out = out,
                                         .err = &errors};
    return pb_process_check(&spec, err);
}
