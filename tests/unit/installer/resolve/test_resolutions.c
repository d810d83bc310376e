/* SPDX-License-Identifier: MIT */
#include "installer/resolve/resolutions.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* Parts as "> name" (direct) or "name" (anywhere below), ranges after a space. */
static const struct {
    const char *pattern, *parts; /* NULL: refused */
} patterns[] = {
    {"a", "a"},
    {"**/a", "a"},
    {"**/**/a", "a"},
    {"a/b", "a >b"},
    {"a/**/b", "a b"},
    {"**/a/b", "a >b"},
    {"a/b/**/c", "a >b c"},
    {"@s/a", "@s/a"},
    {"@s/a/@t/b", "@s/a >@t/b"},
    {"@s/a/**/b", "@s/a b"},
    {"a@^1/b@2", "a@^1 >b@2"},
    {"@s/a@npm:^1.2", "@s/a@^1.2"},
    {"a@npm:other", "a@npm:other"},
    {"p/p/p/p/p/p/p/p/p/p/p/p/p/p/p/p", "p >p >p >p >p >p >p >p >p >p >p >p >p >p >p >p"},
    {"p/p/p/p/p/p/p/p/p/p/p/p/p/p/p/p/p", NULL},
    {"", NULL},
    {"**", NULL},
    {"a/**", NULL},
    {"a/", NULL},
    {"/a", NULL},
    {"a//b", NULL},
    {"a/*", NULL},
    {"a*", NULL},
    {"*/a", NULL},
    {"@s", NULL},
    {"@s/*", NULL},
    {"../a", NULL},
    {"a/node_modules", NULL},
    {"a/@", NULL},
};

static const char *shown(const struct pl_resolution *r, char *out, size_t n)
{
    size_t at = 0;
    out[0] = '\0';
    for (size_t i = 0; i < r->n; i++) {
        const struct pl_resolution_part *p = &r->parts[i];
        at += (size_t)snprintf(out + at, n - at, "%s%s" PB_FMT "%s" PB_FMT, i ? " " : "",
                               p->only_direct ? ">" : "", PB_ARG(p->name), p->range.n ? "@" : "",
                               PB_ARG(p->range));
    }
    return out;
}

Test(resolutions, patterns)
{
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        struct pl_resolution parsed;
        char text[512];
        bool ok = pl_resolution_parse(pb_str(patterns[i].pattern), &parsed);
        cr_expect_eq(ok, patterns[i].parts != NULL, "%s", patterns[i].pattern);
        if (ok && patterns[i].parts)
            cr_expect_str_eq(shown(&parsed, text, sizeof text), patterns[i].parts, "%s",
                             patterns[i].pattern);
    }
}

static const struct {
    const char *text, *spec;
} specs[] = {
    {" ^1.0.0 ", "^1.0.0"}, {"npm:^1.0.0", "^1.0.0"}, {"npm:1.2.3", "1.2.3"},
    {"npm:>=2", ">=2"},     {"npm:x@1", "npm:x@1"},   {"npm:@s/x@1", "npm:@s/x@1"},
    {"latest", "latest"},   {"npm:", "npm:"},
};

Test(resolutions, specs)
{
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        struct pb_str spec = pl_resolution_spec(pb_str(specs[i].text));
        cr_expect(pb_str_is(spec, specs[i].spec), "%s: " PB_FMT, specs[i].text, PB_ARG(spec));
    }
}
