/* SPDX-License-Identifier: MIT */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "base/json.h"
#include "installer/resolve/resolver.h"

/*
 * Scenarios in data/: a registry in memory, a project, and the places that npm gives it (or the
 * kind of error). Format of a file:
 *   registry  {name: {tags: {tag: version}, versions: {version: {manifest without name, version}}}}
 *   scenarios [{name, options, root, folders: {path: manifest}, lock, registry,
 *              update: [name], wanted_now: [name], expect: {place: text}, error}]
 * A scenario's own registry stands in for the file's. A place's text is "1.0.0 dev optional",
 * "npm:real-name@1.0.0" or "-> folder".
 */
struct scenario_file {
    struct pb_json doc;
    const cJSON *registry, *scenarios;
};

void scenario_open(struct scenario_file *file, const char *name);
void scenario_close(struct scenario_file *file);

/* Answers come as asked for with seed 0, one at a time in an order drawn from the seed otherwise.
 * 0 with a lock to release, or -1 with err. */
int scenario_run(const struct scenario_file *file, const cJSON *scenario, uint64_t seed,
                 struct pl_lock *lock, struct pb_err *err);

/* "1.0.0 dev", as in the files; malloc'd. */
char *scenario_describe(const struct pl_lock_entry *entry);

#endif
