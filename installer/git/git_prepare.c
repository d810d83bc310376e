/* SPDX-License-Identifier: MIT */
#include "installer/git/git_prepare.h"

#include "base/mem.h"
#include "base/process.h"
#include "installer/manifest/manifest.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* Repositories that the processes above this one are preparing, one a line. */
#define VARIABLE "PLUMB_PREPARING"
enum { STDERR_BYTES_MAX = 64 << 10 };

static bool is_under_way(struct pb_str resolved)
{
    struct pb_str list = pb_str(getenv(VARIABLE));
    for (struct pb_str line; pb_str_split(&list, '\n', &line);)
        if (pb_str_eq(line, resolved)) return true;
    return false;
}

bool pl_git_may_prepare(const struct pl_git_prepare *prepare, struct pb_str resolved)
{
    return prepare && prepare->may(prepare->user, resolved) && !is_under_way(resolved);
}

struct pb_str pl_git_store_key(struct pb_arena *arena, const struct pl_git_prepare *prepare,
                               struct pb_str resolved)
{
    if (!pl_git_may_prepare(prepare, resolved)) return resolved;
    return pb_str(pb_arena_printf(arena, PB_FMT " prepared", PB_ARG(resolved)));
}

static bool has_script(const struct pl_manifest *m, const char *event)
{
    for (size_t i = 0; i < m->scripts.n; i++)
        if (pb_str_is(m->scripts.items[i].name, event)) return true;
    return false;
}

const char *pl_git_preparation(const struct pl_manifest *m)
{
    if (has_script(m, "prepare")) return PL_PREPARE_SCRIPT;
    if (has_script(m, "prepack")) return "a prepack script";
    if (has_script(m, "build")) return "a build script";
    return m->workspaces.n > 0 ? "workspaces" : NULL;
}

static bool needs_preparation(const struct pl_manifest *m)
{
    return pl_git_preparation(m) || has_script(m, "preinstall") || has_script(m, "install") ||
           has_script(m, "postinstall");
}

/* The strings are borrowed or the arena's, the list is malloc'd. */
static const char **environment(struct pb_arena *arena, struct pb_str resolved, const char *folder)
{
    size_t n = 0, kept = 0;
    const char *above = getenv(VARIABLE);
    while (environ[n])
        n++;
    const char **list = pb_calloc(n + 3, sizeof *list);
    for (size_t i = 0; i < n; i++) {
        bool is_replaced = strncmp(environ[i], VARIABLE "=", sizeof VARIABLE) == 0 ||
                           strncmp(environ[i], "INIT_CWD=", 9) == 0;
        if (!is_replaced) list[kept++] = environ[i];
    }
    list[kept++] = pb_arena_printf(arena, VARIABLE "=%s%s" PB_FMT, above ? above : "",
                                   above ? "\n" : "", PB_ARG(resolved));
    list[kept++] = pb_arena_printf(arena, "INIT_CWD=%s", folder);
    return list;
}

static const char **command_for(const struct pl_git_prepare *prepare, const char *folder)
{
    size_t n = 0;
    while (prepare->command[n])
        n++;
    const char **argv = pb_calloc(n + 2, sizeof *argv);
    memcpy(argv, prepare->command, n * sizeof *argv);
    argv[n] = folder;
    return argv;
}

/* The one line of the other plumb that says what went wrong. */
static struct pb_str error_of(struct pb_str text)
{
    struct pb_str why = PB_LIT("the install in its clone failed");
    for (struct pb_str line; pb_str_split(&text, '\n', &line);) {
        ptrdiff_t at = pb_str_search(line, PB_LIT("plumb: error: "));
        if (at >= 0) why = pb_str_skip(line, (size_t)at + strlen("plumb: error: "));
    }
    return why;
}

int pl_git_prepare(struct pb_arena *arena, const struct pl_git_prepare *prepare,
                   struct pb_str resolved, const char *folder, struct pb_err *err)
{
    struct pl_manifest m;
    if (!pl_git_may_prepare(prepare, resolved)) return 0;
    const char *file = pb_arena_printf(arena, "%s/package.json", folder);
    if (pl_manifest_load(arena, AT_FDCWD, file, &m, err) != 0) return -1;
    if (!needs_preparation(&m)) return 0;
    PB_AUTO_BUF struct pb_buf errors = PB_BUF_INIT(STDERR_BYTES_MAX);
    PB_AUTO_FREE const char **argv = command_for(prepare, folder);
    PB_AUTO_FREE const char **envp = environment(arena, resolved, folder);
    const struct pb_process_spec spec = {
        .argv = argv, .envp = envp, .err = &errors, .output = PB_OUTPUT_DROPPED};
    struct pb_process_result result;
    if (pb_process_run(&spec, &result, err) != 0) return -1;
    if (result.exit_code == 0) return 0;
    struct pb_str why = error_of(pb_buf_str(&errors));
    return pb_err_set(err, PB_E_CHILD, "prepare " PB_FMT ": " PB_FMT, PB_ARG(resolved),
                      PB_ARG(why));
}
