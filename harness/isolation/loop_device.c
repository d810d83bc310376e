/* SPDX-License-Identifier: MIT */
#include "harness/isolation/loop_device.h"

#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <sys/ioctl.h>

enum { ATTEMPTS = 16 }; /* somebody else may take the free device first */

/* Direct I/O where the image's file system can: its pages need not be cached twice, and what is
 * written is really written. */
static int configure(int loop_fd, int image_fd)
{
    struct loop_config config = {
        .fd = (unsigned)image_fd,
        .info.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO,
    };
    if (ioctl(loop_fd, LOOP_CONFIGURE, &config) == 0) return 0;
    if (errno != EINVAL) return -1;
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    return ioctl(loop_fd, LOOP_CONFIGURE, &config);
}

int pb_loop_attach(int image_fd, char device[PB_LOOP_PATH_BYTES], struct pb_err *err)
{
    PB_AUTO_FD int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    if (control < 0) return pb_err_sys(err, errno, "open /dev/loop-control");
    for (int i = 0; i < ATTEMPTS; i++) {
        int number = ioctl(control, LOOP_CTL_GET_FREE);
        if (number < 0) return pb_err_sys(err, errno, "find a free loop device");
        snprintf(device, PB_LOOP_PATH_BYTES, "/dev/loop%d", number);
        PB_AUTO_FD int fd = open(device, O_RDWR | O_CLOEXEC);
        if (fd < 0) return pb_err_sys(err, errno, "open the loop device: %s", device);
        if (configure(fd, image_fd) == 0) return pb_take_fd(&fd);
        if (errno != EBUSY) return pb_err_sys(err, errno, "attach the image to %s", device);
    }
    return pb_err_set(err, PB_E_CONFLICT, "attach the image: all free loop devices were taken");
}
