/* SPDX-License-Identifier: MIT */
#include "datadir.h"

#include "fs.h"
#include "mem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>

/* AT_EXECFN serves where /proc is not mounted (a bare chroot). */
char *pb_exe_dir(struct pb_err *err)
{
    char *exe = realpath("/proc/self/exe", NULL);
    if (!exe) {
        const char *started_as = (const char *)(uintptr_t)getauxval(AT_EXECFN);
        exe = started_as ? realpath(started_as, NULL) : NULL;
    }
    char *slash = exe ? strrchr(exe, '/') : NULL;
    if (!slash) {
        pb_err_sys(err, errno, "cannot find the folder of the running program");
        free(exe);
        return NULL;
    }
    slash[slash == exe ? 1 : 0] = '\0';
    return exe;
}

static bool is_below(const char *path, const char *dir)
{
    PB_AUTO_FREE char *real = realpath(dir, NULL);
    if (!real) return false;
    size_t n = strlen(real);
    return strncmp(path, real, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static char *join(const char *root, const char *middle, const char *sub)
{
    size_t size = strlen(root) + strlen(middle) + strlen(sub) + 2;
    char *path = pb_malloc(size);
    (void)snprintf(path, size, "%s%s/%s", root, middle, sub);
    return path;
}

static char *candidate(const char *sub, struct pb_err *err)
{
    const char *chosen = getenv("PHASEBENCH_DATA");
    if (chosen && chosen[0]) return join(chosen, "", sub);
    PB_AUTO_FREE char *exe_dir = pb_exe_dir(err);
    if (!exe_dir) return NULL;
    if (is_below(exe_dir, PB_BINARY_DIR)) return join(PB_SOURCE_DIR, "", sub);
    return join(exe_dir, "/../share/phasebench", sub);
}

char *pb_datadir(const char *sub, struct pb_err *err)
{
    PB_AUTO_FREE char *path = candidate(sub, err);
    if (!path) return NULL;
    char *real = realpath(path, NULL);
    if (!real)
        pb_err_set(err, PB_E_NOT_FOUND,
                   "cannot find data files: %s: set PHASEBENCH_DATA to the folder that holds %s",
                   path, sub);
    return real;
}
