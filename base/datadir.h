/* SPDX-License-Identifier: MIT */
#ifndef PB_DATADIR_H
#define PB_DATADIR_H

#include "err.h"

/*
 * Where the program's data files are (phases/, managers/, fixtures/projects/ ...): the
 * source folder when the program runs from its build tree, else <prefix>/share/phasebench;
 * $PHASEBENCH_DATA overrides both. Returns a malloc'd absolute path of `sub`, which exists.
 */
char *pb_datadir(const char *sub, struct pb_err *err);

/* The folder of the running executable, malloc'd. */
char *pb_exe_dir(struct pb_err *err);

#endif
