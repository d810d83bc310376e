/* SPDX-License-Identifier: MIT */
#include "installer/late_libraries/libarchive.h"
#include "installer/late_libraries/libcurl.h"

#include <criterion/criterion.h>

Test(late_libraries, what_the_installer_uses_is_there)
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
