/* SPDX-License-Identifier: MIT */
#include "installer/config/url.h"

#include <criterion/criterion.h>

static const struct {
    const char *text, *scheme, *userinfo, *host, *path, *origin;
} urls[] = {
    {"http://registry.example", "http", "", "registry.example", "", "http://registry.example"},
    {"HTTPS://u:p@registry.example:8/a/b?c#d", "HTTPS", "u:p", "registry.example:8", "/a/b",
     "HTTPS://u:p@registry.example:8"},
    {"http://[::1]:80/x", "http", "", "[::1]:80", "/x", "http://[::1]:80"},
    {"http://a@b@h/", "http", "a@b", "h", "/", "http://a@b@h"},
    {"http://h?x/y", "http", "", "h", "", "http://h"},
};

static const char *const malformed[] = {"",        "registry.example", "http:/h",    "ftp://h/",
                                        "http://", "http://u@/x",      "http://h /", "http://h\n",
                                        "//h/",    "httpx://h"};

Test(url, parts)
{
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        struct pl_url u;
        cr_assert(pl_url_parse(pb_str(urls[i].text), &u), "%s", urls[i].text);
        cr_expect(pb_str_is(u.scheme, urls[i].scheme), "%s", urls[i].text);
        cr_expect(pb_str_is(u.userinfo, urls[i].userinfo), "%s", urls[i].text);
        cr_expect(pb_str_is(u.host, urls[i].host), "%s", urls[i].text);
        cr_expect(pb_str_is(u.path, urls[i].path), "%s", urls[i].text);
        cr_expect(pb_str_is(u.origin, urls[i].origin), "%s", urls[i].text);
    }
}

Test(url, others_are_refused)
{
    struct pl_url u;
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
        cr_expect_not(pl_url_parse(pb_str(malformed[i]), &u), "%s", malformed[i]);
}

Test(url, credentials_are_not_shown)
{
    char shown[64];
    cr_expect_str_eq(pl_url_shown(PB_LIT("http://u:p@h/x?y"), shown, sizeof shown),
                     "http://***@h/x?y");
    cr_expect_str_eq(pl_url_shown(PB_LIT("http://h/@x"), shown, sizeof shown), "http://h/@x");
    cr_expect_str_eq(pl_url_shown(PB_LIT("not a url"), shown, 6), "not a");
}
