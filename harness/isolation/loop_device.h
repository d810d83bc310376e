/* SPDX-License-Identifier: MIT */
#ifndef PB_LOOP_DEVICE_H
#define PB_LOOP_DEVICE_H

#include "base/err.h"

#define PB_LOOP_PATH_BYTES 32

/* Attaches the image to a free loop device (loop(4)) and returns the device's descriptor; the
 * device frees itself when its last user is gone. `device` gets its path. */
int pb_loop_attach(int image_fd, char device[PB_LOOP_PATH_BYTES], struct pb_err *err);

#endif
