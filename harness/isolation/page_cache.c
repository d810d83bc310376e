/* SPDX-License-Identifier: MIT */
#include "harness/isolation/page_cache.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char drop_file[] = "/proc/sys/vm/drop_caches";

/* Opened rather than asked with access(2): root in a container passes that and is refused then. */
int pb_page_cache_can_drop(struct pb_err *err)
{
    PB_AUTO_FD int fd = open(drop_file, O_WRONLY | O_CLOEXEC);
    if (fd >= 0) return 0;
    return pb_err_set(err, PB_E_UNSUPPORTED, "drop the page cache: %s: %s: run as root", drop_file,
                      strerror(errno));
}

int pb_page_cache_drop(struct pb_err *err)
{
    PB_AUTO_FD int fd = open(drop_file, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "3", 1) != 1)
        return pb_err_sys(err, errno, "drop the page cache: %s", drop_file);
    return 0;
}
