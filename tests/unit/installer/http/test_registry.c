/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "base/mem.h"
#include "fault_server.h"
#include "gzip_text.h"
#include "installer/registry/registry.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

static const char document[] = "{\"name\":\"a\",\"dist-tags\":{\"latest\":\"1.0.0\"},"
                               "\"versions\":{\"0.9.0-rc.1\":{\"version\":\"0.9.0-rc.1\"},"
                               "\"1.0.0\":{\"version\":\"1.0.0\"}}}";

/* What all tests share: a registry on loopback, a cache folder, and what was answered. */
static char *dir;
static struct fault_server *server;
static struct fault_answer answers[16];
static char *compressed;

static struct pl_registry *asked; /* by the fetch under way */

static struct result {
    unsigned answered;
    bool cached;
    struct pb_err err;
    char latest[32];
} result;

static void set_up(void)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_make_temp_dir("/tmp", "registry-", &dir, &err), 0, "%s", err.msg);
    size_t n;
    compressed = gzip_bytes(document, sizeof document - 1, &n);
    const struct fault_answer table[] = {
        {"/a", .times = 1, .status = 200, .headers = "etag: \"v1\"\r\n", .body = document},
        {"/a", .status = 304, .headers = "etag: \"v1\"\r\n"},
        {"/zipped", .status = 200, .headers = "content-encoding: gzip\r\n", .body = compressed,
         .body_bytes = n},
        {"/zipped-badly", .status = 200, .headers = "content-encoding: gzip\r\n", .body = "x"},
        {"/@s%2fb", .status = 200, .body = document},
        {"/private", .status = 401},
        {"/down", .status = 503},
        {"/cut-json", .status = 200, .body = "{\"name\":"},
        {"/large", .status = 200, .body = document, .claimed_bytes = (size_t)1 << 40,
         .close = true},
        {"/slow", .status = 200, .body = document, .stall_ms = 60000},
        {NULL},
    };
    memcpy(answers, table, sizeof table);
    server = fault_server_start(answers);
}

static void tear_down(void)
{
    struct pb_err err = PB_ERR_INIT;
    fault_server_stop(server);
    free(compressed);
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, &err), 0, "%s", err.msg);
    free(dir);
}

TestSuite(registry, .init = set_up, .fini = tear_down);

/* Version 0.9.0-rc.1 is none that sealing keeps: the body gives it, then the cache. */
static void expect_text_again(struct pl_registry_answer *a, struct pl_packument *p)
{
    struct pb_err err = PB_ERR_INIT;
    ptrdiff_t i = pl_packument_pick(p, PB_LIT("0.9.0-rc.1"), NULL, &err);
    if (i < 0) return; /* another document */
    cr_expect_not(pl_packument_is_deprecated(p, (size_t)i), "from the body");
    pl_packument_rest(p);
    pl_registry_let_go(a);
    const struct pl_manifest *m = pl_packument_manifest(p, (size_t)i, &err);
    cr_assert_not_null(m, "%s", err.msg);
    cr_expect(pb_str_is(m->version, "0.9.0-rc.1"));
    pl_packument_rest(p);
}

static void take_answer(void *user, struct pl_registry_answer *a, const struct pb_err *err)
{
    struct result *r = user;
    r->answered++;
    if (err) {
        cr_assert_null(a);
        r->err = *err;
        return;
    }
    r->cached = pl_registry_answer_is_cached(a);
    static const struct pl_registry_wish nothing_at_once;
    struct pl_packument *p = pl_registry_parse(a, &nothing_at_once, &r->err);
    if (p) {
        snprintf(r->latest, sizeof r->latest, PB_FMT,
                 PB_ARG(pl_packument_tag(p, PB_LIT("latest"))));
        cr_expect_eq(pl_registry_store(asked, &a, 1, &r->err), 0, "%s", r->err.msg);
        expect_text_again(a, p);
    }
    pl_packument_free(p);
    pl_registry_answer_free(a);
}

static struct pl_config *load_config(const char *const *more)
{
    char registry[400];
    const char *cli[8] = {registry};
    static const char *const env[] = {NULL};
    struct pb_err err = PB_ERR_INIT;
    snprintf(registry, sizeof registry, "registry=%s", fault_server_url(server, "/"));
    for (size_t i = 0; more && more[i]; i++)
        cli[1 + i] = more[i];
    struct pl_config_sources sources = {.cli = cli, .envp = env};
    setenv("PATH", dir, 1); /* no npm, no node: nothing of this machine */
    struct pl_config *config = pl_config_load(&sources, &err);
    cr_assert_not_null(config, "%s", err.msg);
    return config;
}

/* One fetch with a configuration, HTTP and registry of its own: as separate runs do. */
static struct result fetch(const char *name, const char *const *cli, long fresh_s)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_config *config = load_config(cli);
    struct pl_http_options http_options = {.noproxy = "*"};
    struct pl_http *http = pl_http_new(&http_options, &err);
    cr_assert_not_null(http, "%s", err.msg);
    struct pl_registry_options options = {config, http, dir, fresh_s};
    struct pl_registry *registry = asked = pl_registry_new(&options, &err);
    cr_assert_not_null(registry, "%s", err.msg);
    result = (struct result){0};
    pl_registry_fetch(registry, pb_str(name), 0, take_answer, &result);
    while (pl_http_active(http))
        cr_assert_eq(pl_http_poll(http, -1, &err), 0, "%s", err.msg);
    cr_expect_eq(result.answered, 1, "%s: %u answers", name, result.answered);
    pl_http_free(http);
    pl_registry_free(registry);
    pl_config_free(config);
    return result;
}

