/* SPDX-License-Identifier: MIT */
#include "installer/manifest/git_url.h"

#include "installer/manifest/uri.h"

#include <stdio.h>
#include <strings.h>

struct url {
    struct pb_str scheme; /* without the colon */
    struct pb_str auth, host, path, hash;
};

struct host {
    const char *shortcut, *domain;
    const char *schemes; /* with spaces around each */
    bool has_user;       /* else the project alone names it */
};

static const struct host hosts[] = {
    {"github", "github.com", " git http git+ssh git+https ssh https ", true},
    {"gitlab", "gitlab.com", " git+ssh git+https ssh https ", true},
    {"bitbucket", "bitbucket.org", " git+ssh git+https ssh https ", true},
    {"gist", "gist.github.com", " git git+ssh git+https ssh https ", false},
    {"sourcehut", "git.sr.ht", " git+ssh https ", true},
};
enum { HOST_COUNT = sizeof hosts / sizeof hosts[0] };

static struct pb_str before(struct pb_str s, char c)
{
    ptrdiff_t at = pb_str_find(s, c);
    return at < 0 ? s : pb_strn(s.p, (size_t)at);
}

static struct pb_str behind(struct pb_str s, char c)
{
    ptrdiff_t at = pb_str_find(s, c);
    return at < 0 ? (struct pb_str){0} : pb_str_skip(s, (size_t)at + 1);
}

static bool is_scheme(struct pb_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char lower = (char)(s.p[i] | 0x20);
        if ((lower < 'a' || lower > 'z') && (i == 0 || s.p[i] != '+')) return false;
    }
    return s.n > 0;
}

static bool is_port(struct pb_str s)
{
    uint64_t port;
    return s.n == 0 || (pb_str_u64(s, &port) && port <= 65535);
}

/* scheme://[auth@]host[:port]/path[?query][#hash]; false for anything else. */
static bool parse_url(struct pb_str text, struct url *out)
{
    ptrdiff_t colon = pb_str_find(text, ':');
    if (colon < 0 || !pb_str_starts(pb_str_skip(text, (size_t)colon), "://")) return false;
    *out = (struct url){.scheme = pb_strn(text.p, (size_t)colon), .hash = behind(text, '#')};
    if (!is_scheme(out->scheme)) return false;

    struct pb_str rest = pb_str_skip(before(before(text, '#'), '?'), (size_t)colon + 3);
    struct pb_str authority = before(rest, '/');
    out->path = pb_str_skip(rest, authority.n);
    ptrdiff_t at = pb_str_rfind(authority, '@');
    if (at >= 0) out->auth = pb_strn(authority.p, (size_t)at);
    authority = pb_str_skip(authority, (size_t)(at + 1));
    out->host = before(authority, ':');
    return out->host.n > 0 && is_port(behind(authority, ':'));
}

/* "git@host:user/repo" and "git+ssh://host:user/repo": the last colon stands for a slash. Without a
 * scheme only the "@" tells it from a path. */
static bool parse_scp(struct pb_arena *arena, struct pb_str text, struct url *out)
{
    struct pb_str address = before(text, '#');
    ptrdiff_t colon = pb_str_rfind(address, ':'), at = pb_str_rfind(address, '@');
    bool has_scheme = pb_str_search(address, PB_LIT("//")) >= 0;
    if (colon <= at || (at < 0 && !has_scheme)) return false;
    const char *scheme = has_scheme ? "" : "git+ssh://";
    char *fixed = pb_arena_printf(arena, "%s" PB_FMT, scheme, PB_ARG(text));
    fixed[strlen(scheme) + (size_t)colon] = '/';
    return parse_url(pb_str(fixed), out);
}

/* "user/repo[#committish]": one slash, no protocol, no path, no scope, no white space. */
static bool is_github_shorthand(struct pb_str s)
{
    struct pb_str name = before(s, '#');
    ptrdiff_t slash = pb_str_find(name, '/');
    if (slash <= 0 || (size_t)slash + 1 == name.n || s.p[0] == '.') return false;
    if (pb_str_find(pb_str_skip(name, (size_t)slash + 1), '/') >= 0) return false;
    for (size_t i = 0; i < name.n; i++) {
        if (strchr("@: \t\r\n\v\f", name.p[i])) return false;
    }
    return true;
}

