/* SPDX-License-Identifier: MIT */
#include "reports/format.h"

#include "sample_journal.h"
#include "tests/support/golden.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void render(const char *format, const struct pb_report_options *options, const char *golden)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    struct pb_err err = PB_ERR_INIT;
    make_sample_journal(&journal);
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0, "%s", err.msg);
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(16 << 20);
    const struct pb_report_format *f = pb_report_format_find(format);
    cr_assert_not_null(f, "%s", format);
    cr_assert_eq(f->render(&model, options, &out, &err), 0, "%s", err.msg);
    expect_golden(golden, pb_buf_str(&out));
    pb_report_model_release(&model);
    pb_journal_data_release(&journal);
}

Test(formats, markdown_is_the_comment)
{
    render("markdown",
           &(struct pb_report_options){.title_commit = "0123456789abcdef",
                                       .workflow_url = "https://ci.example/run/1"},
           "reports/comment.md");
}

Test(formats, text_is_plain_without_colour)
{
    render("text", &(struct pb_report_options){.color = false}, "reports/tables.txt");
}

Test(formats, text_colours_only_what_failed)
{
    render("text", &(struct pb_report_options){.color = true}, "reports/tables_colour.txt");
}

Test(formats, table_is_complete)
{
    for (size_t i = 0; pb_report_formats[i]; i++) {
        const struct pb_report_format *f = pb_report_formats[i];
        cr_expect(f->name && f->extension && f->help && f->render, "format %zu", i);
        cr_expect_eq(pb_report_format_find(f->name), f, "%s is there twice", f->name);
    }
    cr_expect_null(pb_report_format_find("none"));
}
