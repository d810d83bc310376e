/* SPDX-License-Identifier: MIT */
#include "installer/store/package_path.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define RAW(lit)                                                                                   \
    {                                                                                              \
        (lit), sizeof(lit) - 1                                                                     \
    } /* a slice in a static table; NULs are kept */

static const struct {
    struct pb_str raw;
    const char *stripped; /* NULL: refused */
} cases[] = {
    {RAW("package/index.js"), "index.js"},
    {RAW("package/lib/a.js"), "lib/a.js"},
    {RAW("anything/x"), "x"},
    {RAW("package//lib///a"), "lib/a"},
    {RAW("package/./lib/./a"), "lib/a"},
    {RAW("./index.js"), "index.js"},
    {RAW("./package/x"), "package/x"}, /* as npm: the first part goes, whatever it is */
    {RAW("package/"), ""},
    {RAW("package"), ""},
    {RAW("."), ""},
    {RAW("package/lib/"), "lib"},
    {RAW("package/...x"), "...x"},
    {RAW("package/..x/y.."), "..x/y.."},
    {RAW("package/a b\n\xc3\xa9"), "a b\n\xc3\xa9"},
    {RAW("package/cc:x"), "cc:x"},
    {RAW("package/1:x"), "1:x"},
    {RAW(""), NULL},
    {RAW("/"), NULL},
    {RAW("/etc/passwd"), NULL},
    {RAW("//x/y"), NULL},
    {RAW(".."), NULL},
    {RAW("../x"), NULL},
    {RAW("../package/x"), NULL},
    {RAW("./../x"), NULL},
    {RAW("package/.."), NULL},
    {RAW("package/../x"), NULL},
    {RAW("package/../../x"), NULL},
    {RAW("package/lib/../../../x"), NULL},
    {RAW("package/lib/.."), NULL},
    {RAW("C:x"), NULL},
    {RAW("c:/x"), NULL},
    {RAW("package/C:x"), NULL},
    {RAW("package\\x"), NULL},
    {RAW("package/..\\x"), NULL},
    {RAW("..\\x/y"), NULL},
    {RAW("package/a\0b"), NULL},
    {RAW("package/\0"), NULL},
};

Test(package_path, strips_cleans_or_refuses)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char out[PL_PATH_MAX];
        size_t n;
        struct pb_err err = PB_ERR_INIT;
        int result = pl_package_path_stripped(cases[i].raw, out, &n, &err);
        if (!cases[i].stripped) {
            cr_assert_eq(result, -1, "case %zu \"%s\" gave \"%s\"", i, cases[i].raw.p, out);
            cr_assert_eq(err.code, PB_E_BAD_INPUT);
            continue;
        }
        cr_assert_eq(result, 0, "case %zu \"%s\": %s", i, cases[i].raw.p, err.msg);
        cr_assert_str_eq(out, cases[i].stripped);
        cr_assert_eq(n, strlen(out));
        cr_assert_eq(pl_path_is_clean(pb_strn(out, n)), n > 0);
    }
}

Test(package_path, without_strip_keeps_the_first_part)
{
    char out[PL_PATH_MAX];
    size_t n;
    cr_assert_eq(pl_package_path(PB_LIT("./bin/cli.js"), out, &n, NULL), 0);
    cr_assert_str_eq(out, "bin/cli.js");
    cr_assert_eq(pl_package_path(PB_LIT("../cli.js"), out, &n, NULL), -1);
    cr_assert_eq(pl_package_path(PB_LIT("bin/../../x"), out, &n, NULL), -1);
    cr_assert_eq(pl_package_path(PB_LIT("."), out, &n, NULL), 0);
    cr_assert_eq(n, 0);
}

Test(package_path, bounds_the_length)
{
    static char long_path[PL_PATH_MAX + 10];
    char out[PL_PATH_MAX];
    size_t n;
    memset(long_path, 'a', sizeof long_path);
    long_path[1] = '/';
    cr_assert_eq(pl_package_path_stripped(pb_strn(long_path, 2 + 255), out, &n, NULL), 0);
    cr_assert_eq(n, 255);
    cr_assert_eq(pl_package_path_stripped(pb_strn(long_path, 2 + 256), out, &n, NULL), -1);
    for (size_t i = 1; i < sizeof long_path; i += 2)
        long_path[i] = '/';
    cr_assert_eq(pl_package_path_stripped(pb_strn(long_path, PL_PATH_MAX - 1), out, &n, NULL), 0);
    cr_assert_eq(pl_package_path_stripped(pb_strn(long_path, PL_PATH_MAX), out, &n, NULL), -1);
}

Test(package_path, knows_clean_paths)
{
    static const struct pb_str unclean[] = {
        RAW(""),   RAW("/a"),   RAW("a/"),   RAW("a//b"), RAW("./a"), RAW("a/."),
        RAW(".."), RAW("a/.."), RAW("a\\b"), RAW("a\0b"), RAW("C:"),  RAW("a/C:b"),
    };
    for (size_t i = 0; i < sizeof unclean / sizeof unclean[0]; i++)
        cr_assert(!pl_path_is_clean(unclean[i]), "case %zu \"%s\"", i, unclean[i].p);
    cr_assert(pl_path_is_clean(PB_LIT("a")));
    cr_assert(pl_path_is_clean(PB_LIT("a/b.c/...")));
}
