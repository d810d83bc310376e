/* SPDX-License-Identifier: MIT */
#include "harness/pull_request/api.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/term.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CONNECT_TIMEOUT_S = 15,
    CALL_TIMEOUT_S = 90,
    ANSWER_MAX_BYTES = 64 << 20, /* 100 comments of the largest size, escaped */
    MESSAGE_MAX = 200,
    TOKEN_MAX = 4096
};

struct pb_api {
    struct pb_api_options options;
    CURL *curl;
    struct curl_slist *headers;
    int64_t waited_ns;
    char curl_error[CURL_ERROR_SIZE];
};

static bool is_loopback(const char *url)
{
    static const char *const hosts[] = {"http://127.0.0.1:", "http://127.0.0.1/",
                                        "http://localhost:", "http://localhost/", "http://[::1]"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        if (strncmp(url, hosts[i], strlen(hosts[i])) == 0) return true;
    return false;
}

static int check_options(const struct pb_api_options *o, struct pb_err *err)
{
    if (strncmp(o->url, "https://", 8) != 0 && !is_loopback(o->url))
        return pb_err_set(err, PB_E_USAGE,
                          "use the hosting API: %s: a token may only go over https: give its "
                          "https address",
                          o->url);
    size_t n = strlen(o->token);
    for (size_t i = 0; i < n; i++)
        if (o->token[i] <= ' ' || o->token[i] > '~') n = 0;
    if (n == 0 || n > TOKEN_MAX)
        return pb_err_set(err, PB_E_USAGE,
                          "use the hosting API: the token is empty or has characters that no token "
                          "has: set it again");
    return 0;
}

static int add_header(struct pb_api *api, const char *name, const char *value, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf line = PB_BUF_INIT(TOKEN_MAX + 100);
    pb_buf_printf(&line, value ? "%s %s" : "%s", name, value);
    struct curl_slist *longer = curl_slist_append(api->headers, line.p);
    if (!longer) return pb_err_set(err, PB_E_SYSTEM, "use the hosting API: out of memory");
    api->headers = longer;
    return 0;
}

static int set_headers(struct pb_api *api, struct pb_err *err)
{
    const struct pb_api_options *o = &api->options;
    if (add_header(api, o->token_header, o->token, err) != 0 ||
        add_header(api, "Accept:", o->accept, err) != 0 ||
        add_header(api, "Content-Type:", "application/json", err) != 0)
        return -1;
    return o->extra_header ? add_header(api, o->extra_header, NULL, err) : 0;
}

struct pb_api *pb_api_new(const struct pb_api_options *options, struct pb_err *err)
{
    if (check_options(options, err) != 0) return NULL;
    struct pb_api *api = pb_calloc(1, sizeof *api);
    api->options = *options;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || !(api->curl = curl_easy_init())) {
        pb_err_set(err, PB_E_SYSTEM, "use the hosting API: libcurl cannot start");
    } else if (set_headers(api, err) == 0) {
        return api;
    }
    pb_api_free(api);
    return NULL;
}

void pb_api_free(struct pb_api *api)
{
    if (!api) return;
    curl_slist_free_all(api->headers);
    curl_easy_cleanup(api->curl);
    free(api);
}

static size_t keep_answer(char *data, size_t size, size_t count, void *context)
{
    struct pb_buf *out = context;
    pb_buf_add(out, data, size * count);
    return pb_buf_ok(out) ? size * count : 0;
}

static const char *header_of(struct pb_api *api, const char *name)
{
    struct curl_header *header;
    if (curl_easy_header(api->curl, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return NULL;
    return header->value;
}

static int64_t number_of(const char *text, int64_t fallback)
{
    uint64_t value;
    if (!text || !pb_str_u64(pb_str_trim(pb_str(text)), &value) || value > INT64_MAX)
        return fallback;
    return (int64_t)value;
}

/* GitHub says x-ratelimit-*, GitLab ratelimit-*. */
static int64_t limit_of(struct pb_api *api, const char *name, int64_t fallback)
{
    int64_t value = number_of(header_of(api, name), -1);
    if (value < 0) value = number_of(header_of(api, name + strlen("x-")), -1);
    return value < 0 ? fallback : value;
}

static const char *message_of(const struct pb_api_response *response)
{
    if (!response->has_body) return NULL;
    const char *message = pb_json_cstr(response->body.root, "message");
    return message ? message : pb_json_cstr(response->body.root, "error");
}

static void read_answer(struct pb_api *api, struct pb_str text, struct pb_api_response *out)
{
    struct pb_err ignored = PB_ERR_INIT;
    curl_off_t retry_after = 0;
    out->has_body = text.n > 0 && pb_json_parse(&out->body, text, "answer", &ignored) == 0;
    curl_easy_getinfo(api->curl, CURLINFO_RESPONSE_CODE, &out->answer.status);
    curl_easy_getinfo(api->curl, CURLINFO_RETRY_AFTER, &retry_after);
    out->answer.retry_after_s = header_of(api, "retry-after") ? (int64_t)retry_after : -1;
    out->answer.limit_remaining = limit_of(api, "x-ratelimit-remaining", -1);
    out->answer.limit_reset_s = limit_of(api, "x-ratelimit-reset", 0);
    const char *message = message_of(out), *link = header_of(api, "link");
    out->answer.says_rate_limit = message && strcasestr(message, "rate limit");
    out->has_next = link && strstr(link, "rel=\"next\"");
}

static void prepare(struct pb_api *api, const char *method, const char *url,
                    const struct pb_buf *body, struct pb_buf *answer)
{
    CURL *curl = api->curl;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, api->headers);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "phasebench/" PB_VERSION);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)CALL_TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, api->curl_error);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep_answer);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (!body) return;
    /* On a connection that was used before, libcurl itself would send a lost request again. */
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->p);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->n);
}