static struct pb_str without_git_suffix(struct pb_str s)
{
    if (pb_str_ends(s, ".git")) s.n -= 4;
    return s;
}

struct repository {
    const struct host *host;
    struct pb_str user, project, committish;
};

static bool decode(struct pb_arena *arena, struct repository *r)
{
    return pl_uri_decode(arena, r->user, &r->user) &&
           pl_uri_decode(arena, r->project, &r->project) &&
           pl_uri_decode(arena, r->committish, &r->committish) && r->project.n > 0 &&
           (!r->host->has_user || r->user.n > 0);
}

static struct pb_str print_url(struct pb_arena *arena, const char *scheme, struct pb_str auth,
                               const struct repository *r)
{
    const char *at = auth.n > 0 ? "@" : "", *slash = r->host->has_user ? "/" : "";
    struct pb_str user = r->host->has_user ? r->user : (struct pb_str){0};
    bool bare = strcmp(r->host->shortcut, "sourcehut") == 0 && strcmp(scheme, "https") == 0;
    return pb_str(pb_arena_printf(arena, "%s://" PB_FMT "%s%s/" PB_FMT "%s" PB_FMT "%s", scheme,
                                  PB_ARG(auth), at, r->host->domain, PB_ARG(user), slash,
                                  PB_ARG(r->project), bare ? "" : ".git"));
}

static bool read_shortcut(struct pb_arena *arena, const struct host *host, struct pb_str path,
                          struct pl_git_url *out)
{
    struct repository r = {.host = host, .committish = behind(path, '#')};
    path = before(before(path, '#'), '?');
    if (pb_str_starts(path, "/")) path = pb_str_skip(path, 1);
    if (pb_str_find(path, '@') >= 0) path = behind(path, '@'); /* credentials are ignored */
    ptrdiff_t slash = pb_str_rfind(path, '/');
    if (slash > 0) r.user = pb_strn(path.p, (size_t)slash);
    r.project = without_git_suffix(pb_str_skip(path, (size_t)(slash + 1)));
    if (!decode(arena, &r)) return false;
    out->url = print_url(arena, "https", (struct pb_str){0}, &r);
    out->committish = r.committish;
    return true;
}

/* Splits the path of a host's URL; false when it names a file there and not a repository. */
static bool split_path(const struct url *url, struct repository *r)
{
    static const char *const files[] = {"get", "raw", "archive"};
    struct pb_str rest = pb_str_skip(url->path, 1), kind = {0};
    r->committish = url->hash;
    if (strcmp(r->host->shortcut, "gitlab") == 0) { /* groups may be nested */
        if (pb_str_search(rest, PB_LIT("/-/")) >= 0) return false;
        if (pb_str_search(rest, PB_LIT("/archive.tar.gz")) >= 0) return false;
        ptrdiff_t slash = pb_str_rfind(rest, '/');
        if (slash > 0) r->user = pb_strn(rest.p, (size_t)slash);
        r->project = without_git_suffix(pb_str_skip(rest, (size_t)(slash + 1)));
        return true;
    }
    (void)pb_str_split(&rest, '/', &r->user);
    (void)pb_str_split(&rest, '/', &r->project);
    (void)pb_str_split(&rest, '/', &kind);
    if (!r->host->has_user && r->project.n == 0) {
        r->project = r->user;
        r->user = (struct pb_str){0};
    }
    r->project = without_git_suffix(r->project);
    if (strcmp(r->host->shortcut, "github") == 0 && kind.n > 0) {
        if (!pb_str_is(kind, "tree")) return false;
        (void)pb_str_split(&rest, '/', &r->committish);
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (pb_str_is(kind, files[i])) return false;
    }
    return true;
}

static bool allows_scheme(const struct host *host, struct pb_str scheme)
{
    char key[16];
    int n = snprintf(key, sizeof key, " " PB_FMT " ", PB_ARG(scheme));
    return n > 0 && (size_t)n < sizeof key && strstr(host->schemes, key);
}

