/* SPDX-License-Identifier: MIT */
#ifndef PL_AUTH_H
#define PL_AUTH_H

#include "base/arena.h"
#include "base/str.h"

/*
 * Credentials bound to places ("nerf darts"): "//registry.example/path/:_authToken" applies to
 * URLs of that host, port and path prefix alone.
 */

/* "//host/path/" of a URL: no scheme, credentials, query or last path part; the host in lower case
 * and without its scheme's own port. Empty when it is no http: or https: URL. */
struct pb_str pl_nerf_dart(struct pb_arena *arena, struct pb_str url);

/* Value of a configuration key, or NULL. */
typedef const char *(*pl_auth_lookup)(const void *user, const char *key);

/*
 * "Bearer TOKEN" from _authToken, else "Basic ..." from _auth or username and _password (base64),
 * of the longest prefix of the URL that has any; NULL when none has. Plain keys without a place are
 * not used: npm refuses them too.
 */
const char *pl_auth_find(struct pb_arena *arena, struct pb_str url, pl_auth_lookup lookup,
                         const void *user);

/* Our own TLS certificate for the URL's host: paths of PEM files. */
struct pl_client_certificate {
    const char *certfile, *keyfile;
};
/* "//host/path/:certfile" and ":keyfile", of the longest prefix that has both; false: none has. */
bool pl_auth_find_certificate(struct pb_arena *arena, struct pb_str url, pl_auth_lookup lookup,
                              const void *user, struct pl_client_certificate *out);

#endif
