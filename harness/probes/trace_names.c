/* SPDX-License-Identifier: MIT */
#include "harness/probes/trace_names.h"

#include "kernel_names.h"

#include <linux/types.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "harness/probes/bpf/shared.h"

static const char *const syscall_names[PB_SYSCALLS_MAX] = {PB_SYSCALL_NAMES};
static const char *const opcode_names[PB_RING_OPCODES_MAX] = {PB_RING_OPCODE_NAMES};

const char *pb_syscall_name(uint32_t number)
{
    return number < PB_SYSCALLS_MAX ? syscall_names[number] : NULL;
}

const char *pb_ring_opcode_name(uint32_t opcode)
{
    return opcode < PB_RING_OPCODES_MAX ? opcode_names[opcode] : NULL;
}

/* Each list begins and ends with a space. Calls that read or write are told apart by their file. */
static const struct {
    const char *reason, *syscalls;
} reasons[] = {
    {"futex", " futex futex_wait futex_waitv "},
    {"epoll", " epoll_wait epoll_pwait epoll_pwait2 "},
    {"poll", " poll ppoll select pselect6 "},
    {"sleep", " nanosleep clock_nanosleep pause rt_sigsuspend rt_sigtimedwait "},
    {"child", " wait4 waitid vfork clone clone3 "},
    {"io_uring", " io_uring_enter io_uring_setup "},
    {"socket",
     " connect accept accept4 recvfrom recvmsg recvmmsg sendto sendmsg sendmmsg shutdown "},
    {"sync", " fsync fdatasync sync syncfs sync_file_range msync "},
    {"lock", " flock fcntl "},
    {"exit", " exit exit_group "},
    {"exec", " execve execveat "},
    {"file", " open openat openat2 creat close stat lstat fstat newfstatat statx access faccessat "
             "faccessat2 link linkat symlink symlinkat rename renameat renameat2 unlink unlinkat "
             "rmdir mkdir mkdirat getdents64 readlink readlinkat chmod fchmod fchmodat utimensat "
             "truncate ftruncate fallocate copy_file_range "},
    {"memory", " mmap munmap mprotect madvise brk mremap "},
};

static const char *reason_of_syscall(const char *name)
{
    char word[64];
    if (snprintf(word, sizeof word, " %s ", name) >= (int)sizeof word) return NULL;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strstr(reasons[i].syscalls, word)) return reasons[i].reason;
    return NULL;
}

static const char *reason_of_file(uint32_t type)
{
    static const char *const types[16] = {
        [1] = "pipe", [2] = "device", [4] = "file",   [6] = "device",
        [8] = "file", [10] = "file",  [12] = "socket"}; /* S_IFMT >> 12 of inode(7) */
    return types[type & 15];
}

const char *pb_off_reason(uint32_t key)
{
    uint32_t number = PB_OFF_SYSCALL(key);
    const char *name = pb_syscall_name(number);
    const char *reason = name ? reason_of_syscall(name) : NULL;
    /* Whoever waits for a ring is marked as waiting for I/O, be it for a socket or a clock. */
    if (reason && strcmp(reason, "io_uring") == 0) return reason;
    if (PB_OFF_IOWAIT(key)) return "disk";
    if (number == PB_OFF_RUNNABLE) return "runnable";
    if (number == PB_OFF_NO_SYSCALL) return "page fault";
    if (number == PB_OFF_WORKER) return "io_uring worker";
    if (!reason) reason = reason_of_file(PB_OFF_FILE_TYPE(key));
    return reason ? reason : "other";
}
