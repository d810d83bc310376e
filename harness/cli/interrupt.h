/* SPDX-License-Identifier: MIT */
#ifndef PB_INTERRUPT_H
#define PB_INTERRUPT_H

#include <signal.h>

/* Set by SIGINT and SIGTERM once they are caught: whoever works looks at it and ends in order. */
extern volatile sig_atomic_t pb_interrupted;
void pb_catch_interrupts(void);

#endif
