/* SPDX-License-Identifier: MIT */
#ifndef PB_DATA_FILES_H
#define PB_DATA_FILES_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "harness/journal/journal.h"

/*
 * What phases and managers share: visiting the JSON files of the built-in folder and of the users'
 * own folders, and typed reading with file:line errors. Results live in the arena.
 */
typedef int (*pb_data_file_fn)(void *user, const struct pb_json *doc, const char *path,
                               struct pb_err *err);

/* Calls `fn` for each *.json of the built-in folder `sub`, then of each extra folder, by name. */
int pb_data_files_each(const char *sub, const char *const *extra_dirs, pb_data_file_fn fn,
                       void *user, struct pb_err *err) PB_MUST_CHECK;

/* Each fails when the member is present with another type; `required` also when it is absent. */
int pb_data_string(struct pb_arena *arena, const struct pb_json *doc, const cJSON *object,
                   const char *key, bool required, const char **out,
                   struct pb_err *err) PB_MUST_CHECK;
/* NULL-terminated; NULL when absent. */
int pb_data_strings(struct pb_arena *arena, const struct pb_json *doc, const cJSON *object,
                    const char *key, const char *const **out, struct pb_err *err) PB_MUST_CHECK;
/* An object of strings, in the order of the file. */
int pb_data_kvs(struct pb_arena *arena, const struct pb_json *doc, const cJSON *object,
                const char *key, const struct pb_kv **out, size_t *n,
                struct pb_err *err) PB_MUST_CHECK;

#endif
