/* SPDX-License-Identifier: MIT */
#include "reports/format.h"

#include "base/mem.h"
#include "sample_journal.h"
#include "tests/support/golden.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void make_journal(struct pb_journal_data *out);

static void render(make_journal *make, const char *format, const struct pb_report_options *options,
                   struct pb_buf *out)
{
    struct pb_journal_data journal;
    struct pb_err err = PB_ERR_INIT;
    const struct pb_report_format *f = pb_report_format_find(format);
    cr_assert_not_null(f, "%s", format);
    make(&journal);
    cr_assert_eq(pb_report_write(f, &journal, options, out, &err), 0, "%s", err.msg);
    pb_journal_data_release(&journal);
}

/* Style and script are sources of their own, and their digests follow from them. */
static void cut_between(struct pb_buf *page, const char *start, const char *end)
{
    char *from = strstr(page->p, start);
    cr_assert_not_null(from, "%s", start);
    from += strlen(start);
    char *to = strstr(from, end);
    cr_assert_not_null(to, "%s", end);
    memmove(from, to, (size_t)(page->p + page->n - to) + 1);
    page->n -= (size_t)(to - from);
}

static void normalise_page(struct pb_buf *page)
{
    cut_between(page, "<style>", "</style>");
    cut_between(page, "<script>", "</script>");
    cut_between(page, "style-src 'sha256-", "'");
    cut_between(page, "script-src 'sha256-", "'");
}

static const struct {
    const char *format, *golden;
    make_journal *make;
    struct pb_report_options options;
} goldens[] = {
    {"markdown",
     "comment.md",
     make_sample_journal,
     {.title_commit = "0123456789abcdef", .workflow_url = "https://ci.example/run/1"}},
    {"markdown",
     "gate_comment.md",
     make_gate_journal,
     {.title_commit = "0123456789abcdef",
      .workflow_url = "https://ci.example/run/1",
      .reproduce = "phasebench gate --candidate utoo-next"}},
    {"markdown", "gate_comment_short.md", make_gate_journal, {.max_bytes = 1800}},
    {"text", "tables.txt", make_sample_journal, {.color = false}},
    {"text", "tables_colour.txt", make_sample_journal, {.color = true}},
    {"text", "tables_narrow.txt", make_sample_journal, {.width = 40}},
    {"csv", "samples.csv", make_sample_journal, {0}},
    {"json", "summary.json", make_sample_journal, {0}},
    {"hyperfine", "hyperfine.json", make_sample_journal, {0}},
    {"benchfmt", "benchfmt.txt", make_sample_journal, {0}},
    {"bmf", "bmf.json", make_sample_journal, {0}},
    {"customSmallerIsBetter", "smaller_is_better.json", make_sample_journal, {0}},
    {"openmetrics", "openmetrics.prom", make_sample_journal, {0}},
    {"junit", "junit.xml", make_sample_journal, {0}},
    {"html", "page.html", make_sample_journal, {.title_commit = "0123456789abcdef"}},
    {"text", "gate.txt", make_gate_journal, {.color = true}},
    {"text", "gate_narrow.txt", make_gate_journal, {.width = 40}},
    {"json", "gate_summary.json", make_gate_journal, {0}},
    {"bmf", "gate_bmf.json", make_gate_journal, {0}},
    {"junit", "gate_junit.xml", make_gate_journal, {0}},
    {"html", "gate_page.html", make_gate_journal, {0}},
};

Test(formats, are_as_the_goldens)
{
    for (size_t i = 0; i < sizeof goldens / sizeof *goldens; i++) {
        PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(16 << 20);
        PB_AUTO_FREE char *path = NULL;
        cr_assert(asprintf(&path, "reports/%s", goldens[i].golden) > 0);
        render(goldens[i].make, goldens[i].format, &goldens[i].options, &out);
        if (strcmp(goldens[i].format, "html") == 0) normalise_page(&out);
        expect_golden(path, pb_buf_str(&out));
    }
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

Test(formats, narrow_text_stays_within_its_width)
{
    static const unsigned widths[] = {36, 40, 60};
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(16 << 20);
        render(make_gate_journal, "text", &(struct pb_report_options){.width = widths[w]}, &out);
        struct pb_str rest = pb_buf_str(&out), line;
        pb_str_split(&rest, '\n', &line); /* the headline is prose: the terminal wraps it */
        while (pb_str_split(&rest, '\n', &line)) {
            unsigned columns = 0;
            for (size_t i = 0; i < line.n; i++)
                columns += ((unsigned char)line.p[i] & 0xC0) != 0x80;
            bool prose = pb_str_search(line, PB_LIT("contaminated: ")) >= 0 ||
                         pb_str_starts(line, "Isolation: ");
            cr_expect(prose || columns <= widths[w], "width %u: " PB_FMT, widths[w], PB_ARG(line));
        }
    }
}

