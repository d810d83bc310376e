/* SPDX-License-Identifier: MIT */
#include "harness/probes/cgroup.h"

#include "base/clock.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX_BYTES (1u << 20)
#define EMPTY_TRIES 100
#define EMPTY_PAUSE_NS (10 * PB_NS_PER_MS)

int64_t pb_cgroup_value(struct pb_str text, const char *key)
{
    struct pb_str line, name;
    while (pb_str_split(&text, '\n', &line)) {
        uint64_t value;
        if (pb_str_split(&line, ' ', &name) && pb_str_is(name, key) && pb_str_u64(line, &value) &&
            value <= INT64_MAX / 1000)
            return (int64_t)value;
    }
    return -1;
}

int64_t pb_pressure_total_us(struct pb_str text)
{
    struct pb_str line;
    uint64_t value;
    if (!pb_str_split(&text, '\n', &line) || !pb_str_starts(line, "some ")) return -1;
    ptrdiff_t at = pb_str_search(line, PB_LIT("total="));
    if (at < 0 || !pb_str_u64(pb_str_trim(pb_str_skip(line, (size_t)at + 6)), &value)) return -1;
    return value <= INT64_MAX / 1000 ? (int64_t)value : -1;
}

struct pb_str pb_cgroup_mount_point(struct pb_str mountinfo)
{
    struct pb_str line, point = {0};
    while (pb_str_split(&mountinfo, '\n', &line)) {
        if (pb_str_search(line, PB_LIT(" - cgroup2 ")) < 0) continue;
        for (int field = 0; field < 5; field++)
            if (!pb_str_split(&line, ' ', &point)) return (struct pb_str){0};
        return point;
    }
    return (struct pb_str){0};
}

static bool find_own(char *out, size_t n)
{
    PB_AUTO_BUF struct pb_buf mounts = PB_BUF_INIT(FILE_MAX_BYTES),
                              groups = PB_BUF_INIT(FILE_MAX_BYTES);
    if (pb_read_file(AT_FDCWD, "/proc/self/mountinfo", &mounts, NULL) != 0 ||
        pb_read_file(AT_FDCWD, "/proc/self/cgroup", &groups, NULL) != 0)
        return false;
    struct pb_str point = pb_cgroup_mount_point(pb_buf_str(&mounts)), rest = pb_buf_str(&groups),
                  line;
    while (point.n && pb_str_split(&rest, '\n', &line)) {
        if (!pb_str_starts(line, "0::/")) continue;
        struct pb_str own = pb_str_skip(line, 3);
        if (pb_str_is(own, "/")) own.n = 0;
        int length = snprintf(out, n, PB_FMT PB_FMT, PB_ARG(point), PB_ARG(own));
        return length > 0 && (size_t)length < n;
    }
    return false;
}

PB_PRINTF(2, 3) static void lose(struct pb_cgroup *cgroup, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(cgroup->loss.cause, sizeof cgroup->loss.cause, fmt, ap);
    va_end(ap);
    if (cgroup->dir_fd >= 0) close(cgroup->dir_fd);
    cgroup->dir_fd = -1;
    if (!*cgroup->loss.cure)
        snprintf(cgroup->loss.cure, sizeof cgroup->loss.cure,
                 "run as root, or below systemd-run --user --scope -p Delegate=yes");
}

/* Permission to make a folder is not yet permission to move a process into it. */
static void try_it(struct pb_cgroup *cgroup)
{
    struct pb_cgroup_figures figures;
    struct pb_err err = PB_ERR_INIT;
    char common[4096 + 32];
    snprintf(common, sizeof common, "%s/../cgroup.procs", cgroup->path);
    if (faccessat(cgroup->dir_fd, "cgroup.procs", W_OK, AT_EACCESS) != 0 ||
        faccessat(AT_FDCWD, common, W_OK, AT_EACCESS) != 0) {
        rmdir(cgroup->path);
        lose(cgroup, "processes may not be moved into a cgroup of ours");
    } else if (pb_cgroup_read(cgroup, &figures, &err) != 0) {
        rmdir(cgroup->path);
        lose(cgroup, "%.150s", err.msg);
    }
}

