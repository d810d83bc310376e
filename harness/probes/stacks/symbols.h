/* SPDX-License-Identifier: MIT */
#ifndef PB_SYMBOLS_H
#define PB_SYMBOLS_H

#include "base/buf.h"

#include <stdint.h>

/*
 * Names by address. Filled, then sorted once, then asked. Names are borrowed, unless they come from
 * a text that the table reads itself.
 */
struct pb_symbol {
    uint64_t address, bytes; /* bytes 0: up to the next symbol */
    const char *name;
};
struct pb_symbols {
    struct pb_symbol *items;
    size_t n, capacity;
    struct pb_buf text;
};

#define PB_SYMBOLS_INIT ((struct pb_symbols){.text = PB_BUF_INIT((size_t)256 << 20)})

void pb_symbols_release(struct pb_symbols *symbols);
void pb_symbols_add(struct pb_symbols *symbols, uint64_t address, uint64_t bytes, const char *name);
void pb_symbols_sort(struct pb_symbols *symbols);
/* NULL when no symbol holds the address. */
const char *pb_symbols_find(const struct pb_symbols *symbols, uint64_t address);

/* What `symbols->text` holds, sorted afterwards: the lines of /proc/kallsyms, as far as they are
 * functions and their addresses are shown ("ffffffff81000000 T name\t[module]"); and those of a
 * /tmp/perf-PID.map ("START SIZE name", hexadecimal). Other lines are passed over. */
void pb_symbols_read_kallsyms(struct pb_symbols *symbols);
void pb_symbols_read_perf_map(struct pb_symbols *symbols);

#endif
