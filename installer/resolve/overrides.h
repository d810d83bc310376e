/* SPDX-License-Identifier: MIT */
#ifndef PL_OVERRIDES_H
#define PL_OVERRIDES_H

#include "installer/resolve/model.h"

/*
 * The root's "overrides": rules by package name and, optionally, by version range, that may hold
 * only below certain packages. A rule set belongs to a node and passes down through its edges;
 * where several edges meet, the most specific set wins (npm's override-set). Yarn's "resolutions"
 * (resolutions.h) become such rules, too.
 */

/* The root's rules; NULL: it has none. -1 with err when its overrides make no sense; resolutions
 * that make none are left out with a warning. */
int pl_overrides_read(struct pl_resolver *r, const struct pl_manifest *m,
                      const struct pl_override_set **out, struct pb_err *err) PB_MUST_CHECK;

/* The rule of `set` for an edge, or the set itself when none applies. */
const struct pl_override_set *pl_override_edge_rule(struct pl_resolver *r,
                                                    const struct pl_override_set *set,
                                                    const struct pl_edge *e);
/* The rule of `set` that a package of this name and version falls under, or the set itself. */
const struct pl_override_set *pl_override_node_rule(const struct pl_override_set *set,
                                                    const struct pl_package *pkg);
/* The spec that a rule puts in the place of the edge's own; NULL: it does not. */
struct pl_want *pl_override_want(struct pl_resolver *r, const struct pl_override_set *rule,
                                 const struct pl_edge *e);
/* The range in the rule's key ("foo@^1"), "*" without one; NULL for the root set. */
const struct pl_want *pl_override_key(struct pl_resolver *r, const struct pl_override_set *rule,
                                      struct pl_name *name);
/* Whether the rule is for that name and demands exactly that version. */
bool pl_override_pins(const struct pl_override_set *rule, const struct pl_name *name,
                      struct pb_str version);
/* Whether it comes from yarn's resolutions. */
bool pl_override_is_resolution(const struct pl_override_set *rule);
bool pl_overrides_equal(const struct pl_override_set *a, const struct pl_override_set *b);
bool pl_overrides_conflict(struct pl_resolver *r, const struct pl_override_set *a,
                           const struct pl_override_set *b);

/* An edge with these rules now leads (no longer leads) to the node: the node's own change. */
void pl_overrides_edge_entered(struct pl_resolver *r, struct pl_node *node,
                               const struct pl_override_set *rules);
void pl_overrides_edge_left(struct pl_resolver *r, struct pl_node *node,
                            const struct pl_override_set *rules);

/* A top-level rule without version or nesting, for guessing ahead; NULL: none. */
struct pl_want *pl_overrides_guess(struct pl_resolver *r, const struct pl_want *want);
/* Fails when an override contradicts a direct dependency of the root, as npm does; resolutions may.
 */
int pl_overrides_check_root(struct pl_resolver *r, struct pb_err *err) PB_MUST_CHECK;

#endif
