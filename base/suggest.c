/* SPDX-License-Identifier: MIT */
#include "suggest.h"

#include <stdbool.h>
#include <string.h>

#define WORD_MAX 48 /* longer words get no suggestion */

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

static unsigned distance_of(const char *a, size_t na, const char *b, size_t nb)
{
    unsigned rows[3][WORD_MAX + 1];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];
    for (unsigned j = 0; j <= nb; j++)
        last[j] = j;
    for (size_t i = 1; i <= na; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= nb; j++) {
            bool same = a[i - 1] == b[j - 1];
            row[j] = least(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && before[j - 2] + 1 < row[j]) row[j] = before[j - 2] + 1;
        }
        unsigned *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[nb];
}

struct pb_suggest pb_suggest_for(const char *word, size_t length)
{
    return (struct pb_suggest){.word = word, .length = length, .distance = (unsigned)-1};
}

void pb_suggest_try(struct pb_suggest *s, const char *name)
{
    size_t n = strlen(name);
    if (s->length == 0 || s->length > WORD_MAX || n > WORD_MAX) return;
    unsigned distance = distance_of(s->word, s->length, name, n);
    bool is_prefix = s->length >= 2 && s->length < n && memcmp(name, s->word, s->length) == 0;
    bool is_near = distance <= (s->length < 6 ? 1 : s->length / 3);
    if (!is_near && !is_prefix) return;
    if (distance >= s->distance) return;
    s->best = name;
    s->distance = distance;
}
