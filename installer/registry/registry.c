/* SPDX-License-Identifier: MIT */
#include "installer/registry/registry.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "installer/config/url.h"
#include "installer/registry/gunzip.h"
#include "installer/registry/meta_cache.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

_Static_assert((int)PL_REGISTRY_STORES_MAX == (int)PL_META_PUTS_MAX, "one call of the cache");

#define MAX_BODY_BYTES (256u << 20)     /* as received */
#define MAX_DOCUMENT_BYTES (512u << 20) /* inflated */
#define MAX_SCRATCH_BYTES (1u << 20)    /* of memory kept for inflating the next document */
#define ABBREVIATED "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8"

struct pl_registry {
    struct pl_registry_options options;
    struct pl_meta_cache *cache; /* NULL: none */
    bool offline, prefer_offline, full;
    struct fetch *fetches; /* under way */
    pthread_mutex_t lock;  /* guards what follows */
    struct pb_buf scratch[4];
    size_t scratch_n;
};

struct pl_registry_answer {
    struct pl_registry *registry;
    struct pl_meta_key key; /* texts follow the struct */
    struct pl_meta_entry entry;
    struct pb_buf body; /* entry.body when it came from the network */
    char *etag;         /* entry.etag then */
    bool cached;
};

/* A request under way; the answer is filled while it runs. */
struct fetch {
    struct fetch *prev, *next;
    struct pl_registry *registry;
    struct pl_registry_answer *answer;
    char *url;
    pl_registry_fn done;
    void *user;
};

struct pl_registry *pl_registry_new(const struct pl_registry_options *options, struct pb_err *err)
{
    struct pl_registry *r = pb_calloc(1, sizeof *r);
    const struct pl_config *config = options->config;
    r->options = *options;
    (void)pthread_mutex_init(&r->lock, NULL);
    if (r->options.fresh_s == 0) r->options.fresh_s = 300;
    r->offline = pl_config_bool(config, "offline", false);
    r->prefer_offline = pl_config_bool(config, "prefer-offline", false);
    r->full = pl_config_bool(config, "full-metadata", false) || pl_config_get(config, "before") ||
              pl_config_long(config, "min-release-age", 0) > 0;
    if (options->cache_dir) {
        r->cache = pl_meta_cache_open(options->cache_dir, err);
        if (!r->cache) {
            pl_registry_free(r);
            return NULL;
        }
    }
    return r;
}

static struct pl_registry_answer *answer_new(struct pl_registry *r, const char *registry,
                                             struct pb_str name)
{
    size_t registry_n = strlen(registry);
    struct pl_registry_answer *a = pb_calloc(1, sizeof *a + registry_n + name.n);
    char *texts = (char *)(a + 1);
    memcpy(texts, registry, registry_n);
    memcpy(texts + registry_n, name.p, name.n);
    a->registry = r;
    a->key.registry = pb_strn(texts, registry_n);
    a->key.package = pb_strn(texts + registry_n, name.n);
    a->key.full = r->full;
    a->body = PB_BUF_INIT(MAX_BODY_BYTES);
    return a;
}

/* The place stays known. */
static void forget_body(struct pl_registry_answer *a)
{
    pb_buf_release(&a->body);
    free(a->etag);
    free(a->entry.record);
    a->etag = NULL;
    a->entry = (struct pl_meta_entry){.place = a->entry.place};
}

void pl_registry_let_go(struct pl_registry_answer *a)
{
    if (a->entry.place.bytes > 0) forget_body(a);
}

void pl_registry_answer_free(struct pl_registry_answer *a)
{
    if (!a) return;
    forget_body(a);
    free(a);
}

bool pl_registry_answer_is_cached(const struct pl_registry_answer *a)
{
    return a->cached;
}

size_t pl_registry_answer_bytes(const struct pl_registry_answer *a)
{
    return a->entry.body.n;
}

static struct fetch *fetch_new(struct pl_registry *r, pl_registry_fn done, void *user)
{
    struct fetch *f = pb_calloc(1, sizeof *f);
    *f = (struct fetch){.next = r->fetches, .registry = r, .done = done, .user = user};
    if (f->next) f->next->prev = f;
    r->fetches = f;
    return f;
}

static void fetch_free(struct fetch *f)
{
    if (f->prev) f->prev->next = f->next;
    if (f->next) f->next->prev = f->prev;
    if (f->registry->fetches == f) f->registry->fetches = f->next;
    pl_registry_answer_free(f->answer);
    free(f->url);
    free(f);
}

/* Ends a fetch with its answer, or with the reason why there is none. */
static void finish(struct fetch *f, const struct pb_err *err)
{
    struct pl_registry_answer *answer = f->answer;
    pl_registry_fn done = f->done;
    void *user = f->user;
    if (!err) f->answer = NULL;
    fetch_free(f);
    done(user, err ? NULL : answer, err);
}

void pl_registry_free(struct pl_registry *r)
{
    if (!r) return;
    while (r->fetches)
        fetch_free(r->fetches);
    while (r->scratch_n > 0)
        pb_buf_release(&r->scratch[--r->scratch_n]);
    (void)pthread_mutex_destroy(&r->lock);
    pl_meta_cache_close(r->cache);
    free(r);
}

