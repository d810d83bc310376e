/* SPDX-License-Identifier: MIT */
/* A run may be killed at any moment: a journal cut at any byte gives a report in every format, and
 * the report says that something is missing. */
#include "reports/format.h"

#include "base/fs.h"
#include "base/mem.h"
#include "made_journal.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EVERY = 7, NEAR = 2, CEILING = 16 << 20 };

struct cut {
    char dir[64];
    struct pb_buf whole;
};

static void begin(struct cut *cut)
{
    struct pb_err err = PB_ERR_INIT;
    strcpy(cut->dir, "/tmp/pb-cut-XXXXXX");
    cr_assert_not_null(mkdtemp(cut->dir));
    cr_assert_eq(write_made_journal(cut->dir, (struct made_size){2, 1, 2}, &err), 0, "%s", err.msg);
    PB_AUTO_FREE char *path = NULL;
    cr_assert(asprintf(&path, "%s/journal.jsonl", cut->dir) > 0);
    cut->whole = PB_BUF_INIT(CEILING);
    cr_assert_eq(pb_read_file(AT_FDCWD, path, &cut->whole, &err), 0, "%s", err.msg);
}

static void end(struct cut *cut)
{
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(pb_remove_tree(AT_FDCWD, cut->dir, &err), 0, "%s", err.msg);
    pb_buf_release(&cut->whole);
}

/* The last line that is left decides; within a line every byte is alike, but for its ends. */
static bool is_tried(const struct cut *cut, size_t n)
{
    if (n % EVERY == 0 || n <= NEAR || n + NEAR >= cut->whole.n) return true;
    for (size_t i = n - NEAR; i <= n + NEAR; i++)
        if (cut->whole.p[i] == '\n') return true;
    return false;
}

static bool says(const char *format, const struct pb_buf *out, const char *problem)
{
    if (strcmp(format, "bmf") != 0) return strstr(out->p, problem) != NULL;
    return strstr(out->p, "\"journal-problems\":{\"value\":0}") == NULL; /* it has no texts */
}

static void try_formats(const struct pb_journal_data *journal, size_t n, bool complete)
{
    for (size_t i = 0; pb_report_formats[i]; i++) {
        struct pb_err err = PB_ERR_INIT;
        const struct pb_report_format *f = pb_report_formats[i];
        PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(CEILING);
        cr_assert_eq(pb_report_write(f, journal, &(struct pb_report_options){0}, &out, &err), 0,
                     "%s cut at %zu: %s", f->name, n, err.msg);
        cr_expect_eq(says(f->name, &out, "the run did not finish"), !complete, "%s cut at %zu",
                     f->name, n);
    }
}

Test(cut, at_any_byte_every_format_says_what_is_missing)
{
    struct cut cut;
    begin(&cut);
    cr_assert_gt(cut.whole.n, 5000);
    for (size_t n = 0; n <= cut.whole.n; n++) {
        struct pb_journal_data journal;
        struct pb_err err = PB_ERR_INIT;
        PB_AUTO_FREE char *path = NULL;
        if (!is_tried(&cut, n)) continue;
        cr_assert(asprintf(&path, "%s/journal.jsonl", cut.dir) > 0);
        cr_assert_eq(pb_write_file(AT_FDCWD, path, pb_strn(cut.whole.p, n), 0644, &err), 0, "%s",
                     err.msg);
        cr_assert_eq(pb_journal_read(cut.dir, &journal, &err), 0, "cut at %zu: %s", n, err.msg);
        try_formats(&journal, n, n == cut.whole.n);
        pb_journal_data_release(&journal);
    }
    end(&cut);
}
