/* SPDX-License-Identifier: MIT */
#include "reports/escape.h"

#include <criterion/criterion.h>

static const struct {
    void (*add)(struct pb_buf *out, const char *text);
    const char *text, *expected;
} rows[] = {
    {pb_add_xml, NULL, ""},
    {pb_add_xml, "a<b>&\"c'", "a&lt;b&gt;&amp;&quot;c&#39;"},
    {pb_add_xml, "]]>", "]]&gt;"},
    {pb_add_xml, "a\tb\nc\033[31md\001", "a\tb\nc\uFFFD[31md\uFFFD"},
    {pb_add_xml, "ü €\U0001F680", "ü €\U0001F680"},
    {pb_add_xml, "\xC3", "\uFFFD"},
    {pb_add_xml, "\xC3(", "\uFFFD("},
    {pb_add_xml, "\xC0\xAF", "\uFFFD\uFFFD"},
    {pb_add_xml, "\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
    {pb_add_xml, "\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
    {pb_add_xml, "\xEF\xBF\xBE", "\uFFFD"},
    {pb_add_csv, NULL, ""},
    {pb_add_csv, "", ""},
    {pb_add_csv, "plain text", "plain text"},
    {pb_add_csv, "a,b", "\"a,b\""},
    {pb_add_csv, "say \"hi\"", "\"say \"\"hi\"\"\""},
    {pb_add_csv, "two\nlines", "\"two\nlines\""},
    {pb_add_csv, "=1+1", "\"'=1+1\""},
    {pb_add_csv, "@SUM(A1)", "\"'@SUM(A1)\""},
    {pb_add_csv, "-2", "\"'-2\""},
    {pb_add_label, "a\"b\\c\nd\te", "a\\\"b\\\\c\\nd e"},
    {pb_add_line, "a\nb\033[0mc", "a b [0mc"},
    {pb_add_word, "a b/c=d\te", "a_b_c_d_e"},
};

Test(escape, text_from_outside_cannot_leave_its_place)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1000);
        rows[i].add(&out, rows[i].text);
        cr_expect_str_eq(out.p ? out.p : "", rows[i].expected, "row %zu: %s", i,
                         out.p ? out.p : "");
    }
}
