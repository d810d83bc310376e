/* SPDX-License-Identifier: MIT */
/* The published cases of npm-pick-manifest (test/index.js) as a table, without those on staged,
 * policy-restricted and avoided versions, which plumb has no options for, and on bins, which are
 * read later (manifest/test_bin.c); then cases of our own. */
#include "base/mem.h"
#include "installer/registry/packument.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static const char basic[] = "{\"dist-tags\":{\"foo\":\"1.0.1\"},\"versions\":{\"1.0.0\":{},"
                            "\"1.0.1\":{},\"1.0.2\":{},\"2.0.0\":{}}}";
static const char tagged[] = "{\"dist-tags\":{\"foo\":\"1.0.1\",\"latest\":\"1.0.0\"},"
                             "\"versions\":{\"1.0.0\":{},\"1.0.1\":{},\"1.0.2\":{},\"2.0.0\":{}}}";
static const char trash[] = "{\"versions\":{\"1.0.0\":{},\"lol ok\":{\"version\":\"1.0.1\"}}}";
static const char sparse[] = "{\"versions\":{\"1.0.0\":{},\"2.0.0\":{},\"2.0.5\":{}}}";
static const char prereleases[] =
    "{\"dist-tags\":{\"latest\":\"1.0.0-pre.0\",\"beta\":\"2.0.0-beta.0\"},\"versions\":{"
    "\"1.0.0-pre.0\":{},\"1.0.0-pre.1\":{},\"2.0.0-beta.0\":{},\"2.0.0-beta.1\":{}}}";
static const char deprecated[] = "{\"versions\":{\"1.0.0\":{},\"1.0.1\":{},"
                                 "\"1.1.0\":{\"deprecated\":\"yes\"},\"2.0.0\":{}}}";
static const char dated[] =
    "{\"dist-tags\":{\"latest\":\"3.0.0\"},\"time\":{\"modified\":\"2018-01-03T00:00:00.000Z\","
    "\"created\":\"2018-01-01T00:00:00.000Z\",\"1.0.0\":\"2018-01-01T00:00:00.000Z\","
    "\"2.0.0\":\"2018-01-02T00:00:00.000Z\",\"2.0.1\":\"2018-01-03T00:00:00.000Z\","
    "\"2.0.2\":\"2018-01-03T00:00:00.123Z\",\"3.0.0\":\"2018-01-04T00:00:00.000Z\"},"
    "\"versions\":{\"1.0.0\":{},\"2.0.0\":{},\"2.0.1\":{},\"3.0.0\":{}}}";
static const char engines[] =
    "{\"dist-tags\":{\"latest\":\"1.5.0\"},\"versions\":{"
    "\"1.0.0\":{\"engines\":{\"node\":\">=4\"}},\"1.1.0\":{\"engines\":{\"node\":\">=6\"}},"
    "\"1.2.0\":{\"engines\":{\"node\":\">=8\"}},\"1.3.0\":{\"engines\":{\"node\":\">=10\"}},"
    "\"1.4.0\":{\"engines\":{\"node\":\"\\u003e=12\"}},\"1.5.0\":{\"engines\":{\"node\":\">=14\"}},"
    "\"1.5.1\":{\"engines\":{\"node\":\">=14\"}}}}";
static const char partly_dated[] = "{\"dist-tags\":{\"latest\":\"1.0.0\"},\"versions\":{"
                                   "\"1.0.0\":{},\"2.0.0\":{}},"
                                   "\"time\":{\"1.0.0\":\"2018-01-03T00:00:00.000Z\"}}";
static const char old_latest[] =
    "{\"dist-tags\":{\"latest\":\"1.1.0\"},\"versions\":{\"1.0.0\":{},"
    "\"1.1.0\":{\"deprecated\":\"no\"},\"1.2.0\":{\"deprecated\":\"no\"},"
    "\"1.3.0-rc.1\":{}}}";
static const char ranks[] =
    "{\"versions\":{\"1.0.0\":{\"deprecated\":\"x\",\"engines\":{\"node\":\">=99\"}},"
    "\"1.1.0\":{\"engines\":{\"node\":\">=99\"}},"
    "\"1.2.0\":{\"deprecated\":\"x\",\"engines\":[\"node\"]},"
    "\"1.3.0\":{\"engines\":{\"node\":\">=99\"}}}}";
static const char huge[] = "{\"versions\":{\"1.9007199254740991.0\":{},\"9007199254740991.0.0\":{},"
                           "\"1048576.1.0\":{},\"1048577.0.0\":{},\"1.2.8388608\":{},"
                           "\"1.2.8388607\":{},\"1.2.8388607-a\":{}}}";

