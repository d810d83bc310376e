/* SPDX-License-Identifier: MIT */
#include "installer/install/node_version.h"

#include "base/fs.h"
#include "base/mem.h"
#include "base/process.h"
#include "base/term.h"
#include "installer/semver/semver.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FILE_NAME "node-version"
#define TIMEOUT_NS (10 * 1000000000ll)
#define HEADER_MAX_BYTES ((size_t)64 << 10)

static bool is_version(struct pb_str text)
{
    struct pl_version version;
    return pl_version_parse(text, false, &version);
}

/* "<version>\n<program> <bytes> <seconds>.<nanoseconds>\n" */
static struct pb_str remembered(struct pb_arena *arena, const char *cache_dir, struct pb_str key)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT((size_t)1 << 16);
    struct pb_err ignored = PB_ERR_INIT;
    const char *path = pb_arena_printf(arena, "%s/" FILE_NAME, cache_dir);
    if (pb_read_file(AT_FDCWD, path, &text, &ignored) != 0) return (struct pb_str){"", 0};
    struct pb_str rest = pb_buf_str(&text), version, program;
    if (!pb_str_split(&rest, '\n', &version) || !pb_str_split(&rest, '\n', &program) ||
        !pb_str_eq(program, key) || !is_version(version))
        return (struct pb_str){"", 0};
    return pb_arena_str(arena, version);
}

static void remember(struct pb_arena *arena, const char *cache_dir, struct pb_str key,
                     struct pb_str version)
{
    struct pb_err err = PB_ERR_INIT;
    const char *path = pb_arena_printf(arena, "%s/" FILE_NAME, cache_dir);
    const char *text =
        pb_arena_printf(arena, PB_FMT "\n" PB_FMT "\n", PB_ARG(version), PB_ARG(key));
    if (pb_mkdir_p(AT_FDCWD, cache_dir, &err) != 0 ||
        pb_write_file_atomic(AT_FDCWD, path, pb_str(text), 0666, &err) != 0)
        pb_debug("node version: %s", err.msg);
}

static struct pb_str ask(struct pb_arena *arena, const char *program)
{
    const char *argv[] = {program, "--version", NULL};
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(4096);
    struct pb_err err = PB_ERR_INIT;
    const struct pb_process_spec spec = {.argv = argv, .timeout_ns = TIMEOUT_NS, .out = &out};
    if (pb_process_check(&spec, &err) != 0) {
        pb_debug("node version: %s", err.msg);
        return (struct pb_str){"", 0};
    }
    struct pb_str version = pb_str_trim(pb_buf_str(&out));
    if (pb_str_starts(version, "v")) version = pb_str_skip(version, 1);
    return is_version(version) ? pb_arena_str(arena, version) : (struct pb_str){"", 0};
}

static bool find_number(struct pb_str text, const char *name, uint64_t *out)
{
    for (struct pb_str line; pb_str_split(&text, '\n', &line);) {
        if (!pb_str_starts(line, "#define ")) continue;
        struct pb_str rest = pb_str_skip(line, strlen("#define "));
        if (!pb_str_starts(rest, name) || rest.p[strlen(name)] != ' ') continue;
        return pb_str_u64(pb_str_trim(pb_str_skip(rest, strlen(name))), out);
    }
    return false;
}

struct pb_str pl_node_version_of_header(struct pb_arena *arena, struct pb_str text)
{
    uint64_t major, minor, patch;
    if (!find_number(text, "NODE_MAJOR_VERSION", &major) ||
        !find_number(text, "NODE_MINOR_VERSION", &minor) ||
        !find_number(text, "NODE_PATCH_VERSION", &patch))
        return (struct pb_str){"", 0};
    return pb_str(pb_arena_printf(arena, "%llu.%llu.%llu", (unsigned long long)major,
                                  (unsigned long long)minor, (unsigned long long)patch));
}

/* <prefix>/bin/node has <prefix>/include/node/node_version.h beside it. */
static struct pb_str from_header(struct pb_arena *arena, const char *node)
{
    struct pb_err ignored = PB_ERR_INIT;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(HEADER_MAX_BYTES);
    struct pb_str prefix = pb_str(node);
    for (int i = 0; i < 2; i++) {
        ptrdiff_t slash = pb_str_rfind(prefix, '/');
        if (slash < 0) return (struct pb_str){"", 0};
        prefix.n = (size_t)slash;
    }
    const char *header =
        pb_arena_printf(arena, PB_FMT "/include/node/node_version.h", PB_ARG(prefix));
    if (pb_read_file(AT_FDCWD, header, &text, &ignored) != 0) return (struct pb_str){"", 0};
    return pl_node_version_of_header(arena, pb_buf_str(&text));
}

struct pb_str pl_node_version(struct pb_arena *arena, const char *cache_dir)
{
    struct stat st;
    PB_AUTO_FREE char *program = pb_find_program("node");
    if (!program || stat(program, &st) != 0) return (struct pb_str){"", 0};
    PB_AUTO_FREE char *real = pb_real_path(program, NULL);
    struct pb_str told = real ? from_header(arena, real) : (struct pb_str){"", 0};
    if (told.n > 0) return told;
    struct pb_str key =
        pb_str(pb_arena_printf(arena, "%s %lld %lld.%09ld", program, (long long)st.st_size,
                               (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec));
    struct pb_str version = remembered(arena, cache_dir, key);
    if (version.n > 0) return version;
    version = ask(arena, program);
    if (version.n > 0) remember(arena, cache_dir, key, version);
    return version;
}
