/* SPDX-License-Identifier: MIT */
#include "installer/stages/download.h"

#include "base/arena.h"
#include "base/mem.h"

#include <stdlib.h>

#define MAX_TARBALL_BYTES (2ull << 30)
struct pl_downloader {
    struct pl_http *http;
    struct pl_body_room room;
    struct download *active; /* doubly linked, for freeing what a freed HTTP loop cancelled */
};

struct download {
    struct pl_downloader *downloader;
    struct download *next, *prev;
    struct pb_arena arena; /* owns this struct's texts */
    struct pl_download_spec spec;
    struct pl_sri wanted; /* n == 0: none */
    struct pb_digest *digest;
    struct pl_incoming body;
    pl_download_done *done;
    void *user;
};

struct pl_downloader *pl_downloader_new(struct pl_http *http, struct pl_store *store)
{
    struct pl_downloader *downloader = pb_calloc(1, sizeof *downloader);
    downloader->http = http;
    downloader->room.store = store;
    return downloader;
}

static enum pb_digest_kind digest_kind(const struct pl_sri *wanted)
{
    return wanted->n > 0 ? wanted->kind : PB_SHA512;
}

static int parse_wanted(const struct pl_download_spec *spec, struct pl_sri *out, struct pb_err *err)
{
    *out = (struct pl_sri){0};
    if (pb_str_trim(spec->integrity).n == 0 || pl_sri_parse(spec->integrity, out)) return 0;
    return pb_err_set(err, PB_E_INTEGRITY,
                      "check " PB_FMT ": %s: no known digest in \"" PB_FMT
                      "\": repair the lockfile's integrity",
                      PB_ARG(spec->label), spec->url, PB_ARG(spec->integrity));
}

static int compare(const struct pl_download_spec *spec, const struct pl_sri *wanted,
                   const uint8_t *got, char got_text[PL_SRI_TEXT_MAX], struct pb_err *err)
{
    enum pb_digest_kind kind = digest_kind(wanted);
    pl_sri_format(kind, got, got_text);
    if (wanted->n == 0 || pl_sri_matches(wanted, got)) return 0;
    char wanted_text[PL_SRI_TEXT_MAX];
    pl_sri_format(kind, wanted->digests[0], wanted_text);
    return pb_err_set(err, PB_E_INTEGRITY,
                      "check " PB_FMT ": %s: integrity mismatch: expected %s, got %s: the registry "
                      "or a proxy sends something else than was locked",
                      PB_ARG(spec->label), spec->url, wanted_text, got_text);
}

static void reset(struct download *d)
{
    pb_digest_free(d->digest);
    d->digest = pb_digest_new(digest_kind(&d->wanted));
    pl_incoming_reset(&d->body);
}

static void link_download(struct pl_downloader *downloader, struct download *d)
{
    d->downloader = downloader;
    d->next = downloader->active;
    if (d->next) d->next->prev = d;
    downloader->active = d;
}

static void free_download(struct download *d)
{
    if (d->next) d->next->prev = d->prev;
    if (d->prev)
        d->prev->next = d->next;
    else if (d->downloader)
        d->downloader->active = d->next;
    pb_digest_free(d->digest);
    pl_incoming_release(&d->body);
    pb_arena_release(&d->arena);
    free(d);
}

void pl_downloader_free(struct pl_downloader *downloader)
{
    if (!downloader) return;
    for (struct download *d = downloader->active, *next; d; d = next) {
        next = d->next;
        free_download(d);
    }
    free(downloader);
}

static int on_data(void *user, const char *data, size_t n, struct pb_err *err)
{
    struct download *d = user;
    pb_digest_add(d->digest, data, n);
    if (pl_incoming_add(&d->body, data, n, err) == 0) return 0;
    return pb_err_wrap(err, "download " PB_FMT ": %s", PB_ARG(d->spec.label), d->spec.url);
}

