/* SPDX-License-Identifier: MIT */
#include "installer/manifest/platform.h"

#include "base/fs.h"
#include "installer/resolve/resolver.h"

#include <fcntl.h>
#include <pthread.h>

#if defined __x86_64__
#define NODE_ARCH "x64"
#elif defined __aarch64__
#define NODE_ARCH "arm64"
#elif defined __arm__
#define NODE_ARCH "arm"
#elif defined __i386__
#define NODE_ARCH "ia32"
#elif defined __powerpc64__
#define NODE_ARCH "ppc64"
#elif defined __s390x__
#define NODE_ARCH "s390x"
#elif defined __riscv && __riscv_xlen == 64
#define NODE_ARCH "riscv64"
#elif defined __loongarch64
#define NODE_ARCH "loong64"
#else
#error "add the name that Node's process.arch has for this machine"
#endif

#ifdef __GLIBC__
#define BUILT_FOR_LIBC "glibc"
#else
#define BUILT_FOR_LIBC "musl"
#endif

static struct pl_platform current = {
    .os = PB_LIT_INIT("linux"), .cpu = PB_LIT_INIT(NODE_ARCH), .libc = PB_LIT_INIT(BUILT_FOR_LIBC)};

/* As npm does: the system's ldd is a script or a program that names its C library. Without one,
 * the library this program was built for. */
static void find_libc(void)
{
    struct pb_err err = PB_ERR_INIT;
    PB_AUTO_BUF struct pb_buf ldd = PB_BUF_INIT(1 << 20);
    if (pb_read_file(AT_FDCWD, "/usr/bin/ldd", &ldd, &err) != 0) return;
    if (pb_str_search(pb_buf_str(&ldd), PB_LIT("musl")) >= 0) {
        current.libc = PB_LIT("musl");
    } else if (pb_str_search(pb_buf_str(&ldd), PB_LIT("GNU C Library")) >= 0) {
        current.libc = PB_LIT("glibc");
    } else {
        current.libc = PB_LIT("");
    }
}

const struct pl_platform *pl_platform_current(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, find_libc);
    return &current;
}

/* None of the "!" entries, and one of the others if there are any. */
static bool list_allows(const struct pl_strs *list, struct pb_str value)
{
    if (list->n == 1 && pb_str_is(list->items[0], "any")) return true;
    size_t negated = 0;
    bool listed = false;
    for (size_t i = 0; i < list->n; i++) {
        struct pb_str entry = list->items[i];
        if (!pb_str_starts(entry, "!")) {
            listed = listed || pb_str_eq(entry, value);
            continue;
        }
        if (pb_str_eq(pb_str_skip(entry, 1), value)) return false;
        negated++;
    }
    return listed || negated == list->n;
}

bool pl_platform_allows(const struct pl_platform *platform, const struct pl_manifest *m)
{
    if (m->libc.n > 0 && platform->libc.n == 0) return false;
    return list_allows(&m->os, platform->os) && list_allows(&m->cpu, platform->cpu) &&
           list_allows(&m->libc, platform->libc);
}

bool pl_platform_matches(const struct pl_manifest *m)
{
    if (m->os.n == 0 && m->cpu.n == 0 && m->libc.n == 0) return true;
    return pl_platform_allows(pl_platform_current(), m);
}
