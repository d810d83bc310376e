/* SPDX-License-Identifier: MIT */
#include "installer/resolve/resolutions.h"

#include "installer/manifest/manifest.h"

#include <string.h>

struct pb_str pl_resolution_spec(struct pb_str text)
{
    text = pb_str_trim(text);
    if (!pb_str_starts(text, "npm:")) return text;
    struct pb_str rest = pb_str_skip(text, strlen("npm:"));
    return rest.n > 0 && strchr("0123456789^~<>=*v", rest.p[0]) ? rest : text;
}

/* The next name with its range: a scope's slash is a part of it. */
static bool take_part(struct pb_str *rest, struct pb_str *out)
{
    struct pb_str more;
    if (!pb_str_split(rest, '/', out)) return false;
    if (!pb_str_starts(*out, "@")) return true;
    if (!pb_str_split(rest, '/', &more)) return false;
    out->n = (size_t)(more.p + more.n - out->p);
    return true;
}

static bool read_part(struct pb_str text, struct pl_resolution_part *out)
{
    ptrdiff_t at = pb_str_find(pb_str_skip(text, 1), '@');
    out->name = at < 0 ? text : pb_strn(text.p, (size_t)at + 1);
    out->range = at < 0 ? (struct pb_str){"", 0} : pb_str_skip(text, (size_t)at + 2);
    out->range = pl_resolution_spec(out->range);
    return pl_name_is_safe(out->name) && pb_str_find(out->name, '*') < 0;
}

bool pl_resolution_parse(struct pb_str pattern, struct pl_resolution *out)
{
    struct pb_str part;
    bool is_deep = true, is_last_name = false;
    out->n = 0;
    while (pattern.p) {
        if (!take_part(&pattern, &part)) return false;
        is_last_name = !pb_str_is(part, "**");
        if (!is_last_name) {
            is_deep = true;
            continue;
        }
        if (out->n == PL_RESOLUTION_PARTS_MAX) return false;
        struct pl_resolution_part *at = &out->parts[out->n++];
        if (!read_part(part, at)) return false;
        at->only_direct = !is_deep;
        is_deep = false;
    }
    return is_last_name;
}