static void expect_length(void *user, uint64_t bytes)
{
    struct fetch *f = user;
    if (bytes < MAX_BODY_BYTES) (void)pb_buf_reserve(&f->answer->body, (size_t)bytes);
}

static int take_data(void *user, const char *data, size_t n, struct pb_err *err)
{
    struct fetch *f = user;
    pb_buf_add(&f->answer->body, data, n);
    if (pb_buf_ok(&f->answer->body)) return 0;
    return pb_err_set(err, PB_E_LIMIT, "the document is larger than %u bytes", MAX_BODY_BYTES);
}

static void restart(void *user)
{
    struct fetch *f = user;
    pb_buf_clear(&f->answer->body);
}

static void take_document(struct pl_registry_answer *a, const struct pl_http_response *response)
{
    free(a->entry.record); /* what was cached is out of date */
    a->entry = (struct pl_meta_entry){
        .body = pb_buf_str(&a->body), .gzip = response->gzip, .fetched_ns = pb_wallclock_ns()};
    a->cached = false;
    free(a->etag);
    a->etag = pb_strdup(response->etag.p);
    a->entry.etag = pb_strn(a->etag, response->etag.n);
}

/* The cached document is still the current one. Not being able to note that costs a request next
 * time, nothing else. */
static void confirm_cached(struct pl_registry_answer *a)
{
    struct pb_err ignored = PB_ERR_INIT;
    a->entry.fetched_ns = pb_wallclock_ns();
    (void)!pl_meta_cache_confirm(a->registry->cache, &a->key, a->entry.fetched_ns, &ignored);
}

static void describe_status(const struct fetch *f, long status, struct pb_err *err)
{
    struct pb_str name = f->answer->key.package;
    char shown[300];
    pl_url_shown(pb_str(f->url), shown, sizeof shown);
    if (status == 404 || status == 410) {
        pb_err_set(err, PB_E_NOT_FOUND,
                   "package " PB_FMT " is not in the registry (%s): check the name or --registry",
                   PB_ARG(name), shown);
    } else if (status == 401 || status == 403) {
        pb_err_set(err, PB_E_USAGE,
                   "package " PB_FMT
                   ": the registry refused access with status %ld (%s): check the "
                   "credentials for this registry in .npmrc",
                   PB_ARG(name), status, shown);
    } else {
        pb_err_set(err, PB_E_NETWORK,
                   "package " PB_FMT
                   ": the registry answered with status %ld (%s): try again later",
                   PB_ARG(name), status, shown);
    }
}

static void fetched(void *user, const struct pl_http_response *response,
                    const struct pb_err *failure)
{
    struct fetch *f = user;
    struct pl_registry_answer *a = f->answer;
    struct pb_err err = PB_ERR_INIT;
    if (failure) {
        err = *failure;
        pb_err_wrap(&err, "package " PB_FMT, PB_ARG(a->key.package));
    } else if (response->status == 304 && a->entry.record) {
        confirm_cached(a);
    } else if (response->status == 200) {
        take_document(a, response);
    } else {
        describe_status(f, response->status, &err);
    }
    finish(f, pb_err_is_set(&err) ? &err : NULL);
}

/* Registries want "@scope%2fname"; other bytes that could change the path are escaped as well. */
static char *document_url(const char *registry, struct pb_str name, struct pb_err *err)
{
    if (name.n == 0 || name.n > 214 || pb_str_is(name, ".") || pb_str_is(name, "..")) {
        pb_err_set(err, PB_E_BAD_INPUT, "package \"" PB_FMT "\": not a package name", PB_ARG(name));
        return NULL;
    }
    struct pb_buf url = PB_BUF_INIT(64u << 10);
    pb_buf_add_cstr(&url, registry);
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        bool plain = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
                     (c && strchr("-_.~!*'()", c)) || (c == '@' && i == 0);
        if (plain) {
            pb_buf_add_char(&url, (char)c);
        } else {
            pb_buf_printf(&url, "%%%02x", c);
        }
    }
    return pb_buf_take(&url, &(size_t){0});
}

static bool is_fresh(const struct pl_registry *r, const struct pl_meta_entry *entry)
{
    int64_t age_ns = pb_wallclock_ns() - entry->fetched_ns;
    return age_ns >= 0 && age_ns < r->options.fresh_s * PB_NS_PER_S;
}

/* True when the cache (or the wish to stay offline) decides; *err may then be set. */
static bool answer_from_cache(struct pl_registry *r, struct pl_registry_answer *a,
                              struct pb_err *err)
{
    a->cached = r->cache && pl_meta_cache_get(r->cache, &a->key, &a->entry);
    if (a->cached) return r->offline || r->prefer_offline || is_fresh(r, &a->entry);
    if (!r->offline) return false;
    pb_err_set(err, PB_E_NETWORK,
               "package " PB_FMT
               " is not in the metadata cache: offline is set: run once without it",
               PB_ARG(a->key.package));
    return true;
}

