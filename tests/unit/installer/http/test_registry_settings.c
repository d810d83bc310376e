/* SPDX-License-Identifier: MIT */
#include "installer/registry/registry.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct pl_config *load(const char *const *cli)
{
    static const char *const env[] = {NULL};
    struct pl_config_sources sources = {.cli = cli, .envp = env};
    struct pb_err err = PB_ERR_INIT;
    setenv("PATH", "/nonexistent", 1); /* no npm, no node: nothing of this machine */
    struct pl_config *config = pl_config_load(&sources, &err);
    cr_assert_not_null(config, "%s", err.msg);
    return config;
}

#define NPM "http://registry.example:80/npm/"
static const struct {
    const char *rule, *registry, *tarball, *url; /* url NULL: an error */
} tarballs[] = {
    {"never", NPM, "http://old.example/a/-/a.tgz", "http://old.example/a/-/a.tgz"},
    {"always", NPM, "http://old.example/a/-/a.tgz?x#y",
     "http://registry.example:80/npm/a/-/a.tgz?x#y"},
    {"always", NPM, "http://old.example/npm/a/-/a.tgz", "http://registry.example:80/npm/a/-/a.tgz"},
    {"always", NPM, "http://old.example/npma/-/a.tgz",
     "http://registry.example:80/npm/npma/-/a.tgz"},
    {"always", "https://r.example", "http://old.example/a.tgz", "https://r.example/a.tgz"},
    {"old.example", NPM, "http://OLD.example/a.tgz", "http://registry.example:80/npm/a.tgz"},
    {"old.example", NPM, "http://old.example:81/a.tgz", "http://old.example:81/a.tgz"},
    {"old.example", NPM, "http://other.example/a.tgz", "http://other.example/a.tgz"},
    {"http://old.example/p/q/", NPM, "http://old.example/p/q/a.tgz",
     "http://registry.example:80/npm/a.tgz"},
    {"http://old.example/p/q", NPM, "http://old.example/p/qa.tgz", "http://old.example/p/qa.tgz"},
    {"always", NPM, "file:///etc/passwd", NULL},
    {"always", NPM, "", NULL},
    {"always", "ftp://registry.example", "http://old.example/a.tgz", NULL},
};

Test(registry_settings, tarballs_move_as_replace_registry_host_says)
{
    for (size_t i = 0; i < sizeof tarballs / sizeof *tarballs; i++) {
        struct pb_arena arena = PB_ARENA_INIT;
        const char *cli[] = {pb_arena_printf(&arena, "replace-registry-host=%s", tarballs[i].rule),
                             pb_arena_printf(&arena, "registry=%s", tarballs[i].registry), NULL};
        struct pl_config *config = load(cli);
        struct pb_err err = PB_ERR_INIT;
        struct pb_str url;
        int result = pl_registry_tarball_url(config, &arena, PB_LIT("a"),
                                             pb_str(tarballs[i].tarball), &url, &err);
        if (tarballs[i].url) {
            cr_assert_eq(result, 0, "%s", err.msg);
            cr_expect(pb_str_is(url, tarballs[i].url), "%s: " PB_FMT, tarballs[i].tarball,
                      PB_ARG(url));
        } else {
            cr_expect_eq(result, -1, "%s", tarballs[i].tarball);
            cr_expect_eq(err.code, PB_E_BAD_INPUT);
        }
        pl_config_free(config);
        pb_arena_release(&arena);
    }
}

static const struct {
    const char *settings[3], *before;
} ages[] = {
    {{NULL}, ""},
    {{"min-release-age=0"}, ""},
    {{"min-release-age=7"}, "2018-01-03T00:00:00Z"},
    {{"min-release-age=999999999999"}, "1970-01-01T00:00:00Z"},
    {{"before=2017-05-05", "min-release-age=7"}, "2017-05-05"},
};

Test(registry_settings, cut_off_is_absolute_or_days_back)
{
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
        struct pb_arena arena = PB_ARENA_INIT;
        struct pl_config *config = load(ages[i].settings);
        struct pb_str before = pl_registry_before(config, &arena, 1515542400000000000);
        cr_expect(pb_str_is(before, ages[i].before), "row %zu: " PB_FMT, i, PB_ARG(before));
        pl_config_free(config);
        pb_arena_release(&arena);
    }
}

Test(registry_settings, http_options_come_from_the_configuration)
{
    static const char *const cli[] = {
        "maxsockets=9",       "fetch-retries=0", "strict-ssl=false", "proxy=http://proxy.example/",
        "fetch-timeout=5000", "cafile=/ca.pem",  "http2=true",       NULL};
    struct pl_config *config = load(cli);
    struct pl_http_options o = pl_registry_http_options(config);
    cr_expect_eq(o.max_connections, 9);
    cr_expect_eq(o.retries, 0);
    cr_expect(o.insecure);
    cr_expect_eq(o.timeout_ms, 5000);
    cr_expect_str_eq(o.proxy, "http://proxy.example/");
    cr_expect_str_eq(o.https_proxy, "http://proxy.example/");
    cr_expect_str_eq(o.cafile, "/ca.pem");
    cr_expect_eq(o.version, PL_HTTP_2);
    pl_config_free(config);

    static const char *const none[] = {"maxsockets=-3", "proxy=false", NULL};
    config = load(none);
    o = pl_registry_http_options(config);
    cr_expect_eq(o.max_connections, 0);
    cr_expect_eq(o.version, PL_HTTP_1_1);
    cr_expect_eq(o.retries, 2);
    cr_expect_not(o.insecure);
    cr_expect_str_eq(o.proxy, "");
    cr_expect_null(o.noproxy);
    pl_config_free(config);
}
