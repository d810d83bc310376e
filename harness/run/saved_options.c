/* SPDX-License-Identifier: MIT */
#include "harness/run/saved_options.h"

#include "base/fs.h"
#include "base/json.h"
#include "base/mem.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES (1u << 20)

enum kind { TEXT, PATH, NUMBER, NUMBER_NS, BOOL, LIST, PATH_LIST, SEED, REAL };

static const struct row {
    const char *key;
    enum kind kind;
    size_t offset;
} rows[] = {
#define ROW(key, kind)                                                                             \
    {                                                                                              \
#key, kind, offsetof(struct pb_run_options, key)                                           \
    }
    ROW(project, PATH),
    ROW(snapshot, PATH),
    ROW(cache, PATH),
    ROW(title, TEXT),
    ROW(package, TEXT),
    ROW(arms, LIST),
    ROW(phases, LIST),
    ROW(registries, LIST),
    ROW(phase_dirs, PATH_LIST),
    ROW(manager_dirs, PATH_LIST),
    ROW(rounds, NUMBER),
    ROW(timeout_ns, NUMBER_NS),
    ROW(linger_ns, NUMBER_NS),
    ROW(seed, SEED),
    ROW(strict, BOOL),
    ROW(baseline, TEXT),
    ROW(candidates, LIST),
    ROW(rules, PATH),
    ROW(floor, PATH),
    ROW(budget_ns, NUMBER_NS),
    ROW(precision, REAL),
    ROW(server, TEXT),
    ROW(netns, TEXT),
    ROW(link, TEXT),
    ROW(fs, TEXT),
    ROW(pin, TEXT),
    ROW(cold_disk, BOOL),
    ROW(traces, LIST),
    ROW(trace_samples, NUMBER),
#undef ROW
};

static void add_path(cJSON *object, const char *key, const char *path)
{
    PB_AUTO_FREE char *real = pb_real_path(path, NULL);
    cJSON *value = cJSON_CreateString(real ? real : path); /* a bundled project's name stays */
    if (key)
        cJSON_AddItemToObject(object, key, value);
    else
        cJSON_AddItemToArray(object, value);
}

static void add_list(cJSON *object, const char *key, const struct pb_run_list *list, bool paths)
{
    cJSON *array = cJSON_AddArrayToObject(object, key);
    for (size_t i = 0; i < list->n; i++) {
        if (paths)
            add_path(array, NULL, list->items[i]);
        else
            cJSON_AddItemToArray(array, cJSON_CreateString(list->items[i]));
    }
}

static void save_row(cJSON *object, const struct row *row, const void *field)
{
    const char *text = row->kind <= PATH ? *(const char *const *)field : NULL;
    char number[24];
    switch (row->kind) {
    case TEXT:
        if (text) cJSON_AddStringToObject(object, row->key, text);
        break;
    case PATH:
        if (text) add_path(object, row->key, text);
        break;
    case NUMBER:
        cJSON_AddNumberToObject(object, row->key, (double)*(const long *)field);
        break;
    case NUMBER_NS:
        cJSON_AddNumberToObject(object, row->key, (double)*(const int64_t *)field);
        break;
    case REAL:
        cJSON_AddNumberToObject(object, row->key, *(const double *)field);
        break;
    case BOOL:
        cJSON_AddBoolToObject(object, row->key, *(const bool *)field);
        break;
    case LIST:
    case PATH_LIST:
        add_list(object, row->key, field, row->kind == PATH_LIST);
        break;
    case SEED: /* 64 bits do not fit a JSON number */
        snprintf(number, sizeof number, "%" PRIu64, *(const uint64_t *)field);
        cJSON_AddStringToObject(object, row->key, number);
        break;
    }
}

int pb_saved_options_write(const struct pb_run_options *options, struct pb_err *err)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        save_row(object, &rows[i], (const char *)options + rows[i].offset);
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(FILE_MAX_BYTES);
    pb_json_print(object, &text);
    pb_buf_add_char(&text, '\n');
    cJSON_Delete(object);
    PB_AUTO_FD int dir = pb_open_dir(AT_FDCWD, options->out, err);
    if (dir < 0) return -1;
    return pb_write_file_atomic(dir, "options.json", pb_buf_str(&text), 0644, err);
}

static const char *keep(struct pb_arena *arena, const char *text)
{
    return text ? pb_arena_cstr(arena, pb_str(text)) : NULL;
}

static void load_list(struct pb_arena *arena, const cJSON *array, struct pb_run_list *out)
{
    const cJSON *item;
    out->n = 0;
    cJSON_ArrayForEach (item, array)
        if (cJSON_IsString(item) && out->n < PB_RUN_LIST_MAX)
            out->items[out->n++] = keep(arena, item->valuestring);
}

static void load_row(struct pb_arena *arena, const cJSON *object, const struct row *row,
                     void *field)
{
    const char *text = pb_json_cstr(object, row->key);
    switch (row->kind) {
    case TEXT:
    case PATH:
        *(const char **)field = keep(arena, text);
        break;
    case NUMBER:
        *(long *)field = (long)pb_json_num(object, row->key, 0);
        break;
    case NUMBER_NS:
        *(int64_t *)field = (int64_t)pb_json_num(object, row->key, 0);
        break;
    case REAL:
        *(double *)field = pb_json_num(object, row->key, 0);
        break;
    case BOOL:
        *(bool *)field = pb_json_bool(object, row->key, false);
        break;
    case LIST:
    case PATH_LIST:
        load_list(arena, pb_json_get(object, row->key), field);
        break;
    case SEED:
        *(uint64_t *)field = text ? strtoull(text, NULL, 10) : 0;
        break;
    }
}

int pb_saved_options_read(struct pb_arena *arena, struct pb_run_options *options,
                          struct pb_err *err)
{
    struct pb_json doc = {0};
    PB_AUTO_FD int dir = pb_open_dir(AT_FDCWD, options->out, err);
    if (dir < 0 || pb_json_load(&doc, dir, "options.json", FILE_MAX_BYTES, err) != 0) {
        pb_json_free(&doc);
        return pb_err_wrap(err, "resume the run of %s", options->out);
    }
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        load_row(arena, doc.root, &rows[i], (char *)options + rows[i].offset);
    pb_json_free(&doc);
    if (options->rounds < 1 || options->timeout_ns < 1)
        return pb_err_set(err, PB_E_BAD_INPUT, "resume the run of %s: options.json is damaged",
                          options->out);
    return 0;
}