struct drained {
    struct pb_buf all;
    size_t calls;
};

static int keep(void *context, struct pb_buf *out, struct pb_err *err)
{
    (void)err;
    struct drained *d = context;
    pb_buf_add(&d->all, out->p, out->n);
    pb_buf_clear(out);
    d->calls++;
    return 0;
}

static void make_many(struct pb_journal_data *out)
{
    enum { TIMES = 200 };
    make_gate_journal(out);
    struct pb_sample **more = pb_calloc(out->sample_count * TIMES, sizeof *more);
    size_t n = 0;
    for (int t = 0; t < TIMES; t++)
        for (size_t i = 0; i < out->sample_count; i++) {
            more[n] = PB_ARENA_NEW(&out->arena, struct pb_sample);
            *more[n] = *out->samples[i];
            if (more[n]->round) more[n]->round += 10 * t;
            n++;
        }
    free(out->samples);
    out->samples = more;
    out->sample_count = n;
}

/* In pieces or at once: the same bytes. */
Test(formats, draining_changes_nothing)
{
    for (size_t i = 0; pb_report_formats[i]; i++) {
        PB_AUTO_BUF struct pb_buf whole = PB_BUF_INIT(64 << 20), out = PB_BUF_INIT(64 << 20);
        struct drained drained = {.all = PB_BUF_INIT(64 << 20)};
        struct pb_report_options options = {.drain = keep, .drain_context = &drained};
        render(make_many, pb_report_formats[i]->name, &(struct pb_report_options){0}, &whole);
        render(make_many, pb_report_formats[i]->name, &options, &out);
        cr_expect_eq(out.n, 0, "%s: not drained to the end", pb_report_formats[i]->name);
        cr_expect(pb_str_eq(pb_buf_str(&whole), pb_buf_str(&drained.all)), "%s",
                  pb_report_formats[i]->name);
        if (strcmp(pb_report_formats[i]->name, "csv") == 0)
            cr_expect_gt(drained.calls, 2, "a long CSV is drained in pieces");
        pb_buf_release(&drained.all);
    }
}

static int refuse(void *context, struct pb_buf *out, struct pb_err *err)
{
    (void)context;
    (void)out;
    return pb_err_set(err, PB_E_SYSTEM, "the disk is full");
}

Test(formats, a_failed_drain_is_an_error)
{
    for (size_t i = 0; pb_report_formats[i]; i++) {
        struct pb_journal_data journal;
        struct pb_err err = PB_ERR_INIT;
        PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(64 << 20);
        make_many(&journal);
        int rc = pb_report_write(pb_report_formats[i], &journal,
                                 &(struct pb_report_options){.drain = refuse}, &out, &err);
        cr_expect_eq(rc, -1, "%s", pb_report_formats[i]->name);
        cr_expect_str_eq(err.msg, "the disk is full");
        pb_journal_data_release(&journal);
    }
}

Test(formats, a_report_beyond_its_ceiling_is_an_error)
{
    struct pb_journal_data journal;
    struct pb_err err = PB_ERR_INIT;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1000);
    make_gate_journal(&journal);
    cr_expect_eq(pb_report_write(pb_report_format_find("json"), &journal,
                                 &(struct pb_report_options){0}, &out, &err),
                 -1);
    cr_expect_eq(err.code, PB_E_LIMIT);
    pb_journal_data_release(&journal);
}

Test(formats, the_baseline_can_be_chosen)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(16 << 20);
    render(make_gate_journal, "text", &(struct pb_report_options){.baseline = "utoo-next"}, &out);
    cr_expect_not_null(strstr(out.p, "against utoo-next"));
    cr_expect_null(strstr(out.p, "against utoo\n"));
    cr_expect_not_null(strstr(out.p, "faster"), "seen from the slower one, the other is faster");
}
