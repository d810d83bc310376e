/* SPDX-License-Identifier: MIT */
#ifndef PB_MEM_H
#define PB_MEM_H

#include <stddef.h>

/* Heap allocation that aborts with a message when memory runs out (as the arena does). */
void *pb_malloc(size_t n) __attribute__((returns_nonnull, malloc));
void *pb_calloc(size_t count, size_t size) __attribute__((returns_nonnull, malloc));
void *pb_realloc(void *p, size_t n) __attribute__((returns_nonnull));
char *pb_strdup(const char *s) __attribute__((returns_nonnull, malloc));

/* Grows *items (elements of `size` bytes) so that it holds at least `need`; doubles. */
void pb_grow(void *items, size_t *cap, size_t need, size_t size);
#define PB_GROW(items, cap, need) pb_grow(&(items), &(cap), (need), sizeof(__typeof__(*(items))))

void pb_cleanup_free(void *pointer_to_pointer);
#define PB_AUTO_FREE __attribute__((cleanup(pb_cleanup_free)))

#endif
