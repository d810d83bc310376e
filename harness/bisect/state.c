/* SPDX-License-Identifier: MIT */
#include "harness/bisect/bisect.h"

#include "base/fs.h"
#include "base/json.h"
#include "harness/run/saved_options.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#define FILE_MAX_BYTES (1u << 20)

static const struct {
    const char *key;
    size_t offset;
} texts[] = {
    {"manager", offsetof(struct pb_bisect, manager)},
    {"good", offsetof(struct pb_bisect, good)},
    {"bad", offsetof(struct pb_bisect, bad)},
    {"build", offsetof(struct pb_bisect, build)},
    {"binary", offsetof(struct pb_bisect, binary)},
    {"repository", offsetof(struct pb_bisect, repository)},
    {"original", offsetof(struct pb_bisect, original)},
};

int pb_bisect_save(const struct pb_bisect *b, struct pb_err *err)
{
    struct pb_run_options run = b->run;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(FILE_MAX_BYTES);
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *value = *(const char *const *)((const char *)b + texts[i].offset);
        if (value) cJSON_AddStringToObject(object, texts[i].key, value);
    }
    cJSON_AddStringToObject(object, "metric", pb_metric_table[b->metric].name);
    if (b->has_effect) {
        cJSON_AddNumberToObject(object, "effect", b->effect);
        cJSON_AddNumberToObject(object, "good_value", b->good_value);
        cJSON_AddNumberToObject(object, "bad_value", b->bad_value);
    }
    pb_json_print(object, &text);
    pb_buf_add_char(&text, '\n');
    cJSON_Delete(object);
    run.out = b->dir;
    PB_AUTO_FD int dir = pb_open_dir(AT_FDCWD, b->dir, err);
    if (dir < 0 || pb_saved_options_write(&run, err) != 0) return -1;
    return pb_write_file_atomic(dir, "bisect.json", pb_buf_str(&text), 0644, err);
}

static int read_state(struct pb_arena *arena, const struct pb_json *doc, struct pb_bisect *out,
                      struct pb_err *err)
{
    const char *metric = pb_json_cstr(doc->root, "metric");
    int m = metric ? pb_metric_by_name(metric) : -1;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *value = pb_json_cstr(doc->root, texts[i].key);
        if (value)
            *(const char **)((char *)out + texts[i].offset) = pb_arena_cstr(arena, pb_str(value));
    }
    if (m < 0 || !out->manager || !out->good || !out->bad)
        return pb_json_err(doc, doc->root, err, "damaged: start the search anew");
    out->metric = (enum pb_metric)m;
    out->has_effect = pb_json_get(doc->root, "effect") != NULL;
    out->effect = pb_json_num(doc->root, "effect", 0);
    out->good_value = pb_json_num(doc->root, "good_value", 0);
    out->bad_value = pb_json_num(doc->root, "bad_value", 0);
    return 0;
}

int pb_bisect_load(struct pb_arena *arena, const char *dir, struct pb_bisect *out,
                   struct pb_err *err)
{
    struct pb_json doc = {0};
    *out = (struct pb_bisect){.dir = dir, .run = {.out = dir}};
    PB_AUTO_FD int folder = pb_open_dir(AT_FDCWD, dir, err);
    int rc = folder < 0 ? -1 : pb_json_load(&doc, folder, "bisect.json", FILE_MAX_BYTES, err);
    if (rc == 0) rc = read_state(arena, &doc, out, err);
    if (rc == 0) rc = pb_saved_options_read(arena, &out->run, err);
    pb_json_free(&doc);
    return rc == 0 ? 0 : pb_err_wrap(err, "go on with the search of %s", dir);
}
