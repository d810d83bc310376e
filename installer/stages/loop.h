/* SPDX-License-Identifier: MIT */
#ifndef PL_LOOP_H
#define PL_LOOP_H

#include "installer/registry/http.h"

/*
 * What the loop thread waits on: the HTTP loop once somebody needs it, until then an eventfd. An
 * install that finds everything in the store never starts libcurl.
 */
struct pl_loop;

struct pl_loop *pl_loop_new(const struct pl_http_options *options, struct pb_err *err);
void pl_loop_free(struct pl_loop *loop);

/* Started at first use. */
struct pl_http *pl_loop_http(struct pl_loop *loop, struct pb_err *err);
/* NULL when it was never needed. */
struct pl_http *pl_loop_http_if_started(const struct pl_loop *loop);
/* Frees the HTTP loop alone, cancelling what is under way. */
void pl_loop_stop_http(struct pl_loop *loop);

/* Any thread; `user` is the loop. */
void pl_loop_wake(void *user);
/* Waits for transfers, a wake or the timeout. Look for finished jobs between the first call of
 * pl_loop_http() and this: a wake may have gone to the eventfd. */
int pl_loop_wait(struct pl_loop *loop, int timeout_ms, struct pb_err *err) PB_MUST_CHECK;

#endif
