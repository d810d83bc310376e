/* SPDX-License-Identifier: MIT */
#ifndef GOLDEN_H
#define GOLDEN_H

#include "base/str.h"

/*
 * Compares a text with tests/golden/<name>. On a mismatch the actual text is written beside the
 * test program as <name's last part>.actual and the first differing line is shown.
 * PB_UPDATE_GOLDEN=1 rewrites the golden instead.
 */
void expect_golden(const char *name, struct pb_str actual);

#endif
