/* SPDX-License-Identifier: MIT */
#include "reports/markdown_parts.h"
#include "reports/markdown_text.h"

#include <criterion/criterion.h>
#include <string.h>

#define ZWSP "\u200b"

static const struct {
    const char *text, *as_text, *as_code;
} texts[] = {
    {"plain", "plain", "`plain`"},
    {NULL, "?", "`?`"},
    {"", "?", "`?`"},
    {"p0_full_cold", "p0_full_cold", "`p0_full_cold`"},
    {"_all_ *b* ~s~", "\\_all\\_ \\*b\\* \\~" ZWSP "s\\~", "`_all_ *b* ~s~`"},
    {"a`b", "a\\`b", "`a'b`"},
    {"a|b", "a\\|b", "`a¦b`"},
    {"a\nb\r\tc\033[1m", "a b  c \\[1m", "`a b  c [1m`"},
    {"<img src=x> & </details>", "&lt;img src=x&gt; &amp; &lt;/details&gt;",
     "`<img src=x> & </details>`"},
    {"<!-- marker -->", "&lt;!-- marker --&gt;", "`<!-- marker -->`"},
    {"@team/all, me@example", "@" ZWSP "team/all, me@" ZWSP "example", "`@team/all, me@example`"},
    {"see #12, !3, %\"m\", 5 % of", "see #" ZWSP "12, !" ZWSP "3, %" ZWSP "\"m\", 5 % of",
     "`see #12, !3, %\"m\", 5 % of`"},
    {"https://evil.example www.evil.example",
     "https:" ZWSP "//evil.example www" ZWSP ".evil.example",
     "`https://evil.example www.evil.example`"},
    {"[x](javascript:y)", "\\[x\\](javascript:y)", "`[x](javascript:y)`"},
    {"\\", "\\\\", "`\\`"},
    {"bad\xff\xc3", "bad\uFFFD\uFFFD", "`bad\uFFFD\uFFFD`"},
    {"a\u202eb\u200bc\ufeff", "abc", "`abc`"},
    {"é…漢", "é…漢", "`é…漢`"},
};

Test(markdown, text_stays_text)
{
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(10000), code = PB_BUF_INIT(10000);
        pb_md_text(&text, texts[i].text);
        pb_md_code(&code, texts[i].text);
        cr_expect_str_eq(text.p, texts[i].as_text, "%zu: %s", i, text.p);
        cr_expect_str_eq(code.p, texts[i].as_code, "%zu: %s", i, code.p);
    }
}

Test(markdown, long_text_is_cut_between_characters)
{
    char text[2 * PB_MARKDOWN_TEXT_MAX + 2];
    for (size_t i = 0; i < PB_MARKDOWN_TEXT_MAX; i++)
        memcpy(text + 2 * i, "é", 2);
    text[2 * PB_MARKDOWN_TEXT_MAX] = '\0';
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(10000);
    pb_md_text(&out, text);
    cr_expect_eq(out.n, PB_MARKDOWN_TEXT_MAX + strlen("…"));
    cr_expect(pb_str_ends(pb_buf_str(&out), "é…"));
}

Test(markdown, a_fence_is_longer_than_what_it_holds)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(10000);
    pb_md_block(&out, "run `x` ````\n```` <b>");
    cr_expect_str_eq(out.p, "`````sh\nrun `x` ```` ```` <b>\n`````\n", "%s", out.p);
}

static void fill(struct pb_md_parts *parts)
{
    static const struct {
        enum pb_md_rank rank;
        char letter;
    } made[] = {{PB_MD_ALWAYS, 'A'},    {PB_MD_TIMES, 'T'},   {PB_MD_RESOURCES, 'R'},
                {PB_MD_TIMES, 'U'},     {PB_MD_CHANGES, 'C'}, {PB_MD_ABOUT, 'Z'},
                {PB_MD_REPRODUCE, 'P'}, {PB_MD_REASONS, 'W'}};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        struct pb_buf *out = pb_md_part(parts, made[i].rank);
        for (int k = 0; k < 1000; k++)
            pb_buf_add_char(out, made[i].letter);
    }
}

/* The first letter of each part that is left. */
static void expect_left(size_t max_bytes, const char *letters)
{
    struct pb_md_parts parts = {0};
    struct pb_err err = PB_ERR_INIT;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 20);
    fill(&parts);
    cr_assert_eq(pb_md_write(&parts, max_bytes, "https://ci.example/1", &out, &err), 0, "%s",
                 err.msg);
    for (size_t i = 0; i < strlen(letters); i++)
        cr_expect_eq(out.p[1000 * i], letters[i], "%zu bytes, part %zu: %c", max_bytes, i,
                     out.p[1000 * i]);
    bool all = strlen(letters) == 8;
    cr_expect_eq(strstr(out.p, "left out") == NULL, all, "%zu bytes", max_bytes);
    cr_expect(!max_bytes || out.n <= max_bytes, "%zu bytes: %zu", max_bytes, out.n);
    pb_md_parts_release(&parts);
}

Test(markdown, leaves_out_details_first)
{
    expect_left(0, "ATRUCZPW");
    expect_left(8000, "ATRUCZPW");
    expect_left(7999, "ATRUCPW");
    expect_left(7000, "ATUCPW");
    expect_left(6000, "ATUPW");
    expect_left(5000, "ATUP");
    expect_left(4000, "ATU");
    expect_left(3000, "AT");
    expect_left(1500, "A");
}

Test(markdown, what_must_stay_is_never_cut)
{
    struct pb_md_parts parts = {0};
    struct pb_err err = PB_ERR_INIT;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 20);
    fill(&parts);
    cr_expect_eq(pb_md_write(&parts, 900, NULL, &out, &err), -1);
    cr_expect_eq(err.code, PB_E_LIMIT);
    pb_md_parts_release(&parts);
}
