/* SPDX-License-Identifier: MIT */
#include "installer/manifest/spec.h"

#include "installer/manifest/git_url.h"
#include "installer/manifest/manifest.h"
#include "installer/manifest/spec_path.h"
#include "installer/manifest/uri.h"
#include "installer/semver/semver.h"

#include <strings.h>

static bool has_scheme(struct pb_str s, const char *scheme)
{
    size_t n = strlen(scheme);
    return s.n >= n && strncasecmp(s.p, scheme, n) == 0;
}

/* "scheme:" or "git+scheme:" of letters. */
static bool is_url(struct pb_str s)
{
    size_t i = has_scheme(s, "git+") ? 4 : 0, start = i;
    while (i < s.n && (s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z')
        i++;
    return i > start && i < s.n && s.p[i] == ':';
}

/* "user@host.tld:path" */
static bool is_scp(struct pb_str s)
{
    ptrdiff_t at = pb_str_find(s, '@');
    if (at <= 0) return false;
    struct pb_str address = pb_str_skip(s, (size_t)at + 1);
    ptrdiff_t colon = pb_str_find(address, ':'), dot = pb_str_find(address, '.');
    return dot > 0 && colon > dot + 1 && (size_t)colon + 1 < address.n;
}

static bool is_path_like(struct pb_str s)
{
    return pb_str_find(s, '/') >= 0 || pl_spec_is_tarball_name(s);
}

static int set_path(struct pb_arena *arena, const char *where, struct pl_spec *out,
                    struct pb_err *err)
{
    out->kind = pl_spec_is_tarball_name(out->raw) ? PL_SPEC_FILE : PL_SPEC_DIRECTORY;
    return pl_spec_resolve_path(arena, out->raw, where, &out->fetch, err);
}

static int set_alias(struct pb_arena *arena, const char *where, struct pl_spec *out,
                     struct pb_err *err)
{
    struct pb_str target = pb_str_skip(out->raw, strlen("npm:"));
    if (has_scheme(target, "npm:"))
        return pb_err_set(err, PB_E_BAD_INPUT, "cannot use " PB_FMT ": an alias of an alias",
                          PB_ARG(out->raw));
    struct pl_spec *sub = PB_ARENA_NEW(arena, struct pl_spec);
    if (pl_spec_parse(arena, (struct pb_str){0}, target, where, sub, err))
        return pb_err_wrap(err, "alias " PB_FMT, PB_ARG(out->raw));
    bool registry =
        sub->kind == PL_SPEC_RANGE || sub->kind == PL_SPEC_VERSION || sub->kind == PL_SPEC_TAG;
    if (!registry || sub->name.n == 0)
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "cannot use " PB_FMT ": an alias needs the name of a registry package",
                          PB_ARG(out->raw));
    out->kind = PL_SPEC_ALIAS;
    out->sub = sub;
    return 0;
}

static int set_git(const struct pl_git_url *git, struct pl_spec *out, struct pb_err *err)
{
    out->kind = PL_SPEC_GIT;
    out->fetch = git->url;
    out->committish = git->committish;
    if (pl_git_committish_is_valid(git->committish)) return 0;
    return pb_err_set(err, PB_E_BAD_INPUT,
                      "cannot use " PB_FMT ": it names more than one commit, range or folder",
                      PB_ARG(out->raw));
}

static int set_url(struct pb_arena *arena, struct pl_spec *out, struct pb_err *err)
{
    struct pl_git_url git;
    if (pl_git_url_plain(arena, out->raw, &git)) return set_git(&git, out, err);
    out->kind = PL_SPEC_REMOTE;
    out->fetch = out->raw;
    bool remote = has_scheme(out->raw, "http://") || has_scheme(out->raw, "https://");
    if (remote && pb_str_find(out->raw, ' ') < 0) return 0;
    return pb_err_set(err, PB_E_BAD_INPUT, "cannot use " PB_FMT ": unsupported kind of URL",
                      PB_ARG(out->raw));
}

/* Version, range or tag, in this order. */
static int set_registry(struct pb_arena *arena, struct pl_spec *out, struct pb_err *err)
{
    struct pl_version version;
    out->fetch = pb_str_trim(out->raw);
    if (pl_version_parse(out->fetch, true, &version)) {
        out->kind = PL_SPEC_VERSION;
    } else if (pl_range_parse(arena, out->fetch, PL_RANGE_LOOSE)) {
        out->kind = PL_SPEC_RANGE;
    } else {
        out->kind = PL_SPEC_TAG;
        if (!pl_uri_is_unreserved(out->fetch))
            return pb_err_set(err, PB_E_BAD_INPUT,
                              "cannot use \"" PB_FMT "\" for package \"" PB_FMT
                              "\": neither a version, a range, a tag, a path nor a URL",
                              PB_ARG(out->raw), PB_ARG(out->name));
    }
    return 0;
}

static int parse_raw(struct pb_arena *arena, const char *where, struct pl_spec *out,
                     struct pb_err *err)
{
    struct pl_git_url git;
    struct pb_str raw = out->raw;
    if (has_scheme(raw, "workspace:")) {
        out->kind = PL_SPEC_WORKSPACE;
        out->fetch = pb_str_skip(raw, strlen("workspace:"));
        return 0;
    }
    if (has_scheme(raw, "link:")) {
        out->kind = PL_SPEC_DIRECTORY;
        return pl_spec_resolve_path(arena, raw, where, &out->fetch, err);
    }
    if (has_scheme(raw, "file:") || pl_spec_looks_like_path(raw))
        return set_path(arena, where, out, err);
    if (has_scheme(raw, "npm:")) return set_alias(arena, where, out, err);
    if (pl_git_url_hosted(arena, raw, &git)) return set_git(&git, out, err);
    if (is_url(raw)) return set_url(arena, out, err);
    if (is_path_like(raw)) return set_path(arena, where, out, err);
    return set_registry(arena, out, err);
}

/* "@scope%2fname" is "@scope/name", as in a registry's URLs. */
static struct pb_str decode_scope(struct pb_arena *arena, struct pb_str name)
{
    ptrdiff_t at = pb_str_search(name, PB_LIT("%2f"));
    if (at < 0) at = pb_str_search(name, PB_LIT("%2F"));
    if (at < 0 || name.p[0] != '@') return name;
    struct pb_str rest = pb_str_skip(name, (size_t)at + 3);
    return pb_str(pb_arena_printf(arena, PB_FMT "/" PB_FMT, (int)at, name.p, PB_ARG(rest)));
}

/* Takes the name off the front of "name@spec". */
static void split_name(struct pb_arena *arena, struct pb_str text, struct pl_spec *out)
{
    ptrdiff_t at = text.n > 0 ? pb_str_find(pb_str_skip(text, 1), '@') : -1;
    struct pb_str name = at < 0 ? text : pb_strn(text.p, (size_t)at + 1);
    out->raw = text;
    if (is_url(text)) return;
    if (is_scp(text)) {
        out->raw = pb_str(pb_arena_printf(arena, "git+ssh://" PB_FMT, PB_ARG(text)));
        return;
    }
    if (!pb_str_starts(name, "@") && is_path_like(name)) return;
    struct pb_str decoded = decode_scope(arena, name);
    if (at < 0 && !pl_name_is_safe(decoded)) return;
    out->name = decoded;
    out->raw = at < 0 ? PB_LIT("*") : pb_str_skip(text, (size_t)at + 2);
    if (out->raw.n == 0) out->raw = PB_LIT("*");
}

int pl_spec_parse(struct pb_arena *arena, struct pb_str name, struct pb_str raw, const char *where,
                  struct pl_spec *out, struct pb_err *err)
{
    *out = (struct pl_spec){0};
    struct pb_str text = pb_arena_str(arena, raw);
    if (raw.n > 0 && memchr(raw.p, '\0', raw.n))
        return pb_err_set(err, PB_E_BAD_INPUT, "a dependency's text contains a zero byte");
    if (name.n > 0) {
        out->name = decode_scope(arena, pb_arena_str(arena, name));
        out->raw = text;
    } else {
        split_name(arena, text, out);
    }
    if (out->name.n > 0 && !pl_name_is_safe(out->name))
        return pb_err_set(err, PB_E_BAD_INPUT, "invalid package name \"" PB_FMT "\"",
                          PB_ARG(out->name));
    return parse_raw(arena, where, out, err);
}

bool pl_spec_is_registry(const struct pl_spec *spec)
{
    return spec->kind == PL_SPEC_RANGE || spec->kind == PL_SPEC_VERSION ||
           spec->kind == PL_SPEC_TAG || spec->kind == PL_SPEC_ALIAS;
}

struct pb_str pl_spec_registry_name(const struct pl_spec *spec)
{
    return spec->kind == PL_SPEC_ALIAS ? spec->sub->name : spec->name;
}