static void expect_document(struct result r, bool cached)
{
    cr_expect_eq(r.err.code, PB_E_OK, "%s", r.err.msg);
    cr_expect_str_eq(r.latest, "1.0.0");
    cr_expect_eq(r.cached, cached);
}

Test(registry, document_comes_from_the_network_then_from_the_cache)
{
    expect_document(fetch("a", NULL, 300), false);
    expect_document(fetch("a", NULL, 300), true);
    cr_expect_eq(fault_server_requests(server), 1);
    struct fault_request r = fault_server_request(server, 0);
    cr_expect_str_eq(r.encoding, "gzip");
    cr_expect_not_null(strstr(r.accept, "application/vnd.npm.install-v1+json"), "%s", r.accept);
    cr_expect_str_eq(r.etag, "");
}

Test(registry, stale_document_is_revalidated_by_etag)
{
    expect_document(fetch("a", NULL, -1), false);
    expect_document(fetch("a", NULL, -1), true);
    cr_expect_eq(fault_server_requests(server), 2);
    cr_expect_str_eq(fault_server_request(server, 1).etag, "\"v1\"");
}

Test(registry, compressed_document_is_inflated_and_kept_compressed)
{
    expect_document(fetch("zipped", NULL, 300), false);
    expect_document(fetch("zipped", NULL, 300), true);
    cr_expect_eq(fault_server_requests(server), 1);
}

Test(registry, scoped_name_is_one_path_component)
{
    expect_document(fetch("@s/b", NULL, 300), false);
    cr_expect_str_eq(fault_server_request(server, 0).path, "/@s%2fb");
}

Test(registry, offline_uses_what_is_cached_and_nothing_else)
{
    static const char *const offline[] = {"offline=true", NULL};
    struct result r = fetch("a", offline, -1);
    cr_expect_eq(r.err.code, PB_E_NETWORK);
    cr_expect_not_null(strstr(r.err.msg, "offline"), "%s", r.err.msg);
    cr_expect_eq(fault_server_requests(server), 0);
    expect_document(fetch("a", NULL, -1), false);
    expect_document(fetch("a", offline, -1), true);
    cr_expect_eq(fault_server_requests(server), 1);
}

Test(registry, prefer_offline_takes_stale_documents)
{
    static const char *const prefer[] = {"prefer-offline=true", NULL};
    expect_document(fetch("a", prefer, -1), false);
    expect_document(fetch("a", prefer, -1), true);
    cr_expect_eq(fault_server_requests(server), 1);
}

Test(registry, cut_off_times_need_the_full_document)
{
    static const char *const full[] = {"min-release-age=3", NULL};
    expect_document(fetch("@s/b", NULL, 300), false);
    expect_document(fetch("@s/b", full, 300), false);
    cr_expect_str_eq(fault_server_request(server, 1).accept, "application/json");
}

Test(registry, credentials_are_sent_to_their_registry)
{
    char token[400];
    const char *url = fault_server_url(server, "/");
    snprintf(token, sizeof token, "%s:_authToken=T", strchr(url, '/'));
    const char *const cli[] = {token, NULL};
    fetch("a", cli, 300);
    cr_expect_str_eq(fault_server_request(server, 0).authorization, "Bearer T");
    fetch("private", NULL, 300);
    cr_expect_str_eq(fault_server_request(server, 1).authorization, "");
}

static const struct {
    const char *name;
    enum pb_code code;
    const char *says;
} failures[] = {
    {"missing", PB_E_NOT_FOUND, "package missing is not in the registry"},
    {"private", PB_E_USAGE, "credentials"},
    {"down", PB_E_NETWORK, "503"},
    {"cut-json", PB_E_BAD_INPUT, "package cut-json"},
    {"zipped-badly", PB_E_BAD_INPUT, "package zipped-badly"},
    {"large", PB_E_LIMIT, "package large"},
    {"", PB_E_BAD_INPUT, "not a package name"},
    {"..", PB_E_BAD_INPUT, "not a package name"},
};

Test(registry, failures_name_the_package_and_are_not_cached)
{
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++)
        for (int again = 0; again < 2; again++) {
            struct result r = fetch(failures[i].name, NULL, 300);
            cr_expect_eq(r.err.code, failures[i].code, "%s: %s", failures[i].name, r.err.msg);
            cr_expect_not_null(strstr(r.err.msg, failures[i].says), "%s", r.err.msg);
            cr_expect_not(r.cached, "%s", failures[i].name);
        }
}

Test(registry, names_cannot_leave_the_registry)
{
    fetch("../../x?y#z", NULL, 300);
    cr_expect_str_eq(fault_server_request(server, 0).path, "/..%2f..%2fx%3fy%23z");
}

Test(registry, fetches_under_way_are_dropped)
{
    struct pb_err err = PB_ERR_INIT;
    struct pl_config *config = load_config(NULL);
    struct pl_http_options http_options = {.noproxy = "*"};
    struct pl_http *http = pl_http_new(&http_options, &err);
    struct pl_registry_options options = {config, http, dir, 0};
    struct pl_registry *registry = pl_registry_new(&options, &err);
    result = (struct result){0};
    for (int i = 0; i < 3; i++)
        pl_registry_fetch(registry, PB_LIT("slow"), i, take_answer, &result);
    while (fault_server_requests(server) < 3)
        cr_assert_eq(pl_http_poll(http, 10, &err), 0);
    pl_http_free(http);
    pl_registry_free(registry);
    pl_config_free(config);
    cr_expect_eq(result.answered, 0);
}
