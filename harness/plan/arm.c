/* SPDX-License-Identifier: MIT */
#include "harness/plan/arm.h"

#include "base/clock.h"
#include "base/datadir.h"
#include "base/digest.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_ARM_ENV = 32 };

/* What an arm's text says, as slices of it. */
struct arm_text {
    struct pb_str name, manager, version, binary, env;
};

static bool is_arm_name(struct pb_str name)
{
    if (name.n == 0 || name.n > 64) return false;
    for (size_t i = 0; i < name.n; i++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.@+",
                    name.p[i]))
            return false;
    return name.p[0] != '.' && name.p[0] != '-';
}

static struct pb_str take_until(struct pb_str *rest, const char *stops)
{
    size_t n = 0;
    while (n < rest->n && !strchr(stops, rest->p[n]))
        n++;
    struct pb_str part = pb_strn(rest->p, n);
    *rest = pb_str_skip(*rest, n);
    return part;
}

static int parse_text(const char *text, struct arm_text *out, struct pb_err *err)
{
    struct pb_str rest = pb_str(text);
    *out = (struct arm_text){.name = take_until(&rest, "=")};
    if (rest.n) {
        rest = pb_str_skip(rest, 1);
        out->manager = take_until(&rest, "@:,");
        if (rest.n && rest.p[0] == '@') {
            rest = pb_str_skip(rest, 1);
            out->version = take_until(&rest, ":,");
        }
        if (rest.n && rest.p[0] == ':') {
            rest = pb_str_skip(rest, 1);
            out->binary = take_until(&rest, ",");
        }
        out->env = pb_str_skip(rest, 1);
    } else {
        struct pb_str name = out->name;
        out->manager = take_until(&name, "@");
        out->version = pb_str_skip(name, 1);
    }
    if (!is_arm_name(out->name) || out->manager.n == 0)
        return pb_err_set(err, PB_E_USAGE,
                          "cannot use arm \"%s\": write NAME, NAME@VERSION or "
                          "NAME=MANAGER[@VERSION][:BINARY][,KEY=VALUE...]",
                          text);
    return 0;
}

static int parse_env(struct pb_arena *arena, struct pb_str text, struct pb_arm *out,
                     struct pb_err *err)
{
    struct pb_kv *items = PB_ARENA_ARRAY(arena, struct pb_kv, MAX_ARM_ENV);
    struct pb_str part, rest = text;
    while (text.n && pb_str_split(&rest, ',', &part)) {
        ptrdiff_t eq = pb_str_find(part, '=');
        if (eq <= 0 || out->env_count == MAX_ARM_ENV)
            return pb_err_set(err, PB_E_USAGE,
                              "cannot use environment \"" PB_FMT
                              "\" of an arm: write KEY=VALUE, at "
                              "most %d of them",
                              PB_ARG(part), MAX_ARM_ENV);
        items[out->env_count++] =
            (struct pb_kv){pb_arena_cstr(arena, pb_strn(part.p, (size_t)eq)),
                           pb_arena_cstr(arena, pb_str_skip(part, (size_t)eq + 1))};
    }
    out->env = items;
    return 0;
}

const char *pb_arm_fetched_dir(struct pb_arena *arena, const char *cache_dir,
                               const struct pb_manager *manager, const char *version)
{
    return pb_arena_printf(arena, "%s/managers/%s-%s", cache_dir, manager->name, version);
}

static const char *real_path(struct pb_arena *arena, const char *path)
{
    struct pb_err ignored = PB_ERR_INIT;
    PB_AUTO_FREE char *real = pb_real_path(path, &ignored);
    return real ? pb_arena_cstr(arena, pb_str(real)) : NULL;
}

static const char *find_fetched(struct pb_arena *arena, const struct pb_manager *m,
                                const char *cache_dir, const char *version)
{
    if (!m->fetch_binary) return NULL;
    const char *dir = pb_arm_fetched_dir(arena, cache_dir, m, version);
    return real_path(arena, pb_arena_printf(arena, "%s/%s", dir, m->fetch_binary));
}