void pb_cgroup_open(struct pb_cgroup *cgroup)
{
    static unsigned serial;
    char own[3800];
    *cgroup = (struct pb_cgroup){.dir_fd = -1};
    if (!find_own(own, sizeof own)) {
        snprintf(cgroup->loss.cure, sizeof cgroup->loss.cure,
                 "mount cgroup2 (usual on /sys/fs/cgroup)");
        lose(cgroup, "no cgroup v2 hierarchy is mounted");
        return;
    }
    snprintf(cgroup->path, sizeof cgroup->path, "%s/phasebench-%d-%u", own, (int)getpid(),
             serial++);
    if (mkdir(cgroup->path, 0755) != 0) {
        lose(cgroup, "no cgroup can be made: %s", strerror(errno));
        return;
    }
    cgroup->dir_fd = pb_open_dir(AT_FDCWD, cgroup->path, NULL);
    if (cgroup->dir_fd < 0)
        lose(cgroup, "the cgroup cannot be opened");
    else
        try_it(cgroup);
}

void pb_cgroup_close(struct pb_cgroup *cgroup)
{
    if (cgroup->dir_fd < 0) return;
    pb_cgroup_empty(cgroup);
    close(cgroup->dir_fd);
    cgroup->dir_fd = -1;
    rmdir(cgroup->path);
}

/* Control files want one write of the whole value. */
static int put(const struct pb_cgroup *cgroup, const char *name, const char *value)
{
    PB_AUTO_FD int fd = openat(cgroup->dir_fd, name, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    return write(fd, value, strlen(value)) == (ssize_t)strlen(value) ? 0 : -1;
}

int pb_cgroup_add(const struct pb_cgroup *cgroup, pid_t pid, struct pb_err *err)
{
    char text[16];
    snprintf(text, sizeof text, "%d", (int)pid);
    if (put(cgroup, "cgroup.procs", text) == 0) return 0;
    return pb_err_sys(err, errno, "move the command into its cgroup: %s", cgroup->path);
}

static int64_t stall_ns(const struct pb_cgroup *cgroup, const char *name)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(4096);
    if (pb_read_file(cgroup->dir_fd, name, &text, NULL) != 0) return -1;
    int64_t us = pb_pressure_total_us(pb_buf_str(&text));
    return us < 0 ? -1 : us * 1000;
}

int pb_cgroup_read(const struct pb_cgroup *cgroup, struct pb_cgroup_figures *out,
                   struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(FILE_MAX_BYTES);
    if (pb_read_file(cgroup->dir_fd, "cpu.stat", &text, err) != 0)
        return pb_err_wrap(err, "read the cgroup");
    int64_t user = pb_cgroup_value(pb_buf_str(&text), "user_usec"),
            sys = pb_cgroup_value(pb_buf_str(&text), "system_usec"),
            all = pb_cgroup_value(pb_buf_str(&text), "usage_usec");
    if (user < 0 || sys < 0 || all < 0)
        return pb_err_set(err, PB_E_BAD_INPUT, "read cpu.stat of the cgroup: no CPU time in it");
    *out = (struct pb_cgroup_figures){.user_ns = user * 1000,
                                      .sys_ns = sys * 1000,
                                      .cpu_ns = all * 1000,
                                      .stall_cpu_ns = stall_ns(cgroup, "cpu.pressure"),
                                      .stall_io_ns = stall_ns(cgroup, "io.pressure"),
                                      .stall_memory_ns = stall_ns(cgroup, "memory.pressure")};
    out->has_pressure =
        out->stall_cpu_ns >= 0 && out->stall_io_ns >= 0 && out->stall_memory_ns >= 0;
    return 0;
}

bool pb_cgroup_empty(const struct pb_cgroup *cgroup)
{
    for (int i = 0; i < EMPTY_TRIES; i++) {
        PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(4096);
        if (pb_read_file(cgroup->dir_fd, "cgroup.events", &text, NULL) != 0) return false;
        if (pb_cgroup_value(pb_buf_str(&text), "populated") == 0) return true;
        if (put(cgroup, "cgroup.kill", "1") != 0) return false; /* before Linux 5.14 */
        pb_sleep_ns(EMPTY_PAUSE_NS);
    }
    return false;
}
