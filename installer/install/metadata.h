/* SPDX-License-Identifier: MIT */
#ifndef PL_METADATA_H
#define PL_METADATA_H

#include "installer/install/install_internal.h"

/* Packuments for the resolver: from the registry layer, parsed on the pool's workers. */
struct pl_metadata;

struct pl_metadata *pl_metadata_new(struct install *in, struct pl_resolver *resolver,
                                    struct pb_err *err);
/* The resolver is done: answers still to come are dropped. */
void pl_metadata_detach(struct pl_metadata *metadata);
/* After the pool and the HTTP loop were freed. */
void pl_metadata_free(struct pl_metadata *metadata);

/* Asks for a name; its answer (a failure too) is fed to the resolver during a later wait. */
void pl_metadata_ask(struct pl_metadata *metadata, struct pb_str name);
/* Answers fed since the last call. */
size_t pl_metadata_take_answers(struct pl_metadata *metadata);
uint64_t pl_metadata_answered(const struct pl_metadata *metadata);

#endif
