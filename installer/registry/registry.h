/* SPDX-License-Identifier: MIT */
#ifndef PL_REGISTRY_H
#define PL_REGISTRY_H

#include "installer/config/config.h"
#include "installer/registry/http.h"
#include "installer/registry/packument.h"

/*
 * "Give me the packument of NAME": configuration (registry per scope, credentials), the metadata
 * cache, conditional requests and HTTP behind one call. The work is cut so that the loop thread
 * only moves bytes:
 *
 *   pl_registry_fetch    loop thread   asks the cache, then the network; answers by callback
 *   pl_registry_parse    any thread    inflates and indexes the answer
 *   pl_registry_store    any thread    writes the answer to the cache; best after the packument was
 *                                      handed on, as nobody waits for it
 *   pl_registry_let_go   loop thread   keeps in memory only where in the cache the answer is
 *
 * Asking once per name is the caller's business. From the configuration: offline, prefer-offline,
 * full-metadata, before and min-release-age (which need the full document), replace-registry-host.
 */
struct pl_registry;
struct pl_registry_answer; /* a document as it came; one thread at a time */

struct pl_registry_options {
    struct pl_config *config; /* both must outlive the registry */
    struct pl_http *http;
    const char *cache_dir; /* metadata cache; NULL: none */
    long fresh_s; /* a cached document this young is not asked for again; 0: 300; -1: none */
};

struct pl_registry *pl_registry_new(const struct pl_registry_options *options, struct pb_err *err);
/* Free the http first: fetches under way are dropped without callback. Answers must be gone. */
void pl_registry_free(struct pl_registry *registry);

/* Exactly once per fetch, on the loop thread, maybe before pl_registry_fetch returns: an answer,
 * which now belongs to the callee, or NULL and the reason. A package that the registry has not is
 * NOT_FOUND. */
typedef void (*pl_registry_fn)(void *user, struct pl_registry_answer *answer,
                               const struct pb_err *err);
void pl_registry_fetch(struct pl_registry *registry, struct pb_str name, int priority,
                       pl_registry_fn done, void *user);

/* What the packument is for: these specs are picked and parsed at once (pl_packument_warm). */
struct pl_registry_wish {
    struct pl_strs specs;
    const struct pl_pick_options *pick; /* NULL: none are picked */
};
/* The packument is sealed: it may ask the answer for its text again, so it goes first, and picks
 * and manifests of it belong on the loop thread. */
struct pl_packument *pl_registry_parse(struct pl_registry_answer *answer,
                                       const struct pl_registry_wish *wish, struct pb_err *err);
/* Writes some answers to the cache; several at once cost little more than one. Only after a
 * successful parse: what is malformed is not kept. Passes over those that came from the cache. */
enum { PL_REGISTRY_STORES_MAX = 64 };
int pl_registry_store(struct pl_registry *registry, struct pl_registry_answer *const *answers,
                      size_t n, struct pb_err *err) PB_MUST_CHECK;
/* Does nothing for an answer that is not in the cache. */
void pl_registry_let_go(struct pl_registry_answer *answer);
void pl_registry_answer_free(struct pl_registry_answer *answer);
bool pl_registry_answer_is_cached(const struct pl_registry_answer *answer);
size_t pl_registry_answer_bytes(const struct pl_registry_answer *answer); /* of its body */

/* Where to get a tarball that a packument (or a lockfile) names as `tarball`: replace-registry-host
 * `always` moves it to the package's registry, `never` leaves it, a host name or URL prefix moves
 * what lies there. Default: what lies on the build's default registry is moved. The text lives in
 * the arena or in the arguments. */
int pl_registry_tarball_url(struct pl_config *config, struct pb_arena *arena, struct pb_str package,
                            struct pb_str tarball, struct pb_str *out,
                            struct pb_err *err) PB_MUST_CHECK;

/* The cut-off of `before` or min-release-age (days) as ISO text for pl_pick_options; empty: none.
 * `wallclock_ns`: now. */
struct pb_str pl_registry_before(const struct pl_config *config, struct pb_arena *arena,
                                 int64_t wallclock_ns);

/* HTTP options from the configuration: maxsockets, http2, fetch-*, strict-ssl, cafile,
 * proxies, user-agent. Texts are the configuration's. */
struct pl_http_options pl_registry_http_options(const struct pl_config *config);

#endif
