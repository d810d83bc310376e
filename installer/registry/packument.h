/* SPDX-License-Identifier: MIT */
#ifndef PL_PACKUMENT_H
#define PL_PACKUMENT_H

#include "installer/manifest/manifest.h"
#include "installer/semver/semver.h"

/*
 * A packument (registry document of one package), indexed without building a JSON tree: one pass
 * over the text finds dist-tags, the versions and where each version's object lies; only versions
 * that are picked are parsed. Documents come from outside: nesting, counts and sizes are bounded
 * and malformed text is an error.
 */
struct pl_packument;

/* Takes ownership of `text` (malloc'd, n bytes, zero-terminated) also on failure. Not thread-safe;
 * may be built on one thread and used on another afterwards. NULL on failure. */
struct pl_packument *pl_packument_new(char *text, size_t n, struct pb_err *err);
void pl_packument_free(struct pl_packument *p);

struct pb_str pl_packument_name(const struct pl_packument *p);
size_t pl_packument_version_count(const struct pl_packument *p);
/* i in document order. */
struct pb_str pl_packument_version_text(const struct pl_packument *p, size_t i);
/* Version a dist-tag points at, empty when absent. */
struct pb_str pl_packument_tag(const struct pl_packument *p, struct pb_str tag);
/* Publication time of version i from the full document's "time", empty when absent. */
struct pb_str pl_packument_time(const struct pl_packument *p, size_t i);
/* True when the version's object has a "deprecated" message (cheap, no full parse). */
bool pl_packument_is_deprecated(const struct pl_packument *p, size_t i);
/* The parsed manifest of version i; parsed at first use, then cached; lives as long as `p`. */
const struct pl_manifest *pl_packument_manifest(struct pl_packument *p, size_t i,
                                                struct pb_err *err);

struct pl_pick_options;
/* Makes picks of these specs and their manifests cheap: for the thread that built the packument,
 * before another one takes it over. What cannot be picked is left to the real pick to report. */
void pl_packument_warm(struct pl_packument *p, const struct pl_strs *specs,
                       const struct pl_pick_options *options);

/*
 * Thousands of packuments are held at once, and of their texts little is ever looked at again
 * (docs/performance.md). Sealing keeps the index, what was parsed, and the objects of the versions
 * that are likely to be picked later; for any other the text is asked for again.
 */
struct pl_packument_again {
    /* The same n bytes once more, malloc'd; NULL on failure. On the thread of the question. */
    char *(*text)(void *user, size_t n, struct pb_err *err);
    void *user;
};
/* Once, after warming. Gives the text to the caller, who frees it or uses its memory. */
char *pl_packument_seal(struct pl_packument *p, const struct pl_packument_again *again);
/* Lets go of a text that was asked for again. For the end of a pick and its manifest. */
void pl_packument_rest(struct pl_packument *p);

/* npm-pick-manifest: dist-tag, exact version or range; latest preferred when in range, deprecated
 * and (when asked) engine-incompatible ones last, none published after `before`. */
struct pl_pick_options {
    struct pb_str default_tag;  /* empty: "latest" */
    struct pb_str before;       /* ISO time, empty: none */
    struct pb_str node_version; /* for engines; empty: not considered */
};
/* Index of the picked version; -1 with NOT_FOUND "no version of X matches Y ..." */
ptrdiff_t pl_packument_pick(struct pl_packument *p, struct pb_str wanted,
                            const struct pl_pick_options *options, struct pb_err *err);

#endif
