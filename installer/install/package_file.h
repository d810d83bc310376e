/* SPDX-License-Identifier: MIT */
#ifndef PL_PACKAGE_FILE_H
#define PL_PACKAGE_FILE_H

#include "base/json.h"

/*
 * A package.json that is changed and written back as npm does it: the order of members, the
 * indentation and the line breaks stay, the four lists of dependencies are sorted, empty ones go.
 */
struct pl_package_file {
    struct pb_json doc;
    char indent[17]; /* "" when all was on one line, without a line break at the end */
    bool has_crlf;
    bool is_one_line;
};

/* Which list a dependency goes to. AS_IS: where it stands already, else dependencies. */
enum pl_save_type { PL_SAVE_AS_IS, PL_SAVE_PROD, PL_SAVE_DEV, PL_SAVE_OPTIONAL, PL_SAVE_PEER };

/* A file that is not there reads as an empty object. Free also after a failure. */
int pl_package_file_load(int dirfd, const char *path, struct pl_package_file *out,
                         struct pb_err *err) PB_MUST_CHECK;
/* Leaves the file alone when its text would be the same. */
int pl_package_file_save(int dirfd, const char *path, struct pl_package_file *file,
                         struct pb_err *err) PB_MUST_CHECK;
void pl_package_file_free(struct pl_package_file *file);

/* Before resolving: puts the dependency where it belongs and takes it out of lists it must not be
 * in as well. "*" does not replace what is written already. */
void pl_package_file_add(struct pl_package_file *file, enum pl_save_type type, const char *name,
                         const char *spec);
void pl_package_file_bundle(struct pl_package_file *file, const char *name);
/* From all lists. */
void pl_package_file_remove(struct pl_package_file *file, const char *name);
/* What is asked for under the name, NULL: nothing. The list that counts for npm comes first. */
const char *pl_package_file_spec(const struct pl_package_file *file, const char *name);
/* After resolving: the spec that is kept. */
void pl_package_file_settle(struct pl_package_file *file, enum pl_save_type type, const char *name,
                            const char *spec);

#endif