static int request_document(struct fetch *f, int priority, struct pb_err *err)
{
    struct pl_registry *r = f->registry;
    struct pl_http_request request = {
        .url = f->url,
        .accept = r->full ? "application/json" : ABBREVIATED,
        .authorization = pl_config_authorization(r->options.config, f->url),
        .etag = f->answer->entry.etag.n ? f->answer->entry.etag.p : NULL,
        .gzip = true,
        .max_body_bytes = MAX_BODY_BYTES,
        .priority = priority,
        .on_length = expect_length,
        .on_data = take_data,
        .on_restart = restart,
        .on_done = fetched,
        .user = f,
    };
    return pl_http_start(r->options.http, &request, err);
}

void pl_registry_fetch(struct pl_registry *r, struct pb_str name, int priority, pl_registry_fn done,
                       void *user)
{
    struct pb_err err = PB_ERR_INIT;
    struct fetch *f = fetch_new(r, done, user);
    const char *registry = pl_config_registry(r->options.config, name, &err);
    if (registry) f->url = document_url(registry, name, &err);
    if (f->url) f->answer = answer_new(r, registry, name);
    if (!f->answer || answer_from_cache(r, f->answer, &err) ||
        request_document(f, priority, &err) != 0)
        finish(f, pb_err_is_set(&err) ? &err : NULL);
}

/* Inflating each document into fresh memory costs more page faults than all else together. */
static struct pb_buf take_scratch(struct pl_registry *r)
{
    struct pb_buf scratch = PB_BUF_INIT(MAX_DOCUMENT_BYTES);
    (void)pthread_mutex_lock(&r->lock);
    if (r->scratch_n > 0) scratch = r->scratch[--r->scratch_n];
    (void)pthread_mutex_unlock(&r->lock);
    return scratch;
}

static void give_scratch(struct pl_registry *r, struct pb_buf *scratch)
{
    (void)pthread_mutex_lock(&r->lock);
    bool is_kept =
        scratch->cap <= MAX_SCRATCH_BYTES && r->scratch_n < sizeof r->scratch / sizeof *r->scratch;
    if (is_kept) r->scratch[r->scratch_n++] = *scratch;
    (void)pthread_mutex_unlock(&r->lock);
    if (!is_kept) pb_buf_release(scratch);
}

static int plain_text(const struct pl_meta_entry *entry, struct pb_buf *text, struct pb_err *err)
{
    if (entry->gzip) return pl_gunzip(entry->body.p, entry->body.n, text, err);
    pb_buf_clear(text);
    pb_buf_add_str(text, entry->body);
    if (pb_buf_ok(text)) return 0;
    return pb_err_set(err, PB_E_LIMIT, "the document is larger than %zu bytes", text->max);
}

/* The text that a sealed packument asks for: of the body as long as it is here, else of the cache.
 */
static char *text_again(void *user, size_t n, struct pb_err *err)
{
    const struct pl_registry_answer *a = user;
    struct pl_meta_entry entry = a->entry;
    struct pb_buf text = PB_BUF_INIT(n);
    int rc = 0;
    if (!entry.body.p &&
        !pl_meta_cache_get_at(a->registry->cache, &a->entry.place, &a->key, &entry))
        rc =
            pb_err_set(err, PB_E_SYSTEM, "its document is gone from the metadata cache: run again");
    if (rc == 0) rc = plain_text(&entry, &text, err);
    if (rc == 0 && text.n != n)
        rc = pb_err_set(err, PB_E_SYSTEM, "its document has changed meanwhile: run again");
    if (rc != 0) pb_err_wrap(err, "package " PB_FMT, PB_ARG(a->key.package));
    if (!a->entry.body.p) free(entry.record);
    if (rc != 0) pb_buf_release(&text);
    return text.p;
}

struct pl_packument *pl_registry_parse(struct pl_registry_answer *a,
                                       const struct pl_registry_wish *wish, struct pb_err *err)
{
    struct pb_buf text = take_scratch(a->registry);
    struct pl_packument *p = NULL;
    if (plain_text(&a->entry, &text, err) == 0) {
        p = pl_packument_new(text.p, text.n, err);
        if (!p) text = PB_BUF_INIT(text.max); /* it has freed the text */
    }
    if (p) {
        if (wish->pick) pl_packument_warm(p, &wish->specs, wish->pick);
        text.p = pl_packument_seal(p, &(struct pl_packument_again){text_again, a});
    } else {
        pb_err_wrap(err, "package " PB_FMT, PB_ARG(a->key.package));
    }
    give_scratch(a->registry, &text);
    return p;
}

int pl_registry_store(struct pl_registry *r, struct pl_registry_answer *const *answers, size_t n,
                      struct pb_err *err)
{
    struct pl_meta_put puts[PL_REGISTRY_STORES_MAX];
    size_t n_puts = 0;
    PB_INVARIANT(n <= PL_REGISTRY_STORES_MAX);
    for (size_t i = 0; i < n; i++)
        if (!answers[i]->cached)
            puts[n_puts++] = (struct pl_meta_put){&answers[i]->key, &answers[i]->entry};
    if (!r->cache || n_puts == 0) return 0;
    return pl_meta_cache_put(r->cache, puts, n_puts, err);
}
