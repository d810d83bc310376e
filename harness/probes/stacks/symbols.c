/* SPDX-License-Identifier: MIT */
#include "harness/probes/stacks/symbols.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void pb_symbols_release(struct pb_symbols *symbols)
{
    free(symbols->items);
    pb_buf_release(&symbols->text);
    *symbols = PB_SYMBOLS_INIT;
}

void pb_symbols_add(struct pb_symbols *symbols, uint64_t address, uint64_t bytes, const char *name)
{
    PB_GROW(symbols->items, symbols->capacity, symbols->n + 1);
    symbols->items[symbols->n++] = (struct pb_symbol){address, bytes, name};
}

static size_t underscores(const char *name)
{
    return strspn(name, "_");
}

/* Of several at one address the best is the last: the largest, then that with the fewest leading
 * underscores (libc's own aliases have more than what programs call), then the first by name. */
static int by_address(const void *a, const void *b)
{
    const struct pb_symbol *x = a, *y = b;
    if (x->address != y->address) return x->address < y->address ? -1 : 1;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? -1 : 1;
    size_t m = underscores(x->name), n = underscores(y->name);
    if (m != n) return m > n ? -1 : 1;
    return strcmp(y->name, x->name);
}

void pb_symbols_sort(struct pb_symbols *symbols)
{
    if (symbols->n == 0) return;
    qsort(symbols->items, symbols->n, sizeof *symbols->items, by_address);
    size_t kept = 0;
    for (size_t i = 0; i < symbols->n; i++) {
        if (kept > 0 && symbols->items[kept - 1].address == symbols->items[i].address) kept--;
        symbols->items[kept++] = symbols->items[i];
    }
    symbols->n = kept;
}

const char *pb_symbols_find(const struct pb_symbols *symbols, uint64_t address)
{
    size_t low = 0, high = symbols->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (symbols->items[middle].address <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return NULL;
    const struct pb_symbol *s = &symbols->items[low - 1];
    return s->bytes == 0 || address - s->address < s->bytes ? s->name : NULL;
}

static bool take_hex(struct pb_str *line, uint64_t *out)
{
    size_t i = 0;
    *out = 0;
    for (; i < line->n && line->p[i] != ' '; i++) {
        char c = line->p[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0 || i >= 16) return false;
        *out = *out << 4 | (unsigned)digit;
    }
    if (i == 0 || i == line->n) return false;
    *line = pb_str_skip(*line, i + 1);
    return true;
}

/* Ends a name in place; the text is ours. */
static const char *name_of(struct pb_str line)
{
    char *name = (char *)line.p;
    size_t n = 0;
    while (n < line.n && name[n] != '\t' && name[n] != '\0')
        n++;
    name[n] = '\0'; /* at the end of the text stands a zero, too */
    return name;
}

void pb_symbols_read_kallsyms(struct pb_symbols *symbols)
{
    struct pb_str rest = pb_buf_str(&symbols->text), line;
    uint64_t address;
    while (pb_str_split(&rest, '\n', &line)) {
        if (!take_hex(&line, &address) || address == 0 || line.n < 3 || line.p[1] != ' ') continue;
        if (!strchr("tTwW", line.p[0])) continue;
        pb_symbols_add(symbols, address, 0, name_of(pb_str_skip(line, 2)));
    }
    pb_symbols_sort(symbols);
}

void pb_symbols_read_perf_map(struct pb_symbols *symbols)
{
    struct pb_str rest = pb_buf_str(&symbols->text), line;
    uint64_t address, bytes;
    while (pb_str_split(&rest, '\n', &line))
        if (take_hex(&line, &address) && take_hex(&line, &bytes) && bytes > 0 && line.n > 0)
            pb_symbols_add(symbols, address, bytes, name_of(line));
    pb_symbols_sort(symbols);
}
