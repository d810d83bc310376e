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
    strcpy(cut->dir, "/dev/shm/pb-cut-XXXXXX"); /* thousands of files on a disk take their time */
    if (!mkdtemp(cut->dir)) {
        strcpy(cut->dir, "/tmp/pb-cut-XXXXXX");
        cr_assert_not_null(mkdtemp(cut->dir));
    }
    cr_assert_eq(write_made_journal(cut->dir, (struct made_size){2, 1, 1}, &err), 0, "%s", err.msg);
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

/* The last line that is left decides. Near its ends each byte is tried with every format; within
 * it, where bytes are much alike, each byte with some, and each format with every seventh byte. */
static bool is_near_line_end(const struct cut *cut, size_t n)
{
    if (n <= NEAR || n + NEAR >= cut->whole.n) return true;
    return memchr(cut->whole.p + n - NEAR, '\n', 2 * NEAR + 1) != NULL;
}

static bool says(const char *format, const struct pb_buf *out, const char *problem)
{
    if (strcmp(format, "bmf") != 0) return strstr(out->p, problem) != NULL;
    return strstr(out->p, "\"journal-problems\":{\"value\":0}") == NULL; /* it has no texts */
}

static void try_formats(const struct cut *cut, const struct pb_journal_data *journal, size_t n)
{
    bool complete = n == cut->whole.n, all = is_near_line_end(cut, n);
    for (size_t i = 0; pb_report_formats[i]; i++) {
        if (!all && (n + i) % EVERY != 0) continue;
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
        cr_assert(asprintf(&path, "%s/journal.jsonl", cut.dir) > 0);
        cr_assert_eq(pb_write_file(AT_FDCWD, path, pb_strn(cut.whole.p, n), 0644, &err), 0, "%s",
                     err.msg);
        cr_assert_eq(pb_journal_read(cut.dir, &journal, &err), 0, "cut at %zu: %s", n, err.msg);
        try_formats(&cut, &journal, n);
        pb_journal_data_release(&journal);
    }
    end(&cut);
}
