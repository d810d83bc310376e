/* SPDX-License-Identifier: MIT */
#ifndef PB_LOSS_H
#define PB_LOSS_H

/* Why figures cannot be taken here and what helps, one line each; an empty cause: nothing lost. */
struct pb_loss {
    char cause[160], cure[240];
};

#endif
