/* SPDX-License-Identifier: MIT */
#include "harness/bisect/bisect.h"

#include <criterion/criterion.h>
#include <string.h>

/* One letter a program: g, b, u; the ends are not asked for. */
static const struct {
    const char *programs;
    size_t first, last, most_asked;
} rows[] = {
    {"gb", 1, 1, 0},
    {"gbb", 1, 1, 1},
    {"ggb", 2, 2, 1},
    {"ggggggbbbbbbbbbb", 6, 6, 4},
    {"gggggggggggggggb", 15, 15, 4},
    {"gbbbbbbbbbbbbbbb", 1, 1, 4},
    {"gggugggubbbbbbbb", 7, 8, 6},
    {"gub", 1, 2, 1},
    {"guuuub", 1, 5, 4},
    {"ggguuugbbbbbbbbb", 7, 7, 8},
};

struct asked {
    const char *programs;
    size_t count;
};

/* Names are pointers into the row, so that their distance is the index. */
static int judge(void *arg, const char *name, enum pb_bisect_answer *answer, struct pb_err *err)
{
    struct asked *asked = arg;
    (void)err;
    asked->count++;
    *answer = *name == 'g' ? PB_BISECT_GOOD : *name == 'b' ? PB_BISECT_BAD : PB_BISECT_UNDECIDED;
    return 0;
}

Test(search, finds_the_first_bad_one_or_says_where_it_hides)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *names[32];
        size_t n = strlen(rows[i].programs), first, last;
        struct asked asked = {rows[i].programs, 0};
        for (size_t k = 0; k < n; k++)
            names[k] = rows[i].programs + k;
        cr_assert_eq(pb_bisect_search(names, n, judge, &asked, &first, &last, NULL), 0);
        cr_expect(first == rows[i].first && last == rows[i].last, "%s: %zu to %zu",
                  rows[i].programs, first, last);
        cr_expect_leq(asked.count, rows[i].most_asked, "%s: %zu were asked", rows[i].programs,
                      asked.count);
    }
}

static int refuse(void *arg, const char *name, enum pb_bisect_answer *answer, struct pb_err *err)
{
    (void)arg, (void)name, (void)answer;
    return pb_err_set(err, PB_E_CANCELLED, "stop");
}

Test(search, ends_with_the_first_error)
{
    const char *const names[] = {"a", "b", "c"};
    size_t first, last;
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(pb_bisect_search(names, 3, refuse, NULL, &first, &last, &err), -1);
    cr_expect_eq(err.code, PB_E_CANCELLED);
    err = PB_ERR_INIT;
    cr_expect_eq(pb_bisect_search(names, 1, refuse, NULL, &first, &last, &err), -1);
    cr_expect_eq(err.code, PB_E_USAGE);
}
