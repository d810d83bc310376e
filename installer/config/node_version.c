/* SPDX-License-Identifier: MIT */
#include "installer/config/node_version.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/process.h"

#include <fcntl.h>
#include <sys/stat.h>

#define MAX_HEADER_BYTES (64u << 10)

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

const char *pl_node_version_of_header(struct pb_arena *arena, struct pb_str text)
{
    uint64_t major, minor, patch;
    if (!find_number(text, "NODE_MAJOR_VERSION", &major) ||
        !find_number(text, "NODE_MINOR_VERSION", &minor) ||
        !find_number(text, "NODE_PATCH_VERSION", &patch))
        return NULL;
    return pb_arena_printf(arena, "%llu.%llu.%llu", (unsigned long long)major,
                           (unsigned long long)minor, (unsigned long long)patch);
}

/* <prefix>/bin/node has <prefix>/include/node/node_version.h beside it. */
static const char *from_header(struct pb_arena *arena, const char *node)
{
    struct pb_err ignored = PB_ERR_INIT;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_HEADER_BYTES);
    struct pb_str prefix = pb_str(node);
    for (int i = 0; i < 2; i++) {
        ptrdiff_t slash = pb_str_rfind(prefix, '/');
        if (slash < 0) return NULL;
        prefix.n = (size_t)slash;
    }
    const char *header =
        pb_arena_printf(arena, PB_FMT "/include/node/node_version.h", PB_ARG(prefix));
    if (pb_read_file(AT_FDCWD, header, &text, &ignored) != 0) return NULL;
    return pl_node_version_of_header(arena, pb_buf_str(&text));
}

static const char *ask(struct pb_arena *arena, const char *node)
{
    struct pb_err ignored = PB_ERR_INIT;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(256);
    const char *const argv[] = {node, "--version", NULL};
    const struct pb_process_spec spec = {.argv = argv, .out = &out, .timeout_ns = 20 * PB_NS_PER_S};
    if (pb_process_check(&spec, &ignored) != 0) return NULL;
    struct pb_str text = pb_str_trim(pb_buf_str(&out));
    return pb_str_starts(text, "v") ? pb_arena_cstr(arena, pb_str_skip(text, 1)) : NULL;
}

/* "<device> <inode> <time> <version>", one line. */
static const char *ask_once(struct pb_arena *arena, const char *node, const char *cache_dir)
{
    struct stat st;
    struct pb_err ignored = PB_ERR_INIT;
    PB_AUTO_BUF struct pb_buf kept = PB_BUF_INIT(512);
    if (!cache_dir || stat(node, &st) != 0) return ask(arena, node);
    const char *file = pb_arena_printf(arena, "%s/node-version", cache_dir);
    const char *key = pb_arena_printf(arena, "%llu %llu %lld ", (unsigned long long)st.st_dev,
                                      (unsigned long long)st.st_ino, (long long)st.st_mtime);
    if (pb_read_file(AT_FDCWD, file, &kept, &ignored) == 0 && pb_str_starts(pb_buf_str(&kept), key))
        return pb_arena_cstr(arena, pb_str_trim(pb_str_skip(pb_buf_str(&kept), strlen(key))));
    const char *version = ask(arena, node);
    if (!version || pb_mkdir_p(AT_FDCWD, cache_dir, &ignored) != 0) return version;
    const char *line = pb_arena_printf(arena, "%s%s\n", key, version);
    (void)!pb_write_file_atomic(AT_FDCWD, file, pb_str(line), 0666, &ignored);
    return version;
}

const char *pl_node_version(struct pb_arena *arena, const char *cache_dir)
{
    PB_AUTO_FREE char *found = pb_find_program("node");
    PB_AUTO_FREE char *node = found ? pb_real_path(found, NULL) : NULL;
    if (!node) return NULL;
    const char *version = from_header(arena, node);
    return version ? version : ask_once(arena, node, cache_dir);
}
