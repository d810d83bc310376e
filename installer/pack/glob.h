/* SPDX-License-Identifier: MIT */
#ifndef PL_GLOB_H
#define PL_GLOB_H

#include "base/arena.h"
#include "base/str.h"

/*
 * Path patterns as npm's tools read them (minimatch): parts separated by "/", in a part "*", "?",
 * "[...]" and extended globs; "**" stands for any number of parts; "{a,b}" for either; a leading
 * "!" marks the pattern as negated. Names that begin with a dot are matched like others. Case does
 * not count.
 */
struct pl_glob_set {
    const char **parts;
    size_t n;
};

struct pl_glob {
    struct pl_glob_set *sets; /* one per alternative of the braces */
    size_t n;
    bool is_negated;
};

/* Lives in the arena. False: too many alternatives or parts (512 and 128). */
bool pl_glob_compile(struct pb_arena *arena, struct pb_str text, struct pl_glob *out);

/* Whether the path matches, the "!" aside. A pattern of one part is held against the path's last
 * part. `partial`: also when the path may be the beginning of a match. */
bool pl_glob_match(const struct pl_glob *glob, struct pb_str path, bool partial);

/* The alternatives of a text with braces, in order: "a{b,c}" is "ab" and "ac". False: over 512. */
struct pl_glob_texts {
    struct pb_str *items;
    size_t n;
};
bool pl_glob_expand(struct pb_arena *arena, struct pb_str text, struct pl_glob_texts *out);

#endif
