/* SPDX-License-Identifier: MIT */
#include "harness/run/npm_registry.h"

#include "harness/run/leg.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text, *url; /* NULL: refused */
} urls[] = {{"http://registry.example", "http://registry.example/"},
            {"https://registry.example/npm//", "https://registry.example/npm/"},
            {"http://127.0.0.1:4873/", "http://127.0.0.1:4873/"},
            {"http://", NULL},
            {"http:// x", NULL},
            {"ftp://registry.example/", NULL},
            {"registry.example", NULL},
            {"", NULL}};

Test(npm_registry, urls_end_with_one_slash)
{
    struct pb_arena arena = PB_ARENA_INIT;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        const char *url = pb_registry_url(&arena, pb_str(urls[i].text));
        if (urls[i].url)
            cr_expect_str_eq(url, urls[i].url);
        else
            cr_expect_null(url, "%s", urls[i].text);
    }
    pb_arena_release(&arena);
}

static const struct {
    const char *text, *value;
} files[] = {{"registry=http://a.example/\n", "http://a.example/"},
             {"# registry=x\n; registry=y\n  registry = \"http://a.example/\"  \nother=1",
              "http://a.example/"},
             {"registry=one\nregistry=two", "two"},
             {"@scope:registry=http://a.example/\n", ""},
             {"registry", ""},
             {"", ""}};

Test(npm_registry, npmrc_gives_the_last_value)
{
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        cr_expect(pb_str_is(pb_npmrc_value(pb_str(files[i].text), "registry"), files[i].value),
                  "row %zu", i);
}

Test(npm_registry, environment_comes_first)
{
    struct pb_arena arena = PB_ARENA_INIT;
    setenv("npm_config_registry", "http://env.example", 1);
    cr_expect_str_eq(pb_npm_registry(&arena, NULL), "http://env.example/");
    pb_arena_release(&arena);
}

static const struct {
    const char *text, *label, *url;
    bool replayed;
} legs[] = {{"replay", "replay", NULL, true},
            {"live", "live", "http://env.example/", false},
            {"http://a.example/x", "http://a.example/x", "http://a.example/x/", false},
            {"mine=http://a.example", "mine", "http://a.example/", false},
            {"http://a.example/?q=1", "http://a.example/?q=1", "http://a.example/?q=1/", false},
            {"=http://a.example", NULL, NULL, false},
            {"elsewhere", NULL, NULL, false}};

Test(npm_registry, leg_is_replay_live_url_or_labelled_url)
{
    struct pb_arena arena = PB_ARENA_INIT;
    setenv("npm_config_registry", "http://env.example", 1);
    for (size_t i = 0; i < sizeof legs / sizeof *legs; i++) {
        struct pb_leg leg;
        struct pb_err err = PB_ERR_INIT;
        int rc = pb_leg_make(&arena, legs[i].text, &leg, &err);
        cr_assert_eq(rc, legs[i].label ? 0 : -1, "%s", legs[i].text);
        if (rc != 0) {
            cr_expect_eq(err.code, PB_E_USAGE);
            continue;
        }
        cr_expect_str_eq(leg.label, legs[i].label);
        cr_expect_eq(leg.replayed, legs[i].replayed);
        if (legs[i].url) cr_expect_str_eq(leg.url, legs[i].url);
        cr_expect(leg.account.missing, "says why nothing is counted until it is started");
    }
    pb_arena_release(&arena);
}
