/* SPDX-License-Identifier: MIT */
#include "installer/version.h"

const char *pl_program_version(void)
{
    return PB_VERSION;
}
