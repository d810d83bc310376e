/* SPDX-License-Identifier: MIT */
#include "base/suggest.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *suggest(const char *word)
{
    static const char *const names[] = {"install", "run", "report", "registry", "rounds"};
    struct pb_suggest s = pb_suggest_for(word, strlen(word));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        pb_suggest_try(&s, names[i]);
    return s.best;
}

Test(suggest, near_misses_and_strangers)
{
    static const struct {
        const char *word, *want;
    } cases[] = {
        {"instal", "install"},
        {"isntall", "install"},
        {"rum", "run"},
        {"reprot", "report"},
        {"rgeistry", "registry"},
        {"inst", "install"},
        {"round", "rounds"},
        {"xyz", NULL},
        {"uninstalled", NULL},
        {"", NULL},
        {"q", NULL},
        {"a-word-that-is-longer-than-any-name-we-would-ever-give", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = suggest(cases[i].word);
        bool same = got && cases[i].want ? strcmp(got, cases[i].want) == 0 : got == cases[i].want;
        cr_expect(same, "%s gives %s", cases[i].word, got ? got : "nothing");
    }
}

Test(suggest, the_nearest_wins_over_the_first)
{
    struct pb_suggest s = pb_suggest_for("cache", 5);
    pb_suggest_try(&s, "cached");
    cr_expect_str_eq(s.best, "cached");
    pb_suggest_try(&s, "cachet");
    cr_expect_str_eq(s.best, "cached", "a tie keeps the first");
    pb_suggest_try(&s, "cache");
    cr_expect_str_eq(s.best, "cache");
}
