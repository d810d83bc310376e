/* SPDX-License-Identifier: MIT */
#include "harness/run/fetch.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/datadir.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/process.h"
#include "base/term.h"
#include "harness/plan/arm.h"
#include "harness/run/npm_registry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define INSTALL_TIMEOUT_NS (10 * 60 * PB_NS_PER_S)

static int write_project(const char *dir, const char *package, const char *version,
                         struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(4096);
    PB_AUTO_FD int fd = pb_open_dir(AT_FDCWD, dir, err);
    if (fd < 0) return -1;
    pb_buf_add_cstr(
        &text, "{\"name\":\"fetched\",\"version\":\"1.0.0\",\"private\":true,\"dependencies\":{");
    pb_buf_add_json(&text, pb_str(package));
    pb_buf_add_char(&text, ':');
    pb_buf_add_json(&text, pb_str(version));
    pb_buf_add_cstr(&text, "}}\n");
    return pb_write_file(fd, "package.json", pb_buf_str(&text), 0644, err);
}

/* The binaries are in platform packages (optional dependencies): no lifecycle script is needed. */
static int install(struct pb_arena *arena, const char *dir, const char *registry,
                   struct pb_err *err)
{
    PB_AUTO_FREE char *programs = pb_exe_dir(err);
    if (!programs) return -1;
    const char *plumb = pb_arena_printf(arena, "%s/plumb", programs);
    const char *option = pb_arena_printf(arena, "--registry=%s", registry);
    const char *store = pb_arena_printf(arena, "--store=%s/.store", dir);
    struct pb_process_spec spec = {
        .argv = (const char *const[]){plumb, "install", "--ignore-scripts", option, store, NULL},
        .cwd = dir,
        .timeout_ns = INSTALL_TIMEOUT_NS};
    if (pb_process_check(&spec, err) != 0) return -1;
    return pb_remove_tree(AT_FDCWD, pb_arena_printf(arena, "%s/.store", dir), err);
}

static int fetch_into(struct pb_arena *arena, const struct pb_manager *m, const char *version,
                      const char *registry, const char *staging, const char *dir,
                      struct pb_err *err)
{
    const char *program = pb_arena_printf(arena, "%s/%s", staging, m->fetch_binary);
    if (write_project(staging, m->fetch_package, version, err) != 0 ||
        install(arena, staging, registry, err) != 0)
        return -1;
    if (!pb_exists(AT_FDCWD, program))
        return pb_err_set(err, PB_E_NOT_FOUND, "%s@%s was installed but has no %s",
                          m->fetch_package, version, m->fetch_binary);
    if (rename(staging, dir) != 0) return pb_err_sys(err, errno, "put %s in place", dir);
    return 0;
}

static bool is_plain_version(const char *version)
{
    return *version && *version != '.' &&
           strspn(version, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-+") ==
               strlen(version);
}

const char *pb_manager_fetch(struct pb_arena *arena, const struct pb_manager *m,
                             const char *version, const char *cache_dir, const char *registry,
                             struct pb_err *err)
{
    if (!m->fetch_package || !m->fetch_binary) {
        pb_err_set(err, PB_E_UNSUPPORTED,
                   "fetch %s: its file names no package for this platform: %s", m->name, m->file);
        return NULL;
    }
    if (!version) version = m->fetch_version;
    if (!is_plain_version(version)) {
        pb_err_set(err, PB_E_USAGE, "fetch %s@%s: give an exact version", m->name, version);
        return NULL;
    }
    const char *dir = pb_arm_fetched_dir(arena, cache_dir, m, version);
    const char *program = pb_arena_printf(arena, "%s/%s", dir, m->fetch_binary);
    if (pb_exists(AT_FDCWD, program)) return program;
    if (!registry) registry = pb_npm_registry(arena, err);
    const char *parent = pb_arena_printf(arena, "%s/managers", cache_dir);
    PB_AUTO_FREE char *staging = NULL;
    if (!registry || pb_mkdir_p(AT_FDCWD, parent, err) != 0 ||
        pb_make_temp_dir(parent, ".fetch-", &staging, err) != 0)
        return NULL;
    if (fetch_into(arena, m, version, registry, staging, dir, err) == 0) return program;
    pb_err_wrap(err, "fetch %s@%s", m->name, version);
    if (pb_remove_tree(AT_FDCWD, staging, NULL) != 0) pb_warn("left behind: %s", staging);
    return NULL;
}
