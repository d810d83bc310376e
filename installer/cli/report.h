/* SPDX-License-Identifier: MIT */
#ifndef PL_REPORT_H
#define PL_REPORT_H

#include "installer/install/install.h"

/* What a finished install says: warnings on stderr; a summary as npm's, or the statistics, on
 * stdout. */
void pl_cli_report_warnings(const struct pl_install_result *result);
void pl_cli_print_summary(const struct pl_install_settings *settings,
                          const struct pl_install_result *result);
void pl_cli_print_stats(const struct pl_install_result *result);

#endif
