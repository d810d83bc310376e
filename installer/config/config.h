/* SPDX-License-Identifier: MIT */
#ifndef PL_CONFIG_H
#define PL_CONFIG_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "installer/config/auth.h"

/*
 * Settings from, strongest first: command line, npm_config_* environment, project .npmrc, user
 * .npmrc, global npmrc, npm's built-in npmrc. Keys are npm's names. ${VAR} is expanded in values
 * and keys, but not in what decides where data go (registries, proxies, places of credentials) when
 * it comes from the project's .npmrc: cloning a repository must not leak the environment. The
 * default registry has no built-in text: when no source names one, npm's own configuration on this
 * machine is asked (build-time file, then `npm config get registry`); failing that, an error says
 * how to set it. One thread at a time.
 */
struct pl_config;

struct pl_config_sources {
    const char *project_dir; /* NULL: no project .npmrc */
    const char *const *cli;  /* "key=value" texts, NULL-terminated; may be NULL */
    const char *const *envp; /* environment to read; NULL: the process's */
};

/* Missing files are fine, unreadable ones are an error. */
struct pl_config *pl_config_load(const struct pl_config_sources *sources, struct pb_err *err);
void pl_config_free(struct pl_config *config);

/* Value with ${VAR} expanded and "~/" of paths resolved, or NULL when unset or "null". A list is
 * given with an empty line between its items, as npm hands it to scripts. Lives as long as the
 * config. */
const char *pl_config_get(const struct pl_config *config, const char *key);
/* As npm reads it: a number by its truth, "false" and "null" are false, any other text is true. */
bool pl_config_bool(const struct pl_config *config, const char *key, bool fallback);
/* The fallback also when the value is no decimal number. */
long pl_config_long(const struct pl_config *config, const char *key, long fallback);
/* Takes the next item off the front of a list's text (start with pl_config_get's value; NULL is
 * fine). False at the end. */
bool pl_config_next_item(const char **list, struct pb_str *item);

/* Every setting that counts, by key; `from` names where it comes from ("project", ...). In the
 * config's memory. */
struct pl_config_setting {
    const char *key, *value, *from;
};
size_t pl_config_list(struct pl_config *config, struct pl_config_setting **out);
/* Keys whose values are secrets: not to be shown. */
bool pl_config_is_secret(const char *key);
/* The npmrc that `location` ("user", "project", "global") means; NULL: there is none. */
const char *pl_config_file(struct pl_config *config, const char *location);

/* Registry for a package name (scope registries), with a trailing slash; NULL + err when none. */
const char *pl_config_registry(struct pl_config *config, struct pb_str package, struct pb_err *err);
/* "Bearer ..." or "Basic ..." bound to this URL's host and path prefix (nerf dart); another path of
 * the default registry's host gets the registry's. NULL: none. */
const char *pl_config_authorization(struct pl_config *config, const char *url);
/* The certificate to show to this URL's host, bound in the same way; false: none. The paths live as
 * long as the config. */
bool pl_config_client_certificate(struct pl_config *config, const char *url,
                                  struct pl_client_certificate *out);

#endif