static const struct {
    const char *about, *document, *wanted, *picked; /* picked NULL: nothing matches */
    const char *tag, *before, *node;
} cases[] = {
    {"caret", basic, "^1.0.0", "1.0.2", 0, 0, 0},
    {"tilde", basic, "~1.0.0", "1.0.2", 0, 0, 0},
    {"comparators", basic, ">=1.0.0 <2", "1.0.2", 0, 0, 0},
    {"equals sign", basic, "=1.0.0", "1.0.0", 0, 0, 0},
    {"exact version", basic, "1.0.0", "1.0.0", 0, 0, 0},
    {"dist-tag", basic, "foo", "1.0.1", 0, 0, 0},
    {"trash keys are skipped", trash, "^1.0.0", "1.0.0", 0, 0, 0},
    {"trash keys match nothing", trash, "^1.0.1", NULL, 0, 0, 0},
    {"nothing in range", sparse, "^2.1.0", NULL, 0, 0, 0},
    {"default tag in range", tagged, "^1.0.0", "1.0.1", "foo", 0, 0},
    {"default tag out of range", tagged, "^2.0.0", "2.0.0", "foo", 0, 0},
    {"latest in range", tagged, "^1.0.0", "1.0.0", 0, 0, 0},
    {"star takes the default tag of prereleases", prereleases, "*", "2.0.0-beta.0", "beta", 0, 0},
    {"star takes latest of prereleases", prereleases, "*", "1.0.0-pre.0", 0, 0, 0},
    {"empty takes the default tag", prereleases, "", "2.0.0-beta.0", "beta", 0, 0},
    {"empty takes latest", prereleases, "", "1.0.0-pre.0", 0, 0, 0},
    {"no versions", "{\"versions\":{}}", "^1.0.0", NULL, 0, 0, 0},
    {"no versions member", "{}", "^1.0.0", NULL, 0, 0, 0},
    {"exact version of nothing", "{\"name\":\"package\"}", "1.1.1", NULL, 0, 0, 0},
    {"spaces around", basic, "  1.0.0 ", "1.0.0", 0, 0, 0},
    {"garbage beside", basic, "== 1.0.0 || foo", "1.0.0", 0, 0, 0},
    {"deprecated is avoided", deprecated, "^1.0.0", "1.0.1", 0, 0, 0},
    {"deprecated when nothing else is in range", deprecated, "^1.1.0", "1.1.0", 0, 0, 0},
    {"before: star", dated, "*", "2.0.0", 0, "2018-01-02", 0},
    {"before: latest falls back", dated, "latest", "2.0.0", 0, "2018-01-02", 0},
    {"before: to the millisecond", dated, "*", "2.0.1", 0, "2018-01-03T00:00:00.000Z", 0},
    {"before: exact version too young", dated, "3.0.0", NULL, 0, "2018-01-02", 0},
    {"before: all too young", dated, "", NULL, 0, "1918-01-02", 0},
    {"before: range", dated, "^2", "2.0.0", 0, "2018-01-02", 0},
    {"before: range above", dated, "^3", NULL, 0, "2018-01-02", 0},
    {"engines: 14", engines, "1.x", "1.5.0", 0, 0, "14.0.0"},
    {"engines: 12", engines, "1.x", "1.4.0", 0, 0, "12.0.0"},
    {"engines: 10", engines, "1.x", "1.3.0", 0, 0, "10.0.0"},
    {"engines: 8", engines, "1.x", "1.2.0", 0, 0, "8.0.0"},
    {"engines: 6", engines, "1.x", "1.1.0", 0, 0, "6.0.0"},
    {"engines: 4", engines, "1.x", "1.0.0", 0, 0, "4.0.0"},
    /* npm picks the object of key 1.5.1 here, which calls itself 1.5.0 */
    {"engines: none fits", engines, "1.x", "1.5.1", 0, 0, "1.2.3"},
    {"before: no time, no limit", partly_dated, "2", "2.0.0", 0, "2018-01-01", 0},
    {"tag that is not set", basic, "borked", NULL, 0, 0, 0},
    /* our own */
    {"deprecated latest loses", old_latest, "^1.0.0", "1.0.0", 0, 0, 0},
    {"deprecated latest by name", old_latest, "latest", "1.1.0", 0, 0, 0},
    {"highest of the deprecated", old_latest, "^1.1.0", "1.2.0", 0, 0, 0},
    {"prerelease only when asked for", old_latest, ">=1.2.0", "1.2.0", 0, 0, 0},
    {"prerelease asked for", old_latest, "^1.3.0-rc.0", "1.3.0-rc.1", 0, 0, 0},
    {"engine counts before deprecation", ranks, "*", "1.2.0", 0, 0, "20.0.0"},
    {"not deprecated before deprecated", ranks, "<1.2.0", "1.1.0", 0, 0, "20.0.0"},
    {"engines that are no object do not matter", ranks, "1.2.0", "1.2.0", 0, 0, "20.0.0"},
    {"v prefix", basic, "v1.0.2", "1.0.2", 0, 0, 0},
    {"largest major", huge, "*", "9007199254740991.0.0", 0, 0, 0},
    {"major beyond the sort key", huge, "<9007199254740991.0.0", "1048577.0.0", 0, 0, 0},
    {"minor beyond the sort key", huge, "1.x", "1.9007199254740991.0", 0, 0, 0},
    {"patch beyond the sort key", huge, "~1.2.0", "1.2.8388608", 0, 0, 0},
    {"release over prerelease", huge, ">=1.2.8388607-0 <1.2.8388608", "1.2.8388607", 0, 0, 0},
};

