/* SPDX-License-Identifier: MIT */
#ifndef PB_NPM_REGISTRY_H
#define PB_NPM_REGISTRY_H

#include "base/arena.h"
#include "base/err.h"

/*
 * The registry that npm is configured to use, with a slash at its end: $npm_config_registry (any
 * case), the "registry" key of ~/.npmrc, or what `npm config get registry` says. No address is
 * built in. NOT_FOUND when none of them gives one.
 */
const char *pb_npm_registry(struct pb_arena *arena, struct pb_err *err);

/* The value of a top-level key in the text of an .npmrc (npm-docs: configuring-npm/npmrc); the last
 * one counts. Empty when it is not there. */
struct pb_str pb_npmrc_value(struct pb_str text, const char *key);

/* An http(s) URL with exactly one slash at its end, or NULL when it is none. */
const char *pb_registry_url(struct pb_arena *arena, struct pb_str text);

#endif