static const char *find_beside(struct pb_arena *arena, const struct pb_manager *m)
{
    struct pb_err ignored = PB_ERR_INIT;
    PB_AUTO_FREE char *dir = pb_exe_dir(&ignored);
    const char *path = dir ? pb_arena_printf(arena, "%s/%s", dir, m->program) : NULL;
    return path && access(path, X_OK) == 0 ? path : NULL;
}

static const char *find_on_path(struct pb_arena *arena, const char *program)
{
    PB_AUTO_FREE char *path = pb_find_program(program);
    return path ? real_path(arena, path) : NULL;
}

static void find_binary(struct pb_arena *arena, const struct arm_text *text, const char *cache_dir,
                        struct pb_arm *arm)
{
    const struct pb_manager *m = arm->manager;
    if (text->version.n) arm->asked_version = pb_arena_cstr(arena, text->version);
    if (text->binary.n) {
        const char *given = pb_arena_cstr(arena, text->binary);
        arm->binary = strchr(given, '/') ? real_path(arena, given) : find_on_path(arena, given);
        if (!arm->binary) arm->missing = pb_arena_printf(arena, "%s: not found", given);
        return;
    }
    if (text->version.n) {
        const char *version = arm->asked_version;
        arm->binary = find_fetched(arena, m, cache_dir, version);
        if (!arm->binary)
            arm->missing =
                pb_arena_printf(arena, "%s %s is not here: run `phasebench managers fetch %s@%s`",
                                m->name, version, m->name, version);
        return;
    }
    if (m->fetch_version) arm->binary = find_fetched(arena, m, cache_dir, m->fetch_version);
    if (arm->binary) arm->asked_version = m->fetch_version;
    if (!arm->binary) arm->binary = find_beside(arena, m);
    if (!arm->binary) arm->binary = find_on_path(arena, m->program);
    if (!arm->binary)
        arm->missing = pb_arena_printf(arena, "%s is not on PATH%s%s%s", m->program,
                                       m->fetch_package ? ": run `phasebench managers fetch " : "",
                                       m->fetch_package ? m->name : "",
                                       m->fetch_package ? "`" : " and cannot be fetched here");
}

static void find_node(struct pb_arena *arena, struct pb_arm *arm)
{
    if (!arm->manager->needs_node || !arm->binary) return;
    arm->node = find_on_path(arena, "node");
    if (arm->node) return;
    arm->binary = NULL;
    arm->missing =
        pb_arena_printf(arena, "%s needs node, which is not on PATH", arm->manager->name);
}