static struct pl_packument *parse(const char *text)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_packument *p = pl_packument_new(pb_strdup(text), strlen(text), &err);
    cr_assert_not_null(p, "%s", err.msg);
    return p;
}

Test(packument_pick, table)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_packument *p = parse(cases[i].document);
        struct pl_pick_options options = {pb_str(cases[i].tag), pb_str(cases[i].before),
                                          pb_str(cases[i].node)};
        struct pb_err err = PB_ERR_INIT;
        ptrdiff_t at = pl_packument_pick(p, pb_str(cases[i].wanted), &options, &err);
        if (cases[i].picked) {
            cr_assert_geq(at, 0, "%s: %s", cases[i].about, err.msg);
            struct pb_str got = pl_packument_version_text(p, (size_t)at);
            cr_expect(pb_str_is(got, cases[i].picked), "%s: " PB_FMT, cases[i].about, PB_ARG(got));
        } else {
            cr_expect_eq(at, -1, "%s", cases[i].about);
            cr_expect_eq(err.code, PB_E_NOT_FOUND, "%s: %s", cases[i].about, err.msg);
        }
        pl_packument_free(p);
    }
    printf("%zu cases\n", sizeof cases / sizeof *cases);
}

static const char *const not_registry[] = {"!?!?!?!", "file://foo.tar.gz", "git+ssh://x/y", "a b"};

Test(packument_pick, other_specifiers_are_refused)
{
    struct pl_packument *p = parse(basic);
    for (size_t i = 0; i < sizeof not_registry / sizeof *not_registry; i++) {
        struct pb_err err = PB_ERR_INIT;
        cr_expect_eq(pl_packument_pick(p, pb_str(not_registry[i]), NULL, &err), -1);
        cr_expect_eq(err.code, PB_E_BAD_INPUT, "%s", not_registry[i]);
    }
    pl_packument_free(p);
}

Test(packument_pick, malformed_before_is_refused)
{
    struct pl_packument *p = parse(dated);
    struct pl_pick_options options = {.before = PB_LIT("yesterday")};
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(pl_packument_pick(p, PB_LIT("*"), &options, &err), -1);
    cr_expect_eq(err.code, PB_E_BAD_INPUT);
    pl_packument_free(p);
}

/* A large document in scattered order: the pick equals a plain search for the maximum. */
Test(packument_pick, large_unsorted_document)
{
    const unsigned count = 3800;
    char *text = pb_malloc(count * 24 + 64);
    size_t n = (size_t)sprintf(text, "{\"name\":\"big\",\"versions\":{");
    for (unsigned i = 0; i < count; i++) {
        unsigned k = i * 2531 % count; /* coprime to 3800: a permutation */
        n += (size_t)sprintf(text + n, "%s\"%u.%u.%u\":{}", i ? "," : "", k / 400, k / 20 % 20,
                             k % 20);
    }
    n += (size_t)sprintf(text + n, "}}");
    struct pb_err err = PB_ERR_INIT;
    struct pl_packument *p = pl_packument_new(text, n, &err);
    cr_assert_not_null(p, "%s", err.msg);
    for (unsigned k = 0; k < count; k += 20) {
        char range[64], expected[32];
        snprintf(range, sizeof range, "~%u.%u.0", k / 400, k / 20 % 20);
        snprintf(expected, sizeof expected, "%u.%u.19", k / 400, k / 20 % 20);
        ptrdiff_t at = pl_packument_pick(p, pb_str(range), NULL, &err);
        cr_assert_geq(at, 0, "%s: %s", range, err.msg);
        cr_expect(pb_str_is(pl_packument_version_text(p, (size_t)at), expected), "%s", range);
    }
    pl_packument_free(p);
}
