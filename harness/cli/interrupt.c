/* SPDX-License-Identifier: MIT */
#include "harness/cli/interrupt.h"

volatile sig_atomic_t pb_interrupted;

static void on_interrupt(int signal)
{
    (void)signal;
    pb_interrupted = 1;
}

void pb_catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = on_interrupt};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}
