/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include "base/fs.h"
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void parse_error(const struct pb_json *doc, const char *at, struct pb_err *err)
{
    unsigned line = 1, column = 1;
    for (const char *p = doc->text; p < at; p++) {
        column++;
        if (*p != '\n') continue;
        line++;
        column = 1;
    }
    const char *what = *at ? "malformed JSON" : "JSON ends too early";
    pb_err_set(err, PB_E_BAD_INPUT, "%s:%u:%u: %s", doc->name, line, column, what);
}

int pb_json_parse(struct pb_json *doc, struct pb_str text, const char *name, struct pb_err *err)
{
    *doc = (struct pb_json){0};
    (void)snprintf(doc->name, sizeof doc->name, "%s", name);
    if (pb_str_starts(text, "\xef\xbb\xbf")) text = pb_str_skip(text, 3);
    doc->text = pb_malloc(text.n + 1);
    if (text.n) memcpy(doc->text, text.p, text.n);
    doc->text[text.n] = '\0';
    if (strlen(doc->text) != text.n) {
        pb_json_free(doc);
        return pb_err_set(err, PB_E_BAD_INPUT, "%s: not JSON: contains a zero byte", name);
    }
    const char *end = doc->text;
    doc->root = cJSON_ParseWithLengthOpts(doc->text, text.n + 1, &end, true);
    if (doc->root) return 0;
    parse_error(doc, end, err);
    pb_json_free(doc);
    return -1;
}

int pb_json_load(struct pb_json *doc, int dirfd, const char *path, size_t max_bytes,
                 struct pb_err *err)
{
    *doc = (struct pb_json){0};
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(max_bytes);
    if (pb_read_file(dirfd, path, &text, err) != 0) return -1;
    return pb_json_parse(doc, pb_buf_str(&text), path, err);
}

void pb_json_free(struct pb_json *doc)
{
    if (!doc) return;
    cJSON_Delete(doc->root);
    free(doc->text);
    doc->root = NULL;
    doc->text = NULL;
}

/*
 * cJSON keeps no positions, so the text is walked again beside the tree. The text was parsed from
 * `text`, hence is well-formed; each step still stops at its end, for trees changed since.
 */
static const char *skip_space(const char *p)
{
    while (*p && (unsigned char)*p <= ' ')
        p++;
    return p;
}

static const char *skip_string(const char *p)
{
    for (p++; *p && *p != '"'; p++) {
        if (*p == '\\' && p[1]) p++;
    }
    return *p ? p + 1 : p;
}

static const char *skip_scalar(const char *p)
{
    if (*p == '"') return skip_string(p);
    while (*p && !strchr(",]} \t\r\n", *p))
        p++;
    return p;
}

/* Walks over the value `item` at *at. Returns where `target` starts (a member: its key), or NULL
 * with *at behind the value. */
static const char *locate(const cJSON *item, const cJSON *target, const char **at)
{
    *at = skip_space(*at);
    if (item == target) return *at;
    if (!cJSON_IsArray(item) && !cJSON_IsObject(item)) {
        *at = skip_scalar(*at);
        return NULL;
    }
    if (**at) ++*at; /* the bracket */
    const cJSON *child;
    cJSON_ArrayForEach (child, item) {
        *at = skip_space(*at);
        if (child == target) return *at;
        if (cJSON_IsObject(item)) {
            *at = skip_space(skip_string(*at));
            if (**at) ++*at; /* the colon */
        }
        const char *found = locate(child, target, at);
        if (found) return found;
        *at = skip_space(*at);
        if (**at == ',') ++*at;
    }
    *at = skip_space(*at);
    if (**at) ++*at;
    return NULL;
}

unsigned pb_json_line(const struct pb_json *doc, const cJSON *node)
{
    if (!doc->root || !node) return 0;
    const char *at = doc->text;
    const char *found = locate(doc->root, node, &at);
    if (!found) return 0;
    unsigned line = 1;
    for (const char *p = doc->text; p < found; p++)
        line += *p == '\n';
    return line;
}

int pb_json_err(const struct pb_json *doc, const cJSON *node, struct pb_err *err, const char *fmt,
                ...)
{
    char message[sizeof err->msg];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    unsigned line = pb_json_line(doc, node);
    if (line == 0) return pb_err_set(err, PB_E_BAD_INPUT, "%s: %s", doc->name, message);
    return pb_err_set(err, PB_E_BAD_INPUT, "%s:%u: %s", doc->name, line, message);
}

const cJSON *pb_json_get(const cJSON *object, const char *key)
{
    if (!cJSON_IsObject(object)) return NULL;
    const cJSON *child, *found = NULL;
    cJSON_ArrayForEach (child, object) {
        if (strcmp(child->string, key) == 0)
            found = child; /* the last one wins, as in JavaScript */
    }
    return found;
}

const char *pb_json_cstr(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(pb_json_get(object, key));
}

double pb_json_num(const cJSON *object, const char *key, double fallback)
{
    const cJSON *value = pb_json_get(object, key);
    return cJSON_IsNumber(value) ? value->valuedouble : fallback;
}

bool pb_json_bool(const cJSON *object, const char *key, bool fallback)
{
    const cJSON *value = pb_json_get(object, key);
    return cJSON_IsBool(value) ? cJSON_IsTrue(value) : fallback;
}

static bool is_listed(const char *key, const char *const *keys)
{
    for (; *keys; keys++) {
        if (strcmp(key, *keys) == 0) return true;
    }
    return false;
}

int pb_json_only_keys(const struct pb_json *doc, const cJSON *object, const char *const *keys,
                      struct pb_err *err)
{
    const cJSON *child;
    cJSON_ArrayForEach (child, object) {
        if (!child->string || is_listed(child->string, keys)) continue;
        return pb_json_err(doc, child, err, "unknown key \"%s\"", child->string);
    }
    return 0;
}

void pb_json_print(const cJSON *value, struct pb_buf *out)
{
    char *text = cJSON_PrintUnformatted(value);
    if (!text) PB_BUG("out of memory: printing JSON");
    pb_buf_add_cstr(out, text);
    cJSON_free(text);
}
