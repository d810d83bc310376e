/* SPDX-License-Identifier: MIT */
/* What the configuration says about requests: tarball addresses, cut-off times, HTTP options. */
#include "installer/registry/registry.h"

#include "base/clock.h"
#include "installer/config/default_registry.h"
#include "installer/config/url.h"

#include <strings.h>

/* "host" or "http://host/prefix" against a tarball's URL. The length of the path prefix to take off
 * goes to *prefix_n. */
static bool lies_at(const struct pl_url *tarball, const char *place, size_t *prefix_n)
{
    struct pl_url url;
    struct pb_str host = pb_str(place);
    *prefix_n = 0;
    if (!pl_url_parse(host, &url))
        return tarball->host.n == host.n && strncasecmp(tarball->host.p, host.p, host.n) == 0;
    struct pb_str prefix = url.path;
    while (pb_str_ends(prefix, "/"))
        prefix.n--;
    struct pb_str front = pb_strn(tarball->path.p, prefix.n);
    bool below =
        tarball->path.n > prefix.n && pb_str_eq(front, prefix) && tarball->path.p[prefix.n] == '/';
    if (!pl_url_same_host(tarball, &url) || !below) return false;
    *prefix_n = prefix.n;
    return true;
}

/* Whether replace-registry-host concerns this tarball. npm's default, "npmjs", means the public
 * registry; its host name is known here only as the default that the build found. */
static bool is_replaced(const struct pl_config *config, const struct pl_url *tarball,
                        size_t *prefix_n)
{
    const char *rule = pl_config_get(config, "replace-registry-host");
    *prefix_n = 0;
    if (rule && strcmp(rule, "never") == 0) return false;
    if (rule && strcmp(rule, "always") == 0) return true;
    if (!rule || strcmp(rule, "npmjs") == 0) rule = pl_built_in_registry();
    return *rule && lies_at(tarball, rule, prefix_n);
}

int pl_registry_tarball_url(struct pl_config *config, struct pb_arena *arena, struct pb_str package,
                            struct pb_str tarball, struct pb_str *out, struct pb_err *err)
{
    struct pl_url from, to;
    size_t prefix_n;
    *out = tarball;
    if (!pl_url_parse(tarball, &from))
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "package " PB_FMT ": tarball \"" PB_FMT "\": not an http: or https: URL",
                          PB_ARG(package), PB_ARG(tarball));
    if (!is_replaced(config, &from, &prefix_n)) return 0;
    const char *registry = pl_config_registry(config, package, err);
    if (!registry) return -1;
    (void)pl_url_parse(pb_str(registry), &to); /* the configuration has checked it */
    struct pb_str base = to.path, rest = pb_str_skip(tarball, from.origin.n + prefix_n);
    if (pb_str_ends(base, "/")) base.n--;
    /* A registry below a path serves its tarballs there too; they may say so already. */
    bool has_base =
        rest.n > base.n && pb_str_eq(pb_strn(rest.p, base.n), base) && rest.p[base.n] == '/';
    if (has_base) base.n = 0;
    *out = pb_str(pb_arena_printf(arena, PB_FMT PB_FMT PB_FMT, PB_ARG(to.origin), PB_ARG(base),
                                  PB_ARG(rest)));
    return 0;
}

struct pb_str pl_registry_before(const struct pl_config *config, struct pb_arena *arena,
                                 int64_t wallclock_ns)
{
    const char *before = pl_config_get(config, "before");
    if (before) return pb_str(before);
    long days = pl_config_long(config, "min-release-age", 0);
    if (days <= 0) return PB_LIT("");
    const int64_t day_ns = 86400 * PB_NS_PER_S;
    int64_t limit = wallclock_ns / day_ns;
    int64_t at = days < limit ? wallclock_ns - days * day_ns : 0;
    char text[32];
    pb_format_utc(at, text);
    return pb_arena_str(arena, pb_str(text));
}

static const char *proxy_of(const struct pl_config *config, const char *key)
{
    const char *value = pl_config_get(config, key);
    return value && strcmp(value, "false") == 0 ? "" : value;
}

struct pl_http_options pl_registry_http_options(const struct pl_config *config)
{
    long sockets = pl_config_long(config, "maxsockets", 0);
    long retries = pl_config_long(config, "fetch-retries", 2);
    struct pl_http_options options = {
        .max_connections = sockets > 0 && sockets < 1024 ? (unsigned)sockets : 0,
        .version = pl_config_bool(config, "http2", false) ? PL_HTTP_2 : PL_HTTP_1_1,
        .retries = retries > 0 && retries < 100 ? (unsigned)retries : 0,
        .retry_min_ms = pl_config_long(config, "fetch-retry-mintimeout", 0),
        .retry_max_ms = pl_config_long(config, "fetch-retry-maxtimeout", 0),
        .timeout_ms = pl_config_long(config, "fetch-timeout", 0),
        .user_agent = pl_config_get(config, "user-agent"),
        .cafile = pl_config_get(config, "cafile"),
        .ca = pl_config_get(config, "ca"),
        .cert = pl_config_get(config, "cert"),
        .key = pl_config_get(config, "key"),
        .proxy = proxy_of(config, "proxy"),
        .https_proxy = proxy_of(config, "https-proxy"),
        .noproxy = pl_config_get(config, "noproxy"),
        .insecure = !pl_config_bool(config, "strict-ssl", true),
    };
    if (!options.https_proxy) options.https_proxy = options.proxy; /* as npm */
    return options;
}
