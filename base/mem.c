/* SPDX-License-Identifier: MIT */
#include "base/mem.h"

#include "base/err.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *p, size_t n)
{
    if (!p) PB_BUG("out of memory: %zu bytes", n);
    return p;
}

void *pb_malloc(size_t n)
{
    return checked(malloc(n ? n : 1), n);
}

void *pb_calloc(size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n))
        PB_BUG("out of memory: %zu items of %zu bytes", count, size);
    return checked(calloc(1, n ? n : 1), n);
}

void *pb_realloc(void *p, size_t n)
{
    return checked(realloc(p, n ? n : 1), n);
}

char *pb_strdup(const char *s)
{
    size_t n = strlen(s) + 1;
    return memcpy(pb_malloc(n), s, n);
}

void pb_grow(void *items, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap) return;
    size_t wanted = *cap > SIZE_MAX / 2 ? need : *cap * 2;
    if (wanted < need) wanted = need;
    if (wanted < 8) wanted = 8;
    if (wanted > SIZE_MAX / size) PB_BUG("out of memory: %zu items of %zu bytes", wanted, size);

    void *p;
    memcpy(&p, items, sizeof p); /* the caller's pointer has another type than void * */
    p = pb_realloc(p, wanted * size);
    memcpy(items, &p, sizeof p);
    *cap = wanted;
}

void pb_cleanup_free(void *pointer_to_pointer)
{
    void *p;
    memcpy(&p, pointer_to_pointer, sizeof p);
    free(p);
}
