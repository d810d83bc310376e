/* SPDX-License-Identifier: MIT */
#ifndef PB_FIXTURE_H
#define PB_FIXTURE_H

#include "harness/run/context.h"

/*
 * Finds the project under test and, when a leg is replayed, its snapshot. The project is
 *   a folder with a package.json, or a bundled one by its name,
 *   or, with --snapshot alone, the one that is kept in the snapshot,
 *   or without both the synthetic one, made in the cache folder at first use.
 * The snapshot is --snapshot, or the one of this project in the cache folder, recorded from npm's
 * registry when it is not there.
 *
 * Sets run->project_source, project_name and snapshot.
 */
int pb_fixture_find(struct pb_run *run, struct pb_err *err) PB_MUST_CHECK;

/* The project alone. Without one, with --snapshot, it is the snapshot's. `snapshot` gets the place
 * of its snapshot in the cache folder, which need not exist. */
int pb_fixture_find_project(struct pb_run *run, const char **snapshot,
                            struct pb_err *err) PB_MUST_CHECK;

/* Records a snapshot of run->project_source that every arm of the run can install from. */
int pb_fixture_record(struct pb_run *run, const char *snapshot, struct pb_err *err) PB_MUST_CHECK;

#endif
