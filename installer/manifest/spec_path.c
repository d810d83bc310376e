/* SPDX-License-Identifier: MIT */
/* Paths in specs, as fromFile() of npm-package-arg reads them. */
#include "installer/manifest/spec_path.h"

#include <stdlib.h>
#include <strings.h>

static bool starts_nocase(struct pb_str s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.n >= n && strncasecmp(s.p, prefix, n) == 0;
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

bool pl_spec_looks_like_path(struct pb_str s)
{
    if (s.n == 0) return false;
    if (s.p[0] == '.' || s.p[0] == '/' || pb_str_starts(s, "~/")) return true;
    return s.n >= 2 && is_letter(s.p[0]) && s.p[1] == ':';
}

bool pl_spec_is_tarball_name(struct pb_str s)
{
    static const char *const endings[] = {".tgz", ".tar.gz", ".tar"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t n = strlen(endings[i]);
        if (s.n >= n && strncasecmp(s.p + s.n - n, endings[i], n) == 0) return true;
    }
    return false;
}

/* "." or ".." as the first part. */
static bool starts_with_dots(struct pb_str s)
{
    size_t dots = 0;
    while (dots < s.n && s.p[dots] == '.')
        dots++;
    return (dots == 1 || dots == 2) && (dots == s.n || s.p[dots] == '/');
}

/* Lexical: "a/./b/../c" is "a/c". ".." at the front of a relative path stays. */
static struct pb_str normalize(struct pb_arena *arena, struct pb_str path)
{
    bool absolute = pb_str_starts(path, "/");
    char *out = pb_arena_alloc(arena, path.n + 2);
    size_t n = 0, fixed = 0; /* fixed: bytes that ".." cannot take back */
    if (absolute) out[n++] = '/';
    fixed = n;
    struct pb_str part;
    while (pb_str_split(&path, '/', &part)) {
        bool up = pb_str_is(part, "..");
        if (part.n == 0 || pb_str_is(part, ".") || (up && absolute && n == fixed)) continue;
        if (up && n > fixed) {
            ptrdiff_t slash = pb_str_rfind(pb_strn(out + fixed, n - fixed), '/');
            n = slash < 0 ? fixed : fixed + (size_t)slash;
            continue;
        }
        if (n > 0 && out[n - 1] != '/') out[n++] = '/';
        memcpy(out + n, part.p, part.n);
        n += part.n;
        if (up) fixed = n;
    }
    if (n == 0) out[n++] = '.';
    return pb_strn(out, n);
}

static struct pb_str strip_scheme(struct pb_str spec)
{
    return starts_nocase(spec, "file:") || starts_nocase(spec, "link:") ? pb_str_skip(spec, 5)
                                                                        : spec;
}

int pl_spec_resolve_path(struct pb_arena *arena, struct pb_str spec, const char *where,
                         struct pb_str *out, struct pb_err *err)
{
    struct pb_str path = strip_scheme(spec), bare = path;
    size_t slashes = 0;
    while (slashes < 3 && slashes < path.n && path.p[slashes] == '/')
        slashes++;
    bare = pb_str_skip(path, slashes);
    /* "file:/../x" and "file:///../x" are meant relative; "file:/~/x" is below the home folder */
    if (slashes > 0 && starts_with_dots(bare)) path = bare;
    if (pb_str_is(bare, "~") || pb_str_starts(bare, "~/")) {
        const char *home = getenv("HOME");
        if (!home || !*home)
            return pb_err_set(err, PB_E_BAD_INPUT, "cannot resolve " PB_FMT ": HOME is not set",
                              PB_ARG(spec));
        path = pb_str(pb_arena_printf(arena, "%s/" PB_FMT, home, PB_ARG(pb_str_skip(bare, 1))));
    }
    if (!pb_str_starts(path, "/") && where && *where)
        path = pb_str(pb_arena_printf(arena, "%s/" PB_FMT, where, PB_ARG(path)));
    *out = normalize(arena, path);
    return 0;
}
