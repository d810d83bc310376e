/* SPDX-License-Identifier: MIT */
#include "tests/support/golden.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

static void show_difference(const char *name, struct pb_str expected, struct pb_str actual)
{
    struct pb_str e, a;
    for (unsigned line = 1;; line++) {
        bool more_e = pb_str_split(&expected, '\n', &e), more_a = pb_str_split(&actual, '\n', &a);
        if (!more_e && !more_a) return;
        if (more_e && more_a && pb_str_eq(e, a)) continue;
        cr_expect_fail("golden %s differs in line %u\n  expected: " PB_FMT "\n  actual:   " PB_FMT,
                       name, line, more_e ? (int)e.n : 0, more_e ? e.p : "", more_a ? (int)a.n : 0,
                       more_a ? a.p : "");
        return;
    }
}

void expect_golden(const char *name, struct pb_str actual)
{
    struct pb_err err = PB_ERR_INIT;
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", PB_GOLDEN_DIR, name);
    if (getenv("PB_UPDATE_GOLDEN")) {
        cr_assert_eq(pb_write_file(AT_FDCWD, path, actual, 0644, &err), 0, "%s", err.msg);
        return;
    }
    PB_AUTO_BUF struct pb_buf expected = PB_BUF_INIT(64 << 20);
    cr_assert_eq(pb_read_file(AT_FDCWD, path, &expected, &err), 0, "%s", err.msg);
    if (pb_str_eq(pb_buf_str(&expected), actual)) return;
    const char *slash = strrchr(name, '/');
    snprintf(path, sizeof path, "%s.actual", slash ? slash + 1 : name);
    cr_assert_eq(pb_write_file(AT_FDCWD, path, actual, 0644, &err), 0, "%s", err.msg);
    show_difference(name, pb_buf_str(&expected), actual);
}
