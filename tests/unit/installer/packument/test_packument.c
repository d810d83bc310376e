/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "installer/registry/packument.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

static struct pl_packument *parse_n(const char *text, size_t n, struct pb_err *err)
{
    char *copy = pb_malloc(n + 1);
    memcpy(copy, text, n);
    copy[n] = '\0';
    return pl_packument_new(copy, n, err);
}

static struct pl_packument *parse(const char *text)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_packument *p = parse_n(text, strlen(text), &err);
    cr_assert_not_null(p, "%s", err.msg);
    return p;
}

static const char document[] =
    "{\"_id\":\"@s/a\",\"name\":\"@s\\/a\",\"readme\":\"x\\\"{[\","
    "\"dist-tags\":{\"latest\":\"2.0.0\",\"ne\\u0078t\":\"3.0.0-rc.1\",\"bad\":7},"
    "\"versions\":{"
    "\"1.0.0\":{\"name\":\"@s/a\",\"version\":\"1.0.0\",\"deprecated\":\"old\","
    "\"dependencies\":{\"b\":\"^1.0.0\"},\"dist\":{\"tarball\":\"http://registry.example/a.tgz\"}},"
    "\"2.0.0\": { \"deprecated\" : \"\" } ,"
    "\"odd\":null,"
    "\"3.0.0-rc\\u002e1\":{\"x\":{\"deprecated\":\"inner\"},\"deprecated\":false}},"
    "\"time\":{\"created\":\"2018-01-01\",\"modified\":\"2018-01-09\",\"2.0.0\":\"2018-01-02\","
    "\"1.0.0\":\"2018-01-01\",\"9.9.9\":\"2018-01-01\"}}";

Test(packument, index_finds_name_tags_and_versions)
{
    struct pl_packument *p = parse(document);
    cr_expect(pb_str_is(pl_packument_name(p), "@s/a"));
    cr_assert_eq(pl_packument_version_count(p), 3, "a version that is no object is left out");
    cr_expect(pb_str_is(pl_packument_version_text(p, 0), "1.0.0"));
    cr_expect(pb_str_is(pl_packument_version_text(p, 1), "2.0.0"));
    cr_expect(pb_str_is(pl_packument_version_text(p, 2), "3.0.0-rc.1"), "escapes are decoded");
    cr_expect(pb_str_is(pl_packument_tag(p, PB_LIT("latest")), "2.0.0"));
    cr_expect(pb_str_is(pl_packument_tag(p, PB_LIT("next")), "3.0.0-rc.1"));
    cr_expect_eq(pl_packument_tag(p, PB_LIT("bad")).n, 0);
    cr_expect_eq(pl_packument_tag(p, PB_LIT("absent")).n, 0);
    pl_packument_free(p);
}

Test(packument, times_are_joined_by_version)
{
    struct pl_packument *p = parse(document);
    cr_expect(pb_str_is(pl_packument_time(p, 0), "2018-01-01"));
    cr_expect(pb_str_is(pl_packument_time(p, 1), "2018-01-02"));
    cr_expect_eq(pl_packument_time(p, 2).n, 0);
    pl_packument_free(p);
    p = parse("{\"versions\":{\"1.0.0\":{}}}");
    cr_expect_eq(pl_packument_time(p, 0).n, 0);
    pl_packument_free(p);
}

Test(packument, deprecation_follows_javascript_truth)
{
    struct pl_packument *p = parse(document);
    cr_expect(pl_packument_is_deprecated(p, 0));
    cr_expect_not(pl_packument_is_deprecated(p, 1), "an empty message is none");
    cr_expect_not(pl_packument_is_deprecated(p, 2), "inner objects do not count");
    cr_expect(pl_packument_is_deprecated(p, 0), "cached");
    pl_packument_free(p);
}

