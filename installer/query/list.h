/* SPDX-License-Identifier: MIT */
#ifndef PL_LIST_H
#define PL_LIST_H

#include "base/buf.h"
#include "installer/query/loaded.h"

/*
 * `plumb ls`: the tree of dependencies from the root down, each package shown in full where it is
 * met first, breadth first, as npm's ls walks it.
 */
#define PL_DEPTH_ALL 100000u

struct pl_list_options {
    unsigned depth;
    struct pl_strs only;       /* "name", "name@range": these and what leads to them */
    struct pl_strs workspaces; /* paths of members; none: all */
    bool omit_dev, omit_optional, omit_peer;
    bool links_only;
};

struct pl_list_item {
    const struct pl_node *node; /* NULL: nothing stands there */
    struct pb_str id, name;     /* "a@1.0.0", "a" */
    struct pb_str required;     /* the range that is asked for */
    const char *invalid;        /* "\"^2\" from the root project": NULL: fits */
    bool is_missing, is_optional, is_deduped, is_extraneous, is_included;
    struct pl_strs problems;
    struct pl_list_item *parent, *first, **end, *next; /* children, siblings */
    struct pl_list_item *queued;                       /* next of the walk */
    unsigned depth;
};

struct pl_list {
    struct pl_loaded *loaded;
    struct pl_list_item *root;
    struct pl_strs problems; /* each once: "missing: a@^1, required by root@1.0.0" */
    bool has_matches;        /* of `only` */
};

/* Memory: the arena of `loaded`. */
void pl_list_make(struct pl_loaded *loaded, const struct pl_list_options *options,
                  struct pl_list *out);
/* The first problem that is more than an extraneous package, NULL: none. */
const struct pb_str *pl_list_first_error(const struct pl_list *list);

/* What npm prints: a drawn tree, its JSON, or a path per line. Appends. */
void pl_list_print_tree(const struct pl_list *list, bool unicode, struct pb_buf *out);
void pl_list_print_json(const struct pl_list *list, struct pb_buf *out);
void pl_list_print_paths(const struct pl_list *list, bool is_long, struct pb_buf *out);

#endif
