/* SPDX-License-Identifier: MIT */
#ifndef PL_VERSION_H
#define PL_VERSION_H

/* plumb's own version, as in --version and the User-Agent. */
const char *pl_program_version(void);

#endif
