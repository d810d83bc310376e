/* SPDX-License-Identifier: MIT */
#ifndef PB_SUGGEST_H
#define PB_SUGGEST_H

#include <stddef.h>

/*
 * "Did you mean": feed the known names one by one, then read `best` (NULL when none is near).
 * Nearness is the edit distance with swaps of neighbours (optimal string alignment), at most a
 * third of the word's length; a prefix counts as near too.
 */
struct pb_suggest {
    const char *word;
    size_t length;
    const char *best;
    unsigned distance;
};

struct pb_suggest pb_suggest_for(const char *word, size_t length);
void pb_suggest_try(struct pb_suggest *suggest, const char *name);

#endif
