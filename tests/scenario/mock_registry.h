/* SPDX-License-Identifier: MIT */
#ifndef MOCK_REGISTRY_H
#define MOCK_REGISTRY_H

#include "mock_package.h"

/*
 * A small registry on 127.0.0.1 for scenario tests, with faults that can be switched while it
 * serves. Packages are added before or while it runs; any thread may call.
 */
struct mock_registry;

/* Listens at once; a stopped registry refuses connections but keeps its packages. */
struct mock_registry *mock_registry_new(struct pb_err *err);
void mock_registry_free(struct mock_registry *r);
void mock_registry_stop(struct mock_registry *r);
const char *mock_registry_url(const struct mock_registry *r); /* with a trailing slash */

int mock_registry_add(struct mock_registry *r, struct pb_str line,
                      struct pb_err *err) PB_MUST_CHECK;

/*
 * `subject` is "NAME" (its metadata) or "NAME@VERSION" (that tarball). Kinds: 404, 500, cut (closes
 * in the middle of the body), hang (never answers), wrong (other bytes of the same length), flaky
 * (500 once, then good), off.
 */
int mock_registry_fault(struct mock_registry *r, struct pb_str subject, struct pb_str kind,
                        struct pb_err *err) PB_MUST_CHECK;

struct mock_counts {
    unsigned metadata, tarballs; /* requests */
};
struct mock_counts mock_registry_counts(struct mock_registry *r);

#endif
