/* SPDX-License-Identifier: MIT */
#include "harness/run/own_counts.h"

#include "base/json.h"

/* *end is behind the last line; on return it is where that line begins. */
static struct pb_str last_line(struct pb_str text, size_t *end)
{
    while (*end > 0 && text.p[*end - 1] == '\n')
        --*end;
    size_t stop = *end;
    while (*end > 0 && text.p[*end - 1] != '\n')
        --*end;
    return (struct pb_str){text.p + *end, stop - *end};
}

static bool is_object(const char *text)
{
    cJSON *parsed = cJSON_ParseWithOpts(text, NULL, true);
    bool is = cJSON_IsObject(parsed);
    cJSON_Delete(parsed);
    return is;
}

const char *pb_own_counts_find(struct pb_arena *arena, struct pb_str output)
{
    for (size_t end = output.n; end > 0;) {
        struct pb_str line = last_line(output, &end);
        if (line.n == 0 || line.p[0] != '{') continue;
        const char *text = pb_arena_cstr(arena, line);
        return is_object(text) ? text : NULL;
    }
    return NULL;
}
