/* SPDX-License-Identifier: MIT */
#ifndef PL_WANTS_H
#define PL_WANTS_H

#include "installer/manifest/spec.h"
#include "installer/registry/packument.h"
#include "installer/resolve/name_map.h"
#include "installer/resolve/resolver.h"

struct pl_resolver;
struct pl_package;

/* How much of a pick's surroundings is asked for ahead of placing. */
enum pl_reach { PL_REACH_NONE, PL_REACH_PEERS, PL_REACH_ALL };

/* A spec under a name ("react", "^18"), parsed once. The pick is made when the packument is here.
 */
struct pl_want {
    struct pl_name *name; /* as it is installed */
    struct pb_str raw;
    enum pl_spec_kind kind; /* of the alias's target for an alias */
    bool malformed, is_alias;
    bool any;                     /* "*": satisfied by whatever has the name */
    struct pb_str fetch;          /* range, version or tag; path; URL */
    struct pb_str committish;     /* GIT */
    const struct pl_range *range; /* RANGE and VERSION; NULL when it is none */
    struct pl_source *source;     /* NULL: a folder or tarball, whose path depends on who asks */
    bool is_picked;
    const struct pl_package *picked; /* NULL with is_picked: failure */
    struct pb_err *failure;
    struct pl_want *next;         /* under the same name */
    struct pl_want *next_waiting; /* for the same packument */
    enum pl_reach reach;
    uint32_t stamp;
};

/* What the registry says (or failed to say) about a name; or where a single package is, which is
 * asked for by its spec. */
struct pl_source {
    struct pl_name *name;        /* of a single package: its key */
    bool is_direct;              /* a single package */
    struct pl_direct_want where; /* of it */
    struct pl_package *package;  /* it, once fed */
    struct pl_packument *doc;
    struct pb_err *failure;
    bool is_asked, is_fed;
    struct pl_package *packages; /* of the versions that were picked */
    struct pl_want *waiting;
};

enum pl_edge_type { PL_PROD, PL_DEV, PL_OPTIONAL, PL_PEER, PL_PEER_OPTIONAL, PL_WORKSPACE };

struct pl_package_dep {
    struct pl_name *name;
    struct pl_want *want;
    enum pl_edge_type type;
};

/* A manifest with its dependencies interned: what nodes are made of. */
struct pl_package {
    const struct pl_manifest *m;
    struct pl_name *name; /* the package's own; NULL: it has none */
    struct pl_version version;
    bool has_version;
    struct pb_str resolved, integrity;
    /* One entry a name; later kinds win: peer, optional peer, prod, optional, dev. */
    struct pl_package_dep *deps, *top_deps; /* top_deps: with devDependencies; made at first use */
    size_t n_deps, n_top_deps;
    struct pl_name_map top_index; /* of top_deps */
    enum pl_reach reach;
    uint32_t stamp;
    bool is_direct;                     /* from no registry */
    struct pl_package *next;            /* in source->packages */
    size_t version_at;                  /* which version of the packument */
    const struct pl_lock_entry *locked; /* the old lock's entry it came from; NULL: registry */
};

/* Interned; never NULL. Malformed specs come back marked. */
struct pl_want *pl_want_get(struct pl_resolver *r, struct pl_name *name, struct pb_str raw);
/* The package a want picks, once its source is fed; NULL with want->failure set otherwise. */
const struct pl_package *pl_want_pick(struct pl_resolver *r, struct pl_want *want);

struct pl_source *pl_source_get(struct pl_resolver *r, struct pl_name *name);
/* Of a tarball, or of a folder that is packed, at a path relative to the project. */
struct pl_source *pl_source_of_file(struct pl_resolver *r, struct pb_str path);

struct pl_package *pl_package_new(struct pl_resolver *r, const struct pl_manifest *m);
/* Makes top_deps and their index. */
void pl_package_load_top(struct pl_resolver *r, struct pl_package *pkg);

#endif
