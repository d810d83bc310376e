/* SPDX-License-Identifier: MIT */
#include "installer/manifest/platform.h"

#include "installer/resolve/resolver.h"

#include <criterion/criterion.h>

static const struct pl_platform linux_glibc = {PB_LIT_INIT("linux"), PB_LIT_INIT("x64"),
                                               PB_LIT_INIT("glibc")};
static const struct pl_platform linux_unknown = {PB_LIT_INIT("linux"), PB_LIT_INIT("x64"), {0}};

enum { MAX_ENTRIES = 3 };
static const struct {
    const char *os[MAX_ENTRIES], *cpu[MAX_ENTRIES], *libc[MAX_ENTRIES];
    bool allowed;
} rows[] = {
    {{NULL}, {NULL}, {NULL}, true},
    {{"linux"}, {NULL}, {NULL}, true},
    {{"darwin"}, {NULL}, {NULL}, false},
    {{"darwin", "linux"}, {NULL}, {NULL}, true},
    {{"!linux"}, {NULL}, {NULL}, false},
    {{"!win32"}, {NULL}, {NULL}, true},
    {{"!win32", "!darwin"}, {NULL}, {NULL}, true},
    {{"!win32", "darwin"}, {NULL}, {NULL}, false},
    {{"!win32", "linux"}, {NULL}, {NULL}, true},
    {{"linux", "!linux"}, {NULL}, {NULL}, false},
    {{"any"}, {NULL}, {NULL}, true},
    {{"any", "darwin"}, {NULL}, {NULL}, false},
    {{"Linux"}, {NULL}, {NULL}, false},
    {{"linux"}, {"x64"}, {"glibc"}, true},
    {{"linux"}, {"arm64"}, {"glibc"}, false},
    {{"linux"}, {"x64"}, {"musl"}, false},
    {{NULL}, {"!arm64"}, {NULL}, true},
    {{NULL}, {"!x64"}, {NULL}, false},
    {{NULL}, {NULL}, {"!musl"}, true},
};

static struct pl_strs list_of(const char *const *entries, struct pb_str *out)
{
    size_t n = 0;
    for (; n < MAX_ENTRIES && entries[n]; n++)
        out[n] = pb_str(entries[n]);
    return (struct pl_strs){out, n};
}

Test(platform, lists_allow_and_forbid)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pb_str os[MAX_ENTRIES], cpu[MAX_ENTRIES], libc[MAX_ENTRIES];
        struct pl_manifest m = {.os = list_of(rows[i].os, os),
                                .cpu = list_of(rows[i].cpu, cpu),
                                .libc = list_of(rows[i].libc, libc)};
        cr_expect_eq(pl_platform_allows(&linux_glibc, &m), rows[i].allowed, "row %zu", i);
    }
}

Test(platform, an_unknown_libc_fits_no_list)
{
    struct pb_str items[] = {PB_LIT("!musl")};
    struct pl_manifest m = {.libc = {items, 1}};
    cr_expect_not(pl_platform_allows(&linux_unknown, &m));
    m.libc.n = 0;
    cr_expect(pl_platform_allows(&linux_unknown, &m));
}

Test(platform, this_machine)
{
    const struct pl_platform *p = pl_platform_current();
    cr_expect(pb_str_is(p->os, "linux"));
    cr_expect_gt(p->cpu.n, 0);
    cr_expect(p->libc.n == 0 || pb_str_is(p->libc, "glibc") || pb_str_is(p->libc, "musl"));

    struct pl_manifest m = {0};
    cr_expect(pl_platform_matches(&m));
    struct pb_str here[] = {p->os}, elsewhere[] = {PB_LIT("plan9")};
    m.os = (struct pl_strs){here, 1};
    cr_expect(pl_platform_matches(&m));
    m.os = (struct pl_strs){elsewhere, 1};
    cr_expect_not(pl_platform_matches(&m));
}
