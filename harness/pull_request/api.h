/* SPDX-License-Identifier: MIT */
#ifndef PB_PR_API_H
#define PB_PR_API_H

#include "base/json.h"
#include "harness/pull_request/retry.h"

/*
 * JSON over HTTP with one hosting API (libcurl). Redirects are not followed, so the token goes to
 * no other host; it is in no message either. One thread at a time.
 */
struct pb_api;
struct pb_api_options {
    const char *url;          /* https://..., without a trailing slash; http for loopback only */
    const char *token;        /* not empty, borrowed */
    const char *token_header; /* "Authorization: Bearer", "PRIVATE-TOKEN:" */
    const char *accept;       /* media type, and what else the API wants to be told ... */
    const char *extra_header; /* ... or NULL */
    int64_t max_wait_ns;      /* waiting for limits and failing servers, all calls together */
};
struct pb_api *pb_api_new(const struct pb_api_options *options, struct pb_err *err);
void pb_api_free(struct pb_api *api);

struct pb_api_response {
    struct pb_api_answer answer;
    bool has_next; /* a further page of a list */
    bool has_body;
    struct pb_json body; /* when has_body */
};
enum pb_api_repeat {
    PB_API_REPEAT,     /* again after every failure that may pass */
    PB_API_UNLESS_DONE /* again only when it was surely not done: the caller looks what happened */
};
/* `path` begins with a slash. `body` NULL: none. 0 with any HTTP status, after retries; -1 when
 * there was no answer, waiting would take too long, or the answer is too large. The response must
 * be released in both cases. */
int pb_api_call(struct pb_api *api, const char *method, const char *path, const struct pb_buf *body,
                enum pb_api_repeat repeat, struct pb_api_response *out,
                struct pb_err *err) PB_MUST_CHECK;
void pb_api_response_release(struct pb_api_response *response);
/* Waits as pb_api_call() does, for callers that try again themselves. -1: no more attempts, or
 * too long. */
int pb_api_wait(struct pb_api *api, const struct pb_api_answer *answer, unsigned attempt,
                struct pb_err *err) PB_MUST_CHECK;
/* Sets "<what>: <status> <the server's message>: <hint>". Returns -1. */
int pb_api_refused(const struct pb_api *api, const struct pb_api_response *response,
                   struct pb_err *err, const char *what, const char *hint);

#endif
