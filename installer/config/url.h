/* SPDX-License-Identifier: MIT */
#ifndef PL_URL_H
#define PL_URL_H

#include "base/str.h"

/* The parts of an http: or https: URL, as slices of its text. Nothing is decoded or normalised. */
struct pl_url {
    struct pb_str scheme;   /* "https" */
    struct pb_str userinfo; /* "user:pass"; empty when there is none */
    struct pb_str host;     /* "registry.example:8080" */
    struct pb_str path;     /* "/a/b", without query and fragment; may be empty */
    struct pb_str origin;   /* "https://user:pass@registry.example:8080" */
};

/* False when it is no http: or https: URL with a host, or has white space or control bytes. */
bool pl_url_parse(struct pb_str text, struct pl_url *out);
bool pl_url_same_host(const struct pl_url *a, const struct pl_url *b); /* port included */
/* For messages: the text with any user and password replaced by "***". `out` is zero-terminated
 * and cut to `n` bytes. Returns `out`. */
const char *pl_url_shown(struct pb_str text, char *out, size_t n);

#endif
