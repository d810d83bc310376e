/* SPDX-License-Identifier: MIT */
#ifndef PB_LATE_LIBRARY_H
#define PB_LATE_LIBRARY_H

#include "base/err.h"

#include <stddef.h>

/*
 * A shared library that is loaded when it is first needed. libcurl and libarchive bring 38 others
 * along, libcrypto sets itself up for a millisecond, and an install that has nothing to do needs
 * none of them: linked in, they would be most of what such an install costs (docs/linkers.md).
 *
 * `functions` is a struct of `n` function pointers, one for each of `names`. -1: the library or one
 * of the functions is not there.
 */
int pb_late_library_load(const char *soname, const char *const *names, void *functions, size_t n,
                         struct pb_err *err) PB_MUST_CHECK;

/* Expands to a member of such a struct, and to a name for the list. */
#define PB_LATE_MEMBER(function) __typeof__(function) *function;
#define PB_LATE_NAME(function) #function,

#endif