Test(packument, manifest_is_parsed_once_and_named)
{
    struct pl_packument *p = parse(document);
    struct pb_err err = PB_ERR_INIT;
    const struct pl_manifest *m = pl_packument_manifest(p, 0, &err);
    cr_assert_not_null(m, "%s", err.msg);
    cr_expect_eq(m->dependencies.n, 1);
    cr_expect(pb_str_is(m->dependencies.items[0].name, "b"));
    cr_expect(pb_str_is(m->tarball, "http://registry.example/a.tgz"));
    cr_expect(pb_str_is(m->deprecated, "old"));
    cr_expect_eq(pl_packument_manifest(p, 0, &err), m);
    m = pl_packument_manifest(p, 1, &err);
    cr_assert_not_null(m, "%s", err.msg);
    cr_expect(pb_str_is(m->name, "@s/a"), "name of the document");
    cr_expect(pb_str_is(m->version, "2.0.0"), "key of the version");
    pl_packument_free(p);
}

Test(packument, malformed_version_fails_when_it_is_parsed)
{
    struct pl_packument *p =
        parse("{\"name\":\"a\",\"versions\":{\"1.0.0\":{\"x\":nope},\"1.0.1\":{}}}");
    struct pb_err err = PB_ERR_INIT;
    cr_expect_null(pl_packument_manifest(p, 0, &err));
    cr_expect_eq(err.code, PB_E_BAD_INPUT);
    pb_err_clear(&err);
    cr_expect_not_null(pl_packument_manifest(p, 1, &err));
    pl_packument_free(p);
}

Test(packument, every_cut_is_an_error)
{
    struct pb_err err = PB_ERR_INIT;
    for (size_t n = 0; n < sizeof document - 1; n++) {
        pb_err_clear(&err);
        struct pl_packument *p = parse_n(document, n, &err);
        cr_expect_null(p, "cut at %zu", n);
        cr_expect_eq(err.code, PB_E_BAD_INPUT, "cut at %zu", n);
        pl_packument_free(p);
    }
}

static const char *const broken[] = {
    "[]",
    "null",
    "{} {}",
    "{\"versions\":{\"1.0.0\":{}",
    "{\"versions\":{\"1.0.0\" {}}}",
    "{\"versions\":{1:{}}}",
    "{\"dist-tags\":{\"latest\":}}",
    "{\"a\":1,}",
    "{\"a\":tru e}",
};

Test(packument, malformed_documents_are_refused)
{
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct pb_err err = PB_ERR_INIT;
        cr_expect_null(parse_n(broken[i], strlen(broken[i]), &err), "%s", broken[i]);
        cr_expect_eq(err.code, PB_E_BAD_INPUT, "%s", broken[i]);
    }
}

Test(packument, deep_nesting_is_refused)
{
    char text[1200] = "{\"versions\":{\"1.0.0\":";
    size_t n = strlen(text);
    memset(text + n, '[', 500);
    memset(text + n + 500, ']', 500);
    strcpy(text + n + 1000, "}}");
    struct pb_err err = PB_ERR_INIT;
    cr_expect_null(parse_n(text, strlen(text), &err));
    cr_expect_eq(err.code, PB_E_BAD_INPUT);
}

Test(packument, last_of_two_members_counts)
{
    struct pl_packument *p =
        parse("{\"versions\":{\"1.0.0\":{},\"1.0.1\":{}},\"versions\":{\"2.0.0\":{}}}");
    cr_assert_eq(pl_packument_version_count(p), 1);
    cr_expect(pb_str_is(pl_packument_version_text(p, 0), "2.0.0"));
    pl_packument_free(p);
}

Test(packument, version_count_is_bounded)
{
    const size_t count = 200001;
    char *text = pb_malloc(count * 16 + 64);
    size_t n = (size_t)sprintf(text, "{\"versions\":{");
    for (size_t i = 0; i < count; i++)
        n += (size_t)sprintf(text + n, "%s\"%zu\":{}", i ? "," : "", i);
    n += (size_t)sprintf(text + n, "}}");
    struct pb_err err = PB_ERR_INIT;
    cr_expect_null(pl_packument_new(text, n, &err));
    cr_expect_eq(err.code, PB_E_LIMIT);
}

static unsigned asked_again;