static void on_length(void *user, uint64_t bytes)
{
    struct download *d = user;
    pl_incoming_expect(&d->body, bytes);
}

static void on_restart(void *user)
{
    reset(user);
}

static int status_error(const struct pl_download_spec *spec, long status, struct pb_err *err)
{
    bool is_missing = status == 404 || status == 410;
    bool is_denied = status == 401 || status == 403;
    return pb_err_set(err, is_missing ? PB_E_NOT_FOUND : PB_E_NETWORK,
                      "download " PB_FMT ": %s: the registry answered %ld%s", PB_ARG(spec->label),
                      spec->url, status,
                      is_denied ? ": check the credentials in .npmrc"
                                : (is_missing ? ": the tarball does not exist" : ""));
}

static int finish(struct download *d, const struct pl_http_response *response, struct pl_body *body,
                  struct pb_err *err)
{
    if (response->status < 200 || response->status > 299)
        return status_error(&d->spec, response->status, err);
    uint8_t got[PB_DIGEST_MAX];
    char integrity[PL_SRI_TEXT_MAX];
    pb_digest_finish(d->digest, got);
    if (compare(&d->spec, &d->wanted, got, integrity, err) != 0) return -1;
    if (pl_incoming_take(&d->body, body, err) != 0)
        return pb_err_wrap(err, "download " PB_FMT, PB_ARG(d->spec.label));
    memcpy(body->integrity, integrity, sizeof integrity);
    return 0;
}

static void on_done(void *user, const struct pl_http_response *response, const struct pb_err *cause)
{
    struct download *d = user;
    struct pl_body body = PL_BODY_INIT;
    struct pb_err err = PB_ERR_INIT;
    if (cause) {
        err = *cause;
        pb_err_wrap(&err, "download " PB_FMT, PB_ARG(d->spec.label));
    } else {
        (void)finish(d, response, &body, &err);
    }
    d->done(d->user, &body, pb_err_is_set(&err) ? &err : NULL);
    pl_body_release(&body);
    free_download(d);
}

static struct download *new_download(struct pl_downloader *downloader,
                                     const struct pl_download_spec *spec)
{
    struct download *d = pb_calloc(1, sizeof *d);
    d->spec = (struct pl_download_spec){
        .label = pb_arena_str(&d->arena, spec->label),
        .url = pb_arena_cstr(&d->arena, pb_str(spec->url)),
        .integrity = pb_arena_str(&d->arena, spec->integrity),
    };
    pl_incoming_init(&d->body, &downloader->room, MAX_TARBALL_BYTES);
    return d;
}

int pl_download_start(struct pl_downloader *downloader, const struct pl_download_spec *spec,
                      pl_download_done *done, void *user, struct pb_err *err)
{
    struct download *d = new_download(downloader, spec);
    d->done = done;
    d->user = user;
    link_download(downloader, d);
    if (parse_wanted(&d->spec, &d->wanted, err) != 0) {
        free_download(d);
        return -1;
    }
    reset(d);
    const struct pl_http_request request = {
        .url = d->spec.url,
        .authorization = spec->authorization,
        .max_body_bytes = MAX_TARBALL_BYTES,
        .on_length = on_length,
        .on_data = on_data,
        .on_restart = on_restart,
        .on_done = on_done,
        .user = d,
    };
    if (pl_http_start(downloader->http, &request, err) == 0) return 0;
    free_download(d);
    return -1;
}

int pl_body_check(const struct pl_download_spec *spec, char *data, size_t n, struct pl_body *out,
                  struct pb_err *err)
{
    *out = (struct pl_body){.data = data, .n = n, .fd = -1};
    struct pl_sri wanted;
    uint8_t got[PB_DIGEST_MAX];
    if (parse_wanted(spec, &wanted, err) == 0) {
        pb_digest_once(digest_kind(&wanted), data, n, got);
        if (compare(spec, &wanted, got, out->integrity, err) == 0) return 0;
    }
    pl_body_release(out);
    return -1;
}
