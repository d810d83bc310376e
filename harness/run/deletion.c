/* SPDX-License-Identifier: MIT */
#include "harness/run/deletion.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/ioprio.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Held shared by every deletion. */
static int open_lock(const char *cache_dir)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/deleting.lock", cache_dir) >= (int)sizeof path) return -1;
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
}

static _Noreturn void delete_quietly(const char *dir, int lock_fd)
{
    struct pb_err err = PB_ERR_INIT;
    int null_fd = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 3; fd++) /* nobody shall wait for the end of our output */
        if (null_fd < 0 || dup2(null_fd, fd) < 0) close(fd);
    for (int fd = 3; fd < 1024; fd++) /* nor for a lock on a file of ours */
        if (fd != lock_fd) close(fd);
    setsid();
    int niceness = nice(19);
    (void)niceness;
    syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_IDLE, 0));
    if (lock_fd >= 0) flock(lock_fd, LOCK_SH);
    _exit(pb_remove_tree(AT_FDCWD, dir, &err) == 0 ? 0 : 1);
}

int pb_deletion_start(const char *dir, const char *cache_dir, struct pb_err *err)
{
    char aside[PATH_MAX];
    if (!pb_exists(AT_FDCWD, dir)) return 0;
    if (snprintf(aside, sizeof aside, "%s.deleting-%d", dir, (int)getpid()) >= (int)sizeof aside)
        return pb_err_set(err, PB_E_LIMIT, "delete %s: path too long", dir);
    if (rename(dir, aside) != 0) return pb_err_sys(err, errno, "delete %s", dir);
    PB_AUTO_FD int lock_fd = open_lock(cache_dir);
    pid_t pid = fork();
    if (pid < 0) return pb_err_sys(err, errno, "delete %s", aside);
    if (pid == 0) delete_quietly(aside, lock_fd);
    return 0;
}

bool pb_deletion_under_way(const char *cache_dir)
{
    PB_AUTO_FD int fd = open_lock(cache_dir);
    return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}