static int digest_binary(struct pb_arena *arena, struct pb_arm *arm, struct pb_err *err)
{
    PB_AUTO_FD int fd = open(arm->binary, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return pb_err_sys(err, errno, "cannot read the binary of arm %s: %s", arm->name,
                          arm->binary);
    struct pb_digest *digest = pb_digest_new(PB_SHA256);
    enum { CHUNK = 1 << 18 };
    PB_AUTO_FREE char *chunk = pb_malloc(CHUNK);
    ssize_t n;
    while ((n = read(fd, chunk, CHUNK)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0) pb_digest_add(digest, chunk, (size_t)n);
    uint8_t sum[PB_DIGEST_MAX];
    char hex[2 * PB_DIGEST_MAX + 1];
    pb_hex(sum, pb_digest_finish(digest, sum), hex);
    pb_digest_free(digest);
    if (n < 0)
        return pb_err_sys(err, errno, "cannot read the binary of arm %s: %s", arm->name,
                          arm->binary);
    arm->sha256 = pb_arena_cstr(arena, pb_str(hex));
    return 0;
}

/* The first word of the version output that begins with a digit ("deno 2.9.6 (stable...)"). */
static const char *version_word(struct pb_arena *arena, struct pb_str output)
{
    for (size_t i = 0; i < output.n; i++) {
        bool starts = i == 0 || strchr(" \n\tv", output.p[i - 1]);
        if (!starts || output.p[i] < '0' || output.p[i] > '9') continue;
        size_t end = i;
        while (end < output.n && !strchr(" \n\t,()", output.p[end]))
            end++;
        return pb_arena_cstr(arena, pb_strn(output.p + i, end - i));
    }
    return NULL;
}

static void ask_version(struct pb_arena *arena, struct pb_arm *arm)
{
    const struct pb_manager *m = arm->manager;
    const char *argv[16];
    size_t n = 0;
    if (arm->node) argv[n++] = arm->node;
    argv[n++] = arm->binary;
    for (const char *const *a = m->version_argv; a && *a && n < 15; a++)
        argv[n++] = *a;
    argv[n] = NULL;
    const char *path = getenv("PATH");
    const char *envp[] = {pb_arena_printf(arena, "PATH=%s", path ? path : "/usr/bin:/bin"),
                          "HOME=/nonexistent", "NO_COLOR=1", NULL};
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(4096);
    struct pb_process_spec spec = {
        .argv = argv, .envp = envp, .cwd = "/", .timeout_ns = 20 * PB_NS_PER_S, .out = &out};
    struct pb_err why = PB_ERR_INIT;
    if (pb_process_check(&spec, &why) == 0) arm->version = version_word(arena, pb_buf_str(&out));
    if (arm->version) return;
    arm->missing = pb_arena_printf(arena, "%s does not tell its version: %s", arm->binary,
                                   pb_err_is_set(&why) ? why.msg : "no number in its answer");
    arm->binary = NULL;
}

int pb_arm_make(struct pb_arena *arena, const char *text, const struct pb_manager *managers,
                size_t n, const char *cache_dir, struct pb_arm *out, struct pb_err *err)
{
    struct arm_text parsed;
    if (parse_text(text, &parsed, err) < 0) return -1;
    *out = (struct pb_arm){.name = pb_arena_cstr(arena, parsed.name)};
    const char *manager = pb_arena_cstr(arena, parsed.manager);
    out->manager = pb_manager_find(managers, n, manager);
    if (!out->manager)
        return pb_err_set(
            err, PB_E_USAGE,
            "cannot use arm \"%s\": unknown manager \"%s\": see `phasebench list managers`", text,
            manager);
    if (parse_env(arena, parsed.env, out, err) < 0) return -1;
    find_binary(arena, &parsed, cache_dir, out);
    find_node(arena, out);
    if (out->binary && digest_binary(arena, out, err) < 0) return -1;
    if (out->binary) ask_version(arena, out);
    if (out->binary) out->unknown_variable = pb_arm_unknown_variable(out);
    return 0;
}

static size_t length(const char *const *texts)
{
    size_t n = 0;
    while (texts && texts[n])
        n++;
    return n;
}

const char *const *pb_arm_argv(struct pb_arena *arena, const struct pb_arm *arm,
                               enum pb_action action, const struct pb_template_vars *vars,
                               const char **why)
{
    static const char *const names[] = {"install", "resolve", "add"};
    const struct pb_manager *m = arm->manager;
    const char *const *templates[] = {m->install, m->resolve, m->add};
    const char *const *args = templates[action];
    if (!args) {
        *why = pb_arena_printf(arena, "%s has no command for \"%s\"", m->name, names[action]);
        for (size_t i = 0; i < m->cannot_count; i++)
            if (strcmp(m->cannot[i].key, names[action]) == 0) *why = m->cannot[i].value;
        return NULL;
    }
    const char *const *parts[] = {args, vars->trace ? m->trace : NULL, m->counts};
    size_t n = 0, room = 3;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        room += length(parts[i]);
    const char **argv = PB_ARENA_ARRAY(arena, const char *, room);
    if (arm->node) argv[n++] = arm->node;
    argv[n++] = arm->binary;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (const char *const *part = parts[i]; part && *part; part++)
            argv[n++] = pb_template_expand(arena, *part, vars);
    return argv;
}
