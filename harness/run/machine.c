/* SPDX-License-Identifier: MIT */
#include "harness/run/machine.h"

#include "base/fs.h"
#include "base/mem.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

static const char unknown[] = "unknown";

static struct pb_str field(struct pb_str line, size_t index)
{
    struct pb_str part = {0};
    for (size_t i = 0; i <= index; i++)
        if (!pb_str_split(&line, ' ', &part)) return (struct pb_str){0};
    return part;
}

static bool holds(struct pb_str mount_point, const char *folder)
{
    if (pb_str_is(mount_point, "/")) return true;
    struct pb_str path = pb_str(folder);
    return path.n >= mount_point.n && pb_str_eq(pb_strn(path.p, mount_point.n), mount_point) &&
           (path.n == mount_point.n || path.p[mount_point.n] == '/');
}

const char *pb_machine_filesystem(struct pb_arena *arena, struct pb_str mountinfo,
                                  const char *folder)
{
    struct pb_str line;
    size_t best = 0;
    const char *out = unknown;
    while (pb_str_split(&mountinfo, '\n', &line)) {
        struct pb_str point = field(line, 4);
        ptrdiff_t dash = pb_str_search(line, PB_LIT(" - "));
        if (!point.n || dash < 0 || point.n < best || !holds(point, folder)) continue;
        best = point.n; /* the longest, and of equal ones the last (mounted over the others) */
        struct pb_str type = field(pb_str_skip(line, (size_t)dash + 3), 0),
                      options = field(line, 5);
        out = pb_arena_printf(arena, PB_FMT " " PB_FMT, PB_ARG(type), PB_ARG(options));
    }
    return out;
}

/* The value of the first line "key<spaces>separator value" of a text file. */
static const char *value_in_file(struct pb_arena *arena, const char *path, const char *key,
                                 char separator)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(4u << 20);
    if (pb_read_file(AT_FDCWD, path, &text, NULL) != 0) return unknown;
    struct pb_str rest = pb_buf_str(&text), line;
    while (pb_str_split(&rest, '\n', &line)) {
        ptrdiff_t at = pb_str_find(line, separator);
        if (at < 0 || !pb_str_is(pb_str_trim(pb_strn(line.p, (size_t)at)), key)) continue;
        struct pb_str value = pb_str_trim(pb_str_skip(line, (size_t)at + 1));
        if (value.n > 1 && value.p[0] == '"') value = pb_strn(value.p + 1, value.n - 2);
        return pb_arena_cstr(arena, value);
    }
    return unknown;
}

static const char *architecture(const char *machine)
{
    if (strcmp(machine, "x86_64") == 0) return "x64";
    return strcmp(machine, "aarch64") == 0 ? "arm64" : machine;
}

static void describe_system(struct pb_arena *arena, struct pb_journal_run *run)
{
    struct utsname u;
    run->host_os = value_in_file(arena, "/etc/os-release", "PRETTY_NAME", '=');
    run->kernel = run->platform = unknown;
    if (uname(&u) != 0) return;
    run->kernel = pb_arena_cstr(arena, pb_str(u.release));
    for (char *c = u.sysname; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    run->platform = pb_arena_printf(arena, "%s-%s", u.sysname, architecture(u.machine));
}

void pb_machine_describe(struct pb_arena *arena, const char *folder, struct pb_journal_run *run)
{
    describe_system(arena, run);
    run->cpu = value_in_file(arena, "/proc/cpuinfo", "model name", ':');
    long cpus = sysconf(_SC_NPROCESSORS_ONLN), pages = sysconf(_SC_PHYS_PAGES);
    run->cpus = cpus > 0 ? (unsigned)cpus : 0;
    run->memory_bytes = pages > 0 ? (int64_t)pages * sysconf(_SC_PAGESIZE) : 0;
    PB_AUTO_BUF struct pb_buf mounts = PB_BUF_INIT(4u << 20);
    PB_AUTO_FREE char *real = pb_real_path(folder, NULL);
    bool readable = pb_read_file(AT_FDCWD, "/proc/self/mountinfo", &mounts, NULL) == 0;
    run->filesystem =
        readable && real ? pb_machine_filesystem(arena, pb_buf_str(&mounts), real) : unknown;
}
