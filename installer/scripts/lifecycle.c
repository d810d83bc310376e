/* SPDX-License-Identifier: MIT */
#include "installer/scripts/lifecycle.h"

#include "base/fs.h"
#include "base/process.h"

#include <fcntl.h>
#include <stdio.h>

#define MAX_OUTPUT_BYTES (4u << 20)
#define QUOTE_BYTES 400

static const char *script_of(const struct pl_script_package *p, const char *event)
{
    const cJSON *scripts = cJSON_GetObjectItemCaseSensitive(p->manifest, "scripts");
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(scripts, event));
    return text && *text ? text : NULL;
}

static bool is_gyp_package(const struct pl_script_package *p)
{
    const cJSON *gypfile = cJSON_GetObjectItemCaseSensitive(p->manifest, "gypfile");
    PB_AUTO_FD int fd = open(p->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 && !cJSON_IsFalse(gypfile) && pb_exists(fd, "binding.gyp");
}

const char *pl_script_command(const struct pl_script_package *p, const char *event)
{
    const char *own = script_of(p, event);
    if (own || strcmp(event, "install") != 0) return own;
    bool is_default = !script_of(p, "preinstall") && is_gyp_package(p);
    return is_default ? "node-gyp rebuild" : NULL;
}

static const char *member(const struct pl_script_package *p, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(p->manifest, key));
    return text ? text : "";
}

static int failure(const struct pl_script_package *p, const char *event, const char *command,
                   const struct pb_process_result *result, const struct pb_buf *said,
                   struct pb_err *err)
{
    struct pb_str text = pb_str_trim(pb_buf_str(said));
    if (text.n > QUOTE_BYTES) text = pb_str_skip(text, text.n - QUOTE_BYTES);
    char how[40];
    if (result->signal)
        snprintf(how, sizeof how, "signal %d", result->signal);
    else
        snprintf(how, sizeof how, "status %d", result->exit_code);
    return pb_err_set(
        err, PB_E_CHILD, "run the %s script of %s@%s: \"%.200s\" ended with %s%s" PB_FMT, event,
        member(p, "name"), member(p, "version"), command, how,
        text.n ? ": " : ": see what it printed, or use --ignore-scripts", PB_ARG(text));
}

static void show(const struct pl_script_package *p, const char *event, const char *command,
                 enum pl_script_output output)
{
    FILE *to = output == PL_SCRIPT_SHOWN ? stdout : stderr;
    fprintf(to, "\n> %s%s%s %s\n> %s\n\n", member(p, "name"), *member(p, "version") ? "@" : "",
            member(p, "version"), event, command);
    fflush(to);
}

int pl_script_run(const struct pl_script_host *host, const struct pl_script_package *p,
                  const char *event, enum pl_script_output output, struct pb_err *err)
{
    const char *command = pl_script_command(p, event);
    if (!command) return 0;
    struct pb_arena arena = PB_ARENA_INIT;
    PB_AUTO_BUF struct pb_buf said = PB_BUF_INIT(MAX_OUTPUT_BYTES);
    const char *shell = pl_config_get(host->config, "script-shell");
    const char *const argv[] = {shell ? shell : "/bin/sh", "-c", command, NULL};
    struct pb_process_spec spec = {
        .argv = argv,
        .envp = pl_script_env(&arena, host, p, event, command),
        .cwd = p->dir,
        .out = &said,
        .err = &said,
    };
    if (output != PL_SCRIPT_QUIET) {
        show(p, event, command, output);
        spec.out = spec.err = NULL;
        spec.output = output == PL_SCRIPT_SHOWN ? PB_OUTPUT_INHERITED : PB_OUTPUT_TO_STDERR;
    }
    struct pb_process_result result;
    int rc = pb_process_run(&spec, &result, err);
    if (rc == 0 && result.exit_code != 0) rc = failure(p, event, command, &result, &said, err);
    pb_arena_release(&arena);
    return rc;
}
