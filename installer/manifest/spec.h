/* SPDX-License-Identifier: MIT */
#ifndef PL_SPEC_H
#define PL_SPEC_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* What a dependency asks for, as npm-package-arg reads it. */
enum pl_spec_kind {
    PL_SPEC_RANGE,
    PL_SPEC_VERSION,
    PL_SPEC_TAG,
    PL_SPEC_ALIAS,
    PL_SPEC_FILE,
    PL_SPEC_DIRECTORY,
    PL_SPEC_REMOTE,
    PL_SPEC_GIT,
    PL_SPEC_WORKSPACE
};

struct pl_spec {
    enum pl_spec_kind kind;
    struct pb_str name;        /* the name it is installed as; empty when unknown */
    struct pb_str raw;         /* the text after the name */
    struct pb_str fetch;       /* range, version or tag; path; URL; git URL without committish */
    struct pb_str committish;  /* git only: after "#" ("semver:..." included) */
    const struct pl_spec *sub; /* ALIAS: the target (RANGE, VERSION or TAG with its name) */
};

/* `name` may be empty when `raw` carries it ("foo@^1"). `where` is the folder that relative paths
 * are based on. Slices live in the arena. */
int pl_spec_parse(struct pb_arena *arena, struct pb_str name, struct pb_str raw, const char *where,
                  struct pl_spec *out, struct pb_err *err) PB_MUST_CHECK;
/* RANGE, VERSION, TAG, or an ALIAS of one. */
bool pl_spec_is_registry(const struct pl_spec *spec);
/* The name to ask the registry for (the alias target's). */
struct pb_str pl_spec_registry_name(const struct pl_spec *spec);

#endif