static char *text_again(void *user, size_t n, struct pb_err *err)
{
    const char *text = user;
    asked_again++;
    if (!text) {
        pb_err_set(err, PB_E_SYSTEM, "gone");
        return NULL;
    }
    cr_assert_eq(n, strlen(text));
    return pb_strdup(text);
}

/* Seals and wipes the text, so that nothing can borrow from it any more. */
static void seal(struct pl_packument *p, const char *text)
{
    asked_again = 0;
    char *old = pl_packument_seal(p, &(struct pl_packument_again){text_again, (void *)text});
    memset(old, 'x', strlen(old));
    free(old);
}

Test(packument, sealed_it_answers_as_before)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_packument *p = parse(document);
    seal(p, document);
    cr_expect(pb_str_is(pl_packument_name(p), "@s/a"));
    cr_expect(pb_str_is(pl_packument_version_text(p, 2), "3.0.0-rc.1"));
    cr_expect(pb_str_is(pl_packument_tag(p, PB_LIT("next")), "3.0.0-rc.1"));
    cr_expect(pb_str_is(pl_packument_time(p, 1), "2018-01-02"));
    cr_expect_eq(pl_packument_time(p, 2).n, 0);
    cr_expect_eq(pl_packument_pick(p, PB_LIT("<2"), NULL, &err), 0);
    cr_expect(pl_packument_is_deprecated(p, 0));
    const struct pl_manifest *m = pl_packument_manifest(p, 0, &err);
    cr_assert_not_null(m, "%s", err.msg);
    cr_expect(pb_str_is(m->tarball, "http://registry.example/a.tgz"));
    cr_expect_eq(asked_again, 0, "releases that lead their line are kept");
    pl_packument_free(p);
}

Test(packument, sealed_it_reads_other_versions_again)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_packument *p = parse(document);
    seal(p, document);
    const struct pl_manifest *m = pl_packument_manifest(p, 2, &err);
    cr_assert_not_null(m, "%s", err.msg);
    cr_expect(pb_str_is(m->name, "@s/a"));
    cr_expect_not(pl_packument_is_deprecated(p, 2));
    cr_expect_eq(asked_again, 1);
    pl_packument_rest(p);
    cr_expect_eq(pl_packument_manifest(p, 2, &err), m, "parsed once");
    cr_expect_eq(asked_again, 1);
    pl_packument_free(p);
}

Test(packument, text_that_is_gone_is_an_error_of_the_manifest)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_packument *p = parse(document);
    seal(p, NULL);
    cr_expect_eq(pl_packument_pick(p, PB_LIT("3.0.0-rc.1"), NULL, &err), 2);
    cr_expect_null(pl_packument_manifest(p, 2, &err));
    cr_expect_str_eq(err.msg, "gone");
    pl_packument_free(p);
}

/* The highest release of each of the six highest lines, and the tagged one. */
Test(packument, sealing_keeps_the_heads_of_the_highest_lines)
{
    static const char text[] =
        "{\"dist-tags\":{\"latest\":\"0.1.0\"},\"versions\":{"
        "\"0.0.9\":{},\"0.1.0\":{},\"0.2.0\":{},\"0.2.1\":{},\"0.3.0\":{},\"1.2.0\":{},\"1.10.0\":{"
        "},"
        "\"2.0.0\":{},\"3.0.1\":{},\"3.0.0\":{},\"4.0.0-rc.1\":{},\"0.10.0\":{},\"x\":{}}}";
    static const bool kept[] = {false, true, false, true,  true, false, true,
                                true,  true, false, false, true, false};
    struct pl_packument *p = parse(text);
    cr_assert_eq(pl_packument_version_count(p), sizeof kept / sizeof *kept);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        struct pb_err err = PB_ERR_INIT;
        if (i == 0) seal(p, text);
        asked_again = 0;
        cr_expect_not_null(pl_packument_manifest(p, i, &err), "%s", err.msg);
        cr_expect_eq(asked_again == 0, kept[i], PB_FMT, PB_ARG(pl_packument_version_text(p, i)));
        pl_packument_rest(p);
    }
    pl_packument_free(p);
}
