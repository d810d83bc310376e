/* SPDX-License-Identifier: MIT */
#ifndef PL_DIRECT_H
#define PL_DIRECT_H

#include "installer/install/install_internal.h"

/*
 * Packages that no registry has, for the resolver: fetched (git and local tarballs on a worker,
 * URLs by the HTTP loop), put into the store, and answered with the package.json in them. So the
 * lock knows their content, and placing them needs no second fetch. One thread (the loop's).
 */
struct pl_direct;

struct pl_direct *pl_direct_new(struct install *in);
/* Answers go to the resolver from now on; NULL: to nobody, what is under way ends by itself. */
void pl_direct_attach(struct pl_direct *direct, struct pl_resolver *resolver);
/* After the pool and the HTTP loop. NULL is fine. */
void pl_direct_free(struct pl_direct *direct);

int pl_direct_ask(struct pl_direct *direct, const struct pl_direct_want *want,
                  struct pb_err *err) PB_MUST_CHECK;
/* Fetches one package now, before there is a resolver, which gets it without another fetch if it
 * asks for the same. The manifest lives as long as `direct`; NULL: err is set. */
const struct pl_manifest *pl_direct_get(struct pl_direct *direct, const struct pl_direct_want *want,
                                        struct pb_err *err);
/* Answers given since the last call. */
size_t pl_direct_take_answers(struct pl_direct *direct);
size_t pl_direct_open_count(const struct pl_direct *direct); /* asked, not answered */

#endif
