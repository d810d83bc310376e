/* SPDX-License-Identifier: MIT */
#include "base/late_library.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct {
    const char *soname, *function, *error; /* error: part of the message */
} missing[] = {
    {"libno-such-library.so.1", "f", "load libno-such-library.so.1"},
    {"libc.so.6", "no_such_function", "load libc.so.6: it is too old: it has no no_such_function"},
};

Test(late_library, says_what_is_missing)
{
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        struct pb_err err = PB_ERR_INIT;
        void (*function)(void);
        int rc = pb_late_library_load(missing[i].soname, &missing[i].function, &function, 1, &err);
        cr_expect_eq(rc, -1);
        cr_expect_not_null(strstr(err.msg, missing[i].error), "%s", err.msg);
    }
}
