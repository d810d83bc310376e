/* SPDX-License-Identifier: MIT */
#ifndef PB_ARENA_H
#define PB_ARENA_H

#include "str.h"

#include <stdarg.h>

/*
 * An arena owns all it gave out until it is released; nothing is freed alone. One thread at a time.
 * When memory runs out it aborts with a message: sizes that come from outside must have been
 * checked before.
 */
struct pb_arena {
    struct pb_arena_block *head;
    size_t used_bytes; /* handed out in total */
};

#define PB_ARENA_INIT ((struct pb_arena){0})

void pb_arena_release(struct pb_arena *arena);

/* Zeroed, aligned for any type. `n` 0 gives a valid pointer. */
void *pb_arena_alloc(struct pb_arena *arena, size_t n) __attribute__((returns_nonnull));
/* Zeroed array; aborts on overflow of count * size. */
void *pb_arena_array(struct pb_arena *arena, size_t count, size_t size)
    __attribute__((returns_nonnull));
#define PB_ARENA_NEW(arena, type) ((type *)pb_arena_alloc((arena), sizeof(type)))
#define PB_ARENA_ARRAY(arena, type, count) ((type *)pb_arena_array((arena), (count), sizeof(type)))

/* Zero-terminated copies. */
char *pb_arena_cstr(struct pb_arena *arena, struct pb_str s) __attribute__((returns_nonnull));
struct pb_str pb_arena_str(struct pb_arena *arena, struct pb_str s);
char *pb_arena_printf(struct pb_arena *arena, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), returns_nonnull));
char *pb_arena_vprintf(struct pb_arena *arena, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0), returns_nonnull));

#endif
