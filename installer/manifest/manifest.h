/* SPDX-License-Identifier: MIT */
#ifndef PL_MANIFEST_H
#define PL_MANIFEST_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#include <cjson/cJSON.h>
#include <stdbool.h>

/*
 * One package as described by a package.json, by a version of a packument, or by an entry of a
 * lockfile: one struct for the three. All memory belongs to the arena it was read into. Dependency
 * lists keep the order of the source. Values that are only carried into lockfiles stay JSON text.
 */
struct pl_dep {
    struct pb_str name, spec;
};
struct pl_deps {
    struct pl_dep *items; /* NULL: not given at all (npm writes an empty devDependencies) */
    size_t n;
};
struct pl_strs {
    struct pb_str *items;
    size_t n;
};

struct pl_manifest {
    struct pb_str name, version;
    struct pl_deps dependencies, dev_dependencies, optional_dependencies, peer_dependencies;
    struct pl_strs peer_optional; /* names with peerDependenciesMeta.<name>.optional */
    struct pl_strs bundled;       /* bundleDependencies; true: all names of dependencies */
    struct pl_strs os, cpu, libc; /* platform lists, "!" entries kept */
    struct pl_strs workspaces;    /* globs of a root */
    struct pl_deps resolutions;   /* yarn's: pattern -> spec */
    struct pl_deps bin;           /* name -> path, normalised as npm-normalize-package-bin */
    struct pl_deps scripts;       /* name -> command (package.json only) */
    bool has_install_script, has_shrinkwrap;
    struct pb_str deprecated; /* message; p == NULL: not deprecated */
    /* dist */
    struct pb_str tarball, integrity, shasum;
    uint64_t unpacked_bytes, file_count; /* 0: unknown */
    /* JSON text for lockfiles, p == NULL when absent */
    struct pb_str engines_json, funding_json, license_json, bin_json, peer_meta_json,
        accept_dependencies_json, overrides_json;
    struct pb_str workspaces_json; /* of {"packages": globs, ...}; a plain list has none */
};

/* Appends a copy. The list must have been grown by this alone, or be empty. */
void pl_strs_add(struct pb_arena *arena, struct pl_strs *list, const char *text);

/* From a JSON object (package.json or a packument version). Tolerant as npm is: wrong types of
 * optional fields are ignored. Copies what it keeps into the arena. */
int pl_manifest_from_json(struct pb_arena *arena, const cJSON *object, struct pl_manifest *out,
                          struct pb_err *err) PB_MUST_CHECK;

/* Reads and parses <dirfd>/package.json (at most 16 MiB); errors name the file and line. */
int pl_manifest_load(struct pb_arena *arena, int dirfd, const char *path, struct pl_manifest *out,
                     struct pb_err *err) PB_MUST_CHECK;

/* A package name that may become a path below node_modules: no "..", no ".bin", no separators but
 * the scope's one, no leading dot or underscore, at most 214 bytes... Checked at every sink. */
bool pl_name_is_safe(struct pb_str name);

#endif