/* One attempt. Status 0: no answer; the reason is in api->curl_error. */
static int call_once(struct pb_api *api, const char *method, const char *path,
                     const struct pb_buf *body, struct pb_api_response *out, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf url = PB_BUF_INIT(1 << 16), answer = PB_BUF_INIT(ANSWER_MAX_BYTES);
    pb_buf_printf(&url, "%s%s", api->options.url, path);
    prepare(api, method, url.p, body, &answer);
    api->curl_error[0] = '\0';
    CURLcode code = curl_easy_perform(api->curl);
    if (!pb_buf_ok(&answer))
        return pb_err_set(err, PB_E_LIMIT, "%s %s: the answer is over %d bytes", method, url.p,
                          ANSWER_MAX_BYTES);
    if (code == CURLE_OK) {
        read_answer(api, pb_buf_str(&answer), out);
    } else {
        if (!*api->curl_error)
            snprintf(api->curl_error, sizeof api->curl_error, "%s", curl_easy_strerror(code));
        out->answer = (struct pb_api_answer){.retry_after_s = -1, .limit_remaining = -1};
    }
    return 0;
}

int pb_api_wait(struct pb_api *api, const struct pb_api_answer *answer, unsigned attempt,
                struct pb_err *err)
{
    struct pb_retry retry = pb_retry_decide(answer, attempt, pb_wallclock_ns() / PB_NS_PER_S);
    const char *detail = answer->status == 0 ? api->curl_error : "";
    if (!retry.again)
        return pb_err_set(err, PB_E_NETWORK, "%s: %s%s%s: gave up after %u attempts",
                          api->options.url, retry.reason, *detail ? ": " : "", detail, attempt + 1);
    int64_t left_s = (api->options.max_wait_ns - api->waited_ns) / PB_NS_PER_S;
    if (retry.wait_s > left_s)
        return pb_err_set(err, PB_E_TIMEOUT,
                          "%s: %s%s%s: it asks to wait %" PRId64 " s, %" PRId64
                          " s are left: allow more by --max-wait",
                          api->options.url, retry.reason, *detail ? ": " : "", detail, retry.wait_s,
                          left_s);
    pb_info("%s (%ld): again in %" PRId64 " s", retry.reason, answer->status, retry.wait_s);
    api->waited_ns += retry.wait_s * PB_NS_PER_S;
    pb_sleep_ns(retry.wait_s * PB_NS_PER_S);
    return 0;
}

int pb_api_call(struct pb_api *api, const char *method, const char *path, const struct pb_buf *body,
                enum pb_api_repeat repeat, struct pb_api_response *out, struct pb_err *err)
{
    *out = (struct pb_api_response){0};
    for (unsigned attempt = 0;; attempt++) {
        if (call_once(api, method, path, body, out, err) != 0) return -1;
        bool may_pass = pb_answer_is_limit(&out->answer) ||
                        (repeat == PB_API_REPEAT && pb_answer_is_unclear(&out->answer));
        if (!may_pass) return 0;
        if (pb_api_wait(api, &out->answer, attempt, err) != 0)
            return pb_err_wrap(err, "%s %s", method, path);
        pb_api_response_release(out);
    }
}

void pb_api_response_release(struct pb_api_response *response)
{
    if (response->has_body) pb_json_free(&response->body);
    *response = (struct pb_api_response){0};
}

/* A server could send the token back. */
static void hide(char *text, const char *secret)
{
    size_t n = strlen(secret);
    for (char *at = text; (at = strstr(at, secret)) != NULL; at += n)
        memset(at, '*', n);
}

int pb_api_refused(const struct pb_api *api, const struct pb_api_response *response,
                   struct pb_err *err, const char *what, const char *hint)
{
    PB_AUTO_BUF struct pb_buf message = PB_BUF_INIT(1 << 16);
    const char *text = message_of(response);
    if (response->answer.status / 100 == 3) text = "it was moved: give its new name";
    for (const char *p = text && *text ? text : "no message"; *p; p++)
        pb_buf_add_char(&message, (char)((unsigned char)*p < ' ' ? ' ' : *p));
    hide(message.p, api->options.token);
    return pb_err_set(err, PB_E_NETWORK, "%s: %ld %.*s%s%s", what, response->answer.status,
                      MESSAGE_MAX, message.p, hint ? ": " : "", hint ? hint : "");
}
