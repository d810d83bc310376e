/* SPDX-License-Identifier: MIT */
#ifndef PL_DOWNLOAD_H
#define PL_DOWNLOAD_H

#include "installer/registry/http.h"
#include "installer/stages/body.h"

/*
 * The download stage: network only. A tarball is received (body.h) while its digest is computed;
 * a body that does not match its integrity is an error and is never retried into acceptance.
 */
struct pl_download_spec {
    struct pb_str label; /* "name@version", for messages */
    const char *url;
    const char *authorization; /* NULL: none */
    struct pb_str integrity;   /* SRI; empty: SHA-512 is computed and reported */
};

/* On success `body` may be emptied by the callee to keep it; what is left is released. */
typedef void pl_download_done(void *user, struct pl_body *body, const struct pb_err *err);

struct pl_downloader;
/* `http` is borrowed and must be freed before the downloader. `store` is borrowed, for its
 * temporary files; all bodies are released before the downloader. */
struct pl_downloader *pl_downloader_new(struct pl_http *http, struct pl_store *store);
void pl_downloader_free(struct pl_downloader *downloader);

/* Copies what it needs. `done` is called exactly once, later, on the loop thread; not when starting
 * failed and not when the HTTP loop is freed first. */
int pl_download_start(struct pl_downloader *downloader, const struct pl_download_spec *spec,
                      pl_download_done *done, void *user, struct pb_err *err) PB_MUST_CHECK;

/* The same checks for bytes that are already here (file: tarballs). Takes `data`. */
int pl_body_check(const struct pl_download_spec *spec, char *data, size_t n, struct pl_body *out,
                  struct pb_err *err) PB_MUST_CHECK;

#endif
