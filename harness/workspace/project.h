/* SPDX-License-Identifier: MIT */
#ifndef PB_PROJECT_H
#define PB_PROJECT_H

#include "base/arena.h"
#include "base/err.h"
#include "harness/workspace/workspace.h"

/*
 * The project under test. The template is a clean copy made once per run: without node_modules,
 * .git and any manager's lockfile. Samples copy the template.
 */
int pb_project_make_template(const char *source, const char *dest,
                             const struct pb_manager *managers, size_t n,
                             struct pb_err *err) PB_MUST_CHECK;

/* Fills ws->project: the template, then the files the arm's manager needs (its "files", and its
 * workspace file made of package.json's workspaces). */
int pb_project_put(const struct pb_workspace *ws, const char *template_dir,
                   const struct pb_arm *arm, const char *registry_url,
                   struct pb_err *err) PB_MUST_CHECK;

/* The arm's lockfiles: copies those present from one folder to another, in *n how many. */
int pb_project_copy_locks(const struct pb_arm *arm, const char *from, const char *to, size_t *n,
                          struct pb_err *err) PB_MUST_CHECK;

/* SHA-256 (hex) over names and content of the arm's lockfiles present in `project`, and their size.
 * Returns false when there is none or one cannot be read. */
bool pb_project_lock_digest(const struct pb_arm *arm, const char *project, char digest[65],
                            uint64_t *bytes);

#endif
