/* SPDX-License-Identifier: MIT */
#include "installer/resolve/resolver.h"

#include <features.h>

#if defined(__x86_64__)
#define CPU "x64"
#elif defined(__aarch64__)
#define CPU "arm64"
#elif defined(__i386__)
#define CPU "ia32"
#elif defined(__arm__)
#define CPU "arm"
#elif defined(__riscv)
#define CPU "riscv64"
#elif defined(__powerpc64__)
#define CPU "ppc64"
#elif defined(__s390x__)
#define CPU "s390x"
#elif defined(__loongarch64)
#define CPU "loong64"
#else
#define CPU "unknown"
#endif

#ifdef __GLIBC__
#define LIBC "glibc"
#else
#define LIBC "musl"
#endif

/* None of the "!" entries, and one of the others when there are any. */
static bool list_allows(const struct pl_strs *list, const char *value)
{
    if (list->n == 0 || (list->n == 1 && pb_str_is(list->items[0], "any"))) return true;
    size_t negated = 0;
    bool match = false;
    for (size_t i = 0; i < list->n; i++) {
        struct pb_str entry = list->items[i];
        if (entry.n == 0 || entry.p[0] != '!') {
            match = match || pb_str_is(entry, value);
            continue;
        }
        negated++;
        if (pb_str_is(pb_str_skip(entry, 1), value)) return false;
    }
    return match || negated == list->n;
}

bool pl_platform_matches(const struct pl_manifest *m)
{
    return list_allows(&m->os, "linux") && list_allows(&m->cpu, CPU) && list_allows(&m->libc, LIBC);
}
