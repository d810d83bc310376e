/* SPDX-License-Identifier: MIT */
#ifndef PL_EDIT_INTERNAL_H
#define PL_EDIT_INTERNAL_H

#include "installer/install/edit.h"
#include "installer/install/install_internal.h"
#include "installer/manifest/spec.h"

/* Shared by edit.c (before resolving) and edit_save.c (after). Memory: the install's arena. */

struct edit_target {
    struct pb_str folder; /* "" for the root */
    const char *path;     /* of package.json */
    struct pl_package_file file;
    struct pl_manifest *manifest;
    bool is_changed;
};

struct edit_wish {
    const char *name;
    struct pl_spec spec;
    bool is_path; /* to a folder or tarball: saved relative to the target */
    size_t target;
};

struct pl_edit {
    const struct pl_edit_request *request;
    struct edit_target *targets;
    size_t n_targets;
    struct edit_wish *wishes;
    size_t n_wishes;
};

#endif