static bool read_host_url(struct pb_arena *arena, const struct url *url, struct pl_git_url *out)
{
    struct pb_str domain = url->host;
    if (pb_str_starts(domain, "www.")) domain = pb_str_skip(domain, 4);
    struct repository r = {0};
    for (size_t i = 0; i < HOST_COUNT; i++) {
        if (pb_str_is(domain, hosts[i].domain)) r.host = &hosts[i];
    }
    if (!r.host || !allows_scheme(r.host, url->scheme) || !split_path(url, &r)) return false;
    if (!decode(arena, &r)) return false;
    bool https = pb_str_ends(url->scheme, "https"), git = pb_str_is(url->scheme, "git");
    /* ssh, and http, which these hosts do not serve */
    out->url = https || git ? print_url(arena, https ? "https" : "git", url->auth, &r)
                            : print_url(arena, "ssh", PB_LIT("git"), &r);
    out->committish = r.committish;
    return true;
}

bool pl_git_url_hosted(struct pb_arena *arena, struct pb_str spec, struct pl_git_url *out)
{
    if (is_github_shorthand(spec)) return read_shortcut(arena, &hosts[0], spec, out);
    struct pb_str scheme = before(spec, ':');
    for (size_t i = 0; i < HOST_COUNT; i++) {
        if (scheme.n < spec.n && pb_str_is(scheme, hosts[i].shortcut))
            return read_shortcut(arena, &hosts[i], pb_str_skip(spec, scheme.n + 1), out);
    }
    struct url url;
    if (!parse_url(spec, &url) && !parse_scp(arena, spec, &url)) return false;
    return read_host_url(arena, &url, out);
}

/* "host:path" behind git+ssh://, where the colon does not start a port. */
static bool is_scp_address(struct pb_str s)
{
    ptrdiff_t colon = pb_str_find(s, ':');
    if (colon <= 0 || (size_t)colon + 1 == s.n) return false;
    for (struct pb_str rest = behind(s, ':'); rest.p; rest = behind(rest, ':')) {
        size_t digits = 0;
        while (digits < rest.n && rest.p[digits] >= '0' && rest.p[digits] <= '9')
            digits++;
        if (digits > 0 && (digits == rest.n || rest.p[digits] == '/')) return false;
    }
    return true;
}

bool pl_git_url_plain(struct pb_arena *arena, struct pb_str spec, struct pl_git_url *out)
{
    static const char *const schemes[] = {
        "git:", "git+http:", "git+https:", "git+rsync:", "git+ftp:", "git+file:", "git+ssh:"};
    bool known = false;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        size_t n = strlen(schemes[i]);
        known = known || (spec.n > n && strncasecmp(spec.p, schemes[i], n) == 0);
    }
    if (!known) return false;
    struct pb_str address = before(spec, '#');
    out->committish = behind(spec, '#');
    if (pb_str_starts(address, "git+ssh://") && is_scp_address(pb_str_skip(address, 10))) {
        address = pb_str_skip(address, 10);
    } else if (strncasecmp(address.p, "git+", 4) == 0) {
        address = pb_str_skip(address, 4);
    }
    out->url = pb_arena_str(arena, address);
    return true;
}

bool pl_git_committish_is_valid(struct pb_str committish)
{
    bool commit = false, range = false, path = false;
    while (committish.n > 0) {
        ptrdiff_t end = pb_str_search(committish, PB_LIT("::"));
        struct pb_str part = end < 0 ? committish : pb_strn(committish.p, (size_t)end);
        committish = end < 0 ? (struct pb_str){0} : pb_str_skip(committish, (size_t)end + 2);
        bool is_range = pb_str_starts(part, "semver:"), is_path = pb_str_starts(part, "path:");
        bool is_commit = pb_str_find(part, ':') < 0;
        if ((is_commit || is_range) && (commit || range)) return false;
        if (is_path && path) return false;
        commit = commit || is_commit;
        range = range || is_range;
        path = path || is_path;
    }
    return true;
}
