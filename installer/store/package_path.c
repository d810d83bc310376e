/* SPDX-License-Identifier: MIT */
#include "installer/store/package_path.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool has_drive(struct pb_str s)
{
    return s.n >= 2 && s.p[1] == ':' && is_letter(s.p[0]);
}

static const char *why_refused(struct pb_str part)
{
    if (pb_str_is(part, "..")) return "leaves the package by \"..\"";
    if (has_drive(part)) return "begins with a drive letter";
    if (part.n > PL_NAME_MAX) return "has a part longer than 255 bytes";
    if (memchr(part.p, '\0', part.n)) return "contains a NUL";
    if (memchr(part.p, '\\', part.n)) return "contains a backslash";
    return NULL;
}

static int refuse(struct pb_str raw, struct pb_err *err, const char *why)
{
    struct pb_str shown = pb_strn(raw.p, raw.n < 200 ? raw.n : 200);
    return pb_err_set(err, PB_E_BAD_INPUT, "path in a package: \"" PB_FMT "\": it %s",
                      PB_ARG(shown), why);
}

static int clean(struct pb_str raw, bool strip, char out[PL_PATH_MAX], size_t *n,
                 struct pb_err *err)
{
    *n = 0;
    if (raw.n == 0) return refuse(raw, err, "is empty");
    if (raw.p[0] == '/') return refuse(raw, err, "is absolute");
    if (raw.n >= PL_PATH_MAX) return refuse(raw, err, "is too long");
    struct pb_str rest = raw, part;
    for (bool skip = strip; pb_str_split(&rest, '/', &part); skip = false) {
        const char *why = why_refused(part);
        if (why) return refuse(raw, err, why);
        if (skip || part.n == 0 || pb_str_is(part, ".")) continue;
        if (*n > 0) out[(*n)++] = '/';
        memcpy(out + *n, part.p, part.n);
        *n += part.n;
    }
    out[*n] = '\0';
    return 0;
}

int pl_package_path(struct pb_str raw, char out[PL_PATH_MAX], size_t *n, struct pb_err *err)
{
    return clean(raw, false, out, n, err);
}

int pl_package_path_stripped(struct pb_str raw, char out[PL_PATH_MAX], size_t *n,
                             struct pb_err *err)
{
    return clean(raw, true, out, n, err);
}

static bool part_is_clean(const char *part, size_t n)
{
    if (n == 0 || n > PL_NAME_MAX) return false;
    if (part[0] == '.' && (n == 1 || (n == 2 && part[1] == '.'))) return false;
    return !has_drive(pb_strn(part, n));
}

/* One pass: a warm install asks this of every path of the index. */
bool pl_path_is_clean(struct pb_str path)
{
    if (path.n == 0 || path.n >= PL_PATH_MAX) return false;
    size_t from = 0;
    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        if (c == '\0' || c == '\\') return false;
        if (c != '/') continue;
        if (!part_is_clean(path.p + from, i - from)) return false;
        from = i + 1;
    }
    return part_is_clean(path.p + from, path.n - from);
}
