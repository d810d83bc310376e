/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include "base/err.h"
#include "base/mem.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

struct pb_arena_block {
    struct pb_arena_block *next;
    size_t used, cap;
    _Alignas(max_align_t) char data[];
};

/* The first one, with its header, fits what malloc keeps in its per-thread cache. */
enum { FIRST_BLOCK = 960, LAST_BLOCK = 1 << 20 };

void pb_arena_release(struct pb_arena *arena)
{
    for (struct pb_arena_block *b = arena->head, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    *arena = PB_ARENA_INIT;
}

static struct pb_arena_block *new_block(size_t cap)
{
    if (cap > PTRDIFF_MAX - sizeof(struct pb_arena_block)) PB_BUG("out of memory: %zu bytes", cap);
    struct pb_arena_block *block = pb_malloc(sizeof *block + cap);
    *block = (struct pb_arena_block){.cap = cap};
    return block;
}

/* Blocks double in size. What is large beside them gets a block of its own behind the head, whose
 * free rest stays in use. */
static char *alloc_in_new_block(struct pb_arena *arena, size_t n)
{
    struct pb_arena_block *head = arena->head;
    size_t cap = head ? head->cap * 2 : FIRST_BLOCK;
    if (cap > LAST_BLOCK) cap = LAST_BLOCK;

    bool own = n > cap / 4;
    struct pb_arena_block *block = new_block(own ? n : cap);
    block->used = n;
    if (own && head) {
        block->next = head->next;
        head->next = block;
    } else {
        block->next = head;
        arena->head = block;
    }
    return block->data;
}

/* Not zeroed. */
static char *alloc_aligned(struct pb_arena *arena, size_t n, size_t align)
{
    struct pb_arena_block *head = arena->head;
    arena->used_bytes += n;
    if (head) {
        size_t at = (head->used + align - 1) & ~(align - 1);
        if (at <= head->cap && n <= head->cap - at) {
            head->used = at + n;
            return head->data + at;
        }
    }
    return alloc_in_new_block(arena, n);
}

void *pb_arena_alloc(struct pb_arena *arena, size_t n)
{
    return memset(alloc_aligned(arena, n, _Alignof(max_align_t)), 0, n);
}

void *pb_arena_array(struct pb_arena *arena, size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n))
        PB_BUG("out of memory: %zu items of %zu bytes", count, size);
    return pb_arena_alloc(arena, n);
}

char *pb_arena_cstr(struct pb_arena *arena, struct pb_str s)
{
    if (s.n == SIZE_MAX) PB_BUG("out of memory: %zu bytes", s.n);
    char *copy = alloc_aligned(arena, s.n + 1, 1);
    if (s.n) memcpy(copy, s.p, s.n);
    copy[s.n] = '\0';
    return copy;
}

struct pb_str pb_arena_str(struct pb_arena *arena, struct pb_str s)
{
    return pb_strn(pb_arena_cstr(arena, s), s.n);
}

char *pb_arena_printf(struct pb_arena *arena, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = pb_arena_vprintf(arena, fmt, ap);
    va_end(ap);
    return text;
}

char *pb_arena_vprintf(struct pb_arena *arena, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n < 0) PB_BUG("cannot format: %s", fmt);

    char *text = alloc_aligned(arena, (size_t)n + 1, 1);
    (void)vsnprintf(text, (size_t)n + 1, fmt, ap);
    return text;
}
