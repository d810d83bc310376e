/* SPDX-License-Identifier: MIT */
#include "installer/config/auth.h"

#include <criterion/criterion.h>

/* npm's own cases (workspaces/config/test/nerf-dart.js), with a host name of our own. */
static const struct {
    const char *dart, *urls[13];
} darts[] = {
    {"//registry.example/",
     {"https://registry.example", "https://registry.example/package-name",
      "https://registry.example/package-name?write=true",
      "https://registry.example/@scope%2fpackage-name",
      "https://registry.example/@scope%2fpackage-name?write=true",
      "https://username:password@registry.example/package-name?write=true",
      "https://registry.example/#hash", "https://registry.example/?write=true#hash",
      "https://registry.example/package-name?write=true#hash",
      "https://registry.example/package-name#hash",
      "https://registry.example/@scope%2fpackage-name?write=true#hash",
      "https://registry.example/@scope%2fpackage-name#hash"}},
    {"//my-couch:5984/registry/_design/app/rewrite/",
     {"https://my-couch:5984/registry/_design/app/rewrite/",
      "https://my-couch:5984/registry/_design/app/rewrite/package-name",
      "https://my-couch:5984/registry/_design/app/rewrite/package-name?write=true",
      "https://my-couch:5984/registry/_design/app/rewrite/@scope%2fpackage-name",
      "https://my-couch:5984/registry/_design/app/rewrite/@scope%2fpackage-name?write=true",
      "https://username:password@my-couch:5984/registry/_design/app/rewrite/"
      "package-name?write=true",
      "https://my-couch:5984/registry/_design/app/rewrite/#hash",
      "https://my-couch:5984/registry/_design/app/rewrite/?write=true#hash",
      "https://my-couch:5984/registry/_design/app/rewrite/package-name?write=true#hash",
      "https://my-couch:5984/registry/_design/app/rewrite/package-name#hash",
      "https://my-couch:5984/registry/_design/app/rewrite/@scope%2fpackage-name?write=true#hash",
      "https://my-couch:5984/registry/_design/app/rewrite/@scope%2fpackage-name#hash"}},
    {"//registry.example/", {"https://REGISTRY.example:443/x", "http://registry.example:80/x"}},
    {"//registry.example:443/", {"http://registry.example:443/x"}},
    {"", {"not a valid url"}},
};

Test(auth, nerf_dart_keeps_host_and_folder)
{
    struct pb_arena arena = PB_ARENA_INIT;
    for (size_t i = 0; i < sizeof darts / sizeof *darts; i++)
        for (size_t k = 0; darts[i].urls[k]; k++) {
            struct pb_str got = pl_nerf_dart(&arena, pb_str(darts[i].urls[k]));
            cr_expect(pb_str_is(got, darts[i].dart), "%s: " PB_FMT, darts[i].urls[k], PB_ARG(got));
        }
    pb_arena_release(&arena);
}

static const struct {
    const char *key, *value;
} settings[] = {
    {"//registry.example/:_authToken", "root"},
    {"//registry.example/npm/:_authToken", "npm"},
    {"//registry.example/bare:_authToken", "bare"},
    {"//basic.example/:_auth", "dTpw"},
    {"//user.example:8080/:username", "me"},
    {"//user.example:8080/:_password", "c2VjcmV0"},
    {"//half.example/:username", "me"},
    {"//bad.example/:username", "me"},
    {"//bad.example/:_password", "not base64"},
    {"//lines.example/:_authToken", "a\r\nx-evil: 1"},
    {"_authToken", "never"},
    {"//tls.example/:certfile", "root.pem"},
    {"//tls.example/:keyfile", "root.key"},
    {"//tls.example/npm/:certfile", "npm.pem"},
    {"//tls.example/npm/:keyfile", "npm.key"},
    {"//tls.example/half/:certfile", "half.pem"},
    {"certfile", "never.pem"},
    {"keyfile", "never.key"},
};

static const char *look_up(const void *user, const char *key)
{
    (void)user;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (strcmp(settings[i].key, key) == 0) return settings[i].value;
    return NULL;
}

static const struct {
    const char *url, *authorization;
} found[] = {
    {"https://registry.example/a", "Bearer root"},
    {"https://registry.example", "Bearer root"},
    {"http://registry.example/a/b/c?d=e", "Bearer root"},
    {"https://registry.example/npm/a", "Bearer npm"},
    {"https://registry.example/npm/", "Bearer npm"},
    {"https://registry.example/npmx/a", "Bearer root"},
    {"https://registry.example/bare/a", "Bearer bare"},
    {"https://registry.example:8080/a", NULL},
    {"https://evil.example/registry.example/", NULL},
    {"https://registry.example.evil.example/", NULL},
    {"https://registry.example@evil.example/", NULL},
    {"https://basic.example/x", "Basic dTpw"},
    {"https://user.example:8080/x", "Basic bWU6c2VjcmV0"},
    {"https://user.example/x", NULL},
    {"https://half.example/x", NULL},
    {"https://bad.example/x", NULL},
    {"https://lines.example/x", NULL},
    {"no url", NULL},
};

Test(auth, credentials_stay_with_their_place)
{
    struct pb_arena arena = PB_ARENA_INIT;
    for (size_t i = 0; i < sizeof found / sizeof *found; i++) {
        const char *got = pl_auth_find(&arena, pb_str(found[i].url), look_up, NULL);
        if (found[i].authorization) {
            cr_assert_not_null(got, "%s", found[i].url);
            cr_expect_str_eq(got, found[i].authorization, "%s: %s", found[i].url, got);
        } else {
            cr_expect_null(got, "%s: %s", found[i].url, got);
        }
    }
    pb_arena_release(&arena);
}

Test(auth, certificates_stay_with_their_place_and_come_with_their_key)
{
    static const struct {
        const char *url, *certfile, *keyfile;
    } cases[] = {
        {"https://tls.example/a", "root.pem", "root.key"},
        {"https://tls.example/npm/a", "npm.pem", "npm.key"},
        {"https://tls.example/half/a", "root.pem", "root.key"},
        {"https://tls.example:8443/a", NULL, NULL},
        {"https://registry.example/a", NULL, NULL},
        {"no url", NULL, NULL},
    };
    struct pb_arena arena = PB_ARENA_INIT;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_client_certificate got = {0};
        bool has = pl_auth_find_certificate(&arena, pb_str(cases[i].url), look_up, NULL, &got);
        cr_assert_eq(has, cases[i].certfile != NULL, "%s", cases[i].url);
        if (!has) continue;
        cr_expect_str_eq(got.certfile, cases[i].certfile, "%s", cases[i].url);
        cr_expect_str_eq(got.keyfile, cases[i].keyfile, "%s", cases[i].url);
    }
    pb_arena_release(&arena);
}
