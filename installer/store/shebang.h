/* SPDX-License-Identifier: MIT */
#ifndef PL_SHEBANG_H
#define PL_SHEBANG_H

#include "base/str.h"

/*
 * A script with Windows line ends in its first line cannot be started: the kernel looks for an
 * interpreter whose name ends in CR. As npm does, the CR of a "#!...\r\n" line is taken out; only
 * this one, and only when the line ends within the first PL_SHEBANG_MAX bytes.
 */
#define PL_SHEBANG_MAX 2048

/* Offset of the CR to take out, or 0. `head` may be longer than PL_SHEBANG_MAX. */
size_t pl_shebang_cr(struct pb_str head);

#endif
