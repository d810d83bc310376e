/* SPDX-License-Identifier: MIT */
#include "installer/config/url.h"

#include <stdio.h>
#include <strings.h>

static bool has_bad_bytes(struct pb_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f) return true;
    return false;
}

static size_t span_until(struct pb_str s, const char *stops)
{
    size_t n = 0;
    while (n < s.n && !strchr(stops, s.p[n]))
        n++;
    return n;
}

bool pl_url_parse(struct pb_str text, struct pl_url *out)
{
    ptrdiff_t colon = pb_str_find(text, ':');
    if (colon < 0 || has_bad_bytes(text)) return false;
    out->scheme = pb_strn(text.p, (size_t)colon);
    if (!(out->scheme.n == 4 && strncasecmp(text.p, "http", 4) == 0) &&
        !(out->scheme.n == 5 && strncasecmp(text.p, "https", 5) == 0))
        return false;
    struct pb_str rest = pb_str_skip(text, out->scheme.n + 1);
    if (!pb_str_starts(rest, "//")) return false;
    rest = pb_str_skip(rest, 2);
    struct pb_str authority = pb_strn(rest.p, span_until(rest, "/?#\\"));
    ptrdiff_t at = pb_str_rfind(authority, '@');
    out->userinfo = pb_strn(authority.p, at < 0 ? 0 : (size_t)at);
    out->host = at < 0 ? authority : pb_str_skip(authority, (size_t)at + 1);
    rest = pb_str_skip(rest, authority.n);
    out->path = pb_strn(rest.p, span_until(rest, "?#"));
    out->origin = pb_strn(text.p, (size_t)(authority.p + authority.n - text.p));
    return out->host.n > 0;
}

bool pl_url_same_host(const struct pl_url *a, const struct pl_url *b)
{
    return a->host.n == b->host.n && strncasecmp(a->host.p, b->host.p, a->host.n) == 0;
}

const char *pl_url_shown(struct pb_str text, char *out, size_t n)
{
    struct pl_url url;
    if (pl_url_parse(text, &url) && url.userinfo.n) {
        struct pb_str rest = pb_str_skip(text, (size_t)(url.host.p - text.p));
        snprintf(out, n, PB_FMT "://***@" PB_FMT, PB_ARG(url.scheme), PB_ARG(rest));
    } else {
        snprintf(out, n, PB_FMT, PB_ARG(text));
    }
    return out;
}
