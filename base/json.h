/* SPDX-License-Identifier: MIT */
#ifndef PB_JSON_H
#define PB_JSON_H

#include "buf.h"
#include "err.h"
#include "str.h"

#include <cjson/cJSON.h>

/*
 * A thin layer over cJSON for small documents: size-limited loading, errors as file:line:column,
 * typed look-ups. Objects keep member order. Numbers are doubles (exact to 2^53).
 */
struct pb_json {
    cJSON *root;
    char *text; /* zero-terminated source, kept for positions */
    char name[160];
};

/* `name` is shown in errors. A byte order mark is skipped. The document must be freed; after a
 * failure nothing is left to free, and freeing it does no harm. */
int pb_json_parse(struct pb_json *doc, struct pb_str text, const char *name,
                  struct pb_err *err) PB_MUST_CHECK;
int pb_json_load(struct pb_json *doc, int dirfd, const char *path, size_t max_bytes,
                 struct pb_err *err) PB_MUST_CHECK;
void pb_json_free(struct pb_json *doc);

/* 1-based line of a node of this document (0 when it is not in it). Linear in the text. */
unsigned pb_json_line(const struct pb_json *doc, const cJSON *node);
/* Sets BAD_INPUT "<name>:<line>: <message>". Returns -1. */
int pb_json_err(const struct pb_json *doc, const cJSON *node, struct pb_err *err, const char *fmt,
                ...) PB_PRINTF(4, 5);

/* Look-ups in an object: NULL or the fallback when absent or of another type. Case-sensitive. */
const cJSON *pb_json_get(const cJSON *object, const char *key);
const char *pb_json_cstr(const cJSON *object, const char *key);
double pb_json_num(const cJSON *object, const char *key, double fallback);
bool pb_json_bool(const cJSON *object, const char *key, bool fallback);

/* Refuses keys of `object` that are not in the NULL-terminated list. */
int pb_json_only_keys(const struct pb_json *doc, const cJSON *object, const char *const *keys,
                      struct pb_err *err) PB_MUST_CHECK;

/* Unformatted text of a value, appended. */
void pb_json_print(const cJSON *value, struct pb_buf *out);
/* As JavaScript's JSON.stringify(value, null, indent) lays it out; "" for all on one line. */
void pb_json_format(const cJSON *value, const char *indent, struct pb_buf *out);

#endif
