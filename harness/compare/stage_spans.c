/* SPDX-License-Identifier: MIT */
#include "harness/compare/stage_spans.h"

#include "base/json.h"

#include <fcntl.h>
#include <string.h>

enum { STAGES_MAX = 64, FILE_MAX_BYTES = 256 << 20 };

struct stage {
    const char *name;
    double us;
    size_t whole, begun, ended;
};

struct stages {
    struct pb_arena *arena;
    struct stage items[STAGES_MAX];
    size_t n;
};

static struct stage *stage_of(struct stages *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->items[i].name, name) == 0) return &s->items[i];
    if (s->n == STAGES_MAX) return NULL;
    s->items[s->n] = (struct stage){.name = pb_arena_cstr(s->arena, pb_str(name))};
    return &s->items[s->n++];
}

/* The sum over pairs is that of their ends less that of their begins, whichever belong together. */
static void add_event(struct stages *s, const cJSON *event)
{
    const char *kind = pb_json_cstr(event, "ph"), *name = pb_json_cstr(event, "name");
    if (!kind || !name || !strchr("Xbe", *kind) || kind[0] == '\0' || kind[1] != '\0') return;
    struct stage *stage = stage_of(s, name);
    if (!stage) return;
    if (*kind == 'X') {
        stage->us += pb_json_num(event, "dur", 0);
        stage->whole++;
    } else if (*kind == 'b') {
        stage->us -= pb_json_num(event, "ts", 0);
        stage->begun++;
    } else {
        stage->us += pb_json_num(event, "ts", 0);
        stage->ended++;
    }
}

static size_t list(const struct stages *s, struct pb_stage_span **out)
{
    size_t n = 0;
    *out = PB_ARENA_ARRAY(s->arena, struct pb_stage_span, s->n);
    for (size_t i = 0; i < s->n; i++) {
        const struct stage *stage = &s->items[i];
        if (stage->begun == stage->ended)
            (*out)[n++] =
                (struct pb_stage_span){stage->name, stage->us * 1000, stage->whole + stage->ended};
    }
    return n;
}

/* NULL: none. A journal may come from elsewhere: its names stay in its folder. */
static const char *path_of(struct pb_arena *arena, const char *dir, const char *detail_json)
{
    cJSON *detail = detail_json ? cJSON_Parse(detail_json) : NULL;
    const char *name = detail ? pb_json_cstr(detail, "spans") : NULL, *path = NULL;
    if (name && name[0] != '/' && !strstr(name, ".."))
        path = pb_arena_printf(arena, "%s/%s", dir, name);
    cJSON_Delete(detail);
    return path;
}

size_t pb_stage_spans_read(struct pb_arena *arena, const char *dir, const char *detail_json,
                           struct pb_stage_span **out)
{
    struct stages stages = {.arena = arena};
    struct pb_json doc;
    struct pb_err ignored = PB_ERR_INIT;
    const cJSON *event;
    const char *path = path_of(arena, dir, detail_json);
    if (!path || pb_json_load(&doc, AT_FDCWD, path, FILE_MAX_BYTES, &ignored) != 0) return 0;
    cJSON_ArrayForEach (event, pb_json_get(doc.root, "traceEvents"))
        add_event(&stages, event);
    pb_json_free(&doc);
    return list(&stages, out);
}
