/* SPDX-License-Identifier: MIT */
#ifndef PB_EXIT_STATUS_H
#define PB_EXIT_STATUS_H

/* What phasebench's exit status says (docs/design.md section 7). */
enum pb_exit {
    PB_EXIT_FINE = 0,
    PB_EXIT_REGRESSION = 1, /* confirmed */
    PB_EXIT_USAGE = 2,
    PB_EXIT_INVALID = 3, /* a cell is invalid; a gate: or contaminated */
    PB_EXIT_INCONCLUSIVE = 4,
    PB_EXIT_ENVIRONMENT = 5,  /* internal, or something is missing here */
    PB_EXIT_INTERRUPTED = 130 /* as shells report SIGINT */
};

#endif
