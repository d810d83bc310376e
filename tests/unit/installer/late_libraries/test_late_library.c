/* SPDX-License-Identifier: MIT */
#include "installer/late_libraries/libarchive.h"
#include "installer/late_libraries/libcurl.h"

#include <criterion/criterion.h>
#include <string.h>

Test(late_library, what_the_installer_uses_is_there)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pl_libcurl_load(&err), 0, "%s", err.msg);
    cr_assert_eq(pl_libcurl_load(&err), 0, "once more");
    CURL *easy = curl_easy_init();
    cr_assert_not_null(easy);
    cr_expect_eq(curl_easy_setopt(easy, CURLOPT_URL, "http://registry.example/"), CURLE_OK);
    curl_easy_cleanup(easy);
    cr_assert_eq(pl_libarchive_load(&err), 0, "%s", err.msg);
    struct archive *a = archive_read_new();
    cr_assert_not_null(a);
    cr_expect_eq(archive_read_support_format_raw(a), ARCHIVE_OK);
    archive_read_free(a);
}

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
        int rc = pl_late_library_load(missing[i].soname, &missing[i].function, &function, 1, &err);
        cr_expect_eq(rc, -1);
        cr_expect_not_null(strstr(err.msg, missing[i].error), "%s", err.msg);
    }
}
