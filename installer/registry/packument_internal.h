/* SPDX-License-Identifier: MIT */
#ifndef PL_PACKUMENT_INTERNAL_H
#define PL_PACKUMENT_INTERNAL_H

#include "installer/registry/packument.h"

#include "base/map.h"

/* Shared by packument_scan.c (the index), packument.c (what it gives out), packument_pick.c,
 * packument_sort.c and packument_seal.c (what stays of it). */

#define PL_PACKUMENT_MAX_BYTES (512u << 20)
#define PL_PACKUMENT_MAX_VERSIONS 200000u
#define PL_PACKUMENT_MAX_TAGS 10000u

/* Where one version lies in the text. */
struct pl_packument_version {
    struct pb_str text;           /* its key: "1.2.3" */
    uint32_t object_at, object_n; /* its JSON object, brackets included */
};

struct pl_packument_tag {
    struct pb_str name, version;
};

/* The manifest of a version. Few are ever parsed: a list. */
struct pl_packument_parsed {
    struct pl_packument_parsed *next;
    size_t version;
    struct pl_manifest manifest;
};

/* The object of a version, kept when the text went. */
struct pl_packument_kept {
    uint32_t version;
    const char *object;
};

/* What is worked out when first asked for. Behind a pointer, so that queries may stay const. */
struct pl_packument_lazy {
    struct pb_arena arena; /* manifests, times */
    struct pl_packument_parsed *parsed;
    uint8_t *facts;       /* enum pl_packument_fact per version */
    struct pb_str *times; /* per version; NULL: not joined yet */
    uint32_t *order;      /* versions that parse, highest first */
    size_t order_n;
    char *text; /* asked for again; NULL: not here */
};

enum pl_packument_fact { PL_FACT_KNOWN = 1, PL_FACT_DEPRECATED = 2 };

struct pl_packument {
    char *text; /* NULL: sealed */
    size_t n;
    struct pb_arena arena; /* strings that had escapes; what stays after sealing */
    struct pl_packument_again again;
    struct pl_packument_kept *kept;
    size_t kept_n;
    struct pb_str name;
    struct pb_str time; /* the "time" object as text; p == NULL: none */
    struct pl_packument_version *versions;
    size_t version_count, version_cap;
    struct pl_packument_tag *tags;
    size_t tag_count, tag_cap;
    struct pl_packument_lazy *lazy;
};

/* Fills name, time, versions and tags from the text. */
int pl_packument_scan(struct pl_packument *p, struct pb_err *err) PB_MUST_CHECK;

/* Text of a JSON string token (quotes included), decoded; empty when it is no string. Borrows the
 * token unless it has escapes. */
struct pb_str pl_packument_string(struct pb_arena *arena, struct pb_str token);

/* Last version with this key, or -1. */
ptrdiff_t pl_packument_find(const struct pl_packument *p, struct pb_str version);
/* The JSON object of a version; empty with an error when its text cannot be had again. */
struct pb_str pl_packument_object(const struct pl_packument *p, size_t i, struct pb_err *err);
/* NULL: not parsed yet. */
const struct pl_manifest *pl_packument_parsed(const struct pl_packument *p, size_t i);
/* The value of a member of a version's object, as text; empty when absent. */
struct pb_str pl_packument_member(const struct pl_packument *p, size_t i, const char *key);
/* Sorts the version keys that are versions, highest first, once. */
void pl_packument_sort(const struct pl_packument *p);

#endif
