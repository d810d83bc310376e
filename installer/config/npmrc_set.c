/* SPDX-License-Identifier: MIT */
#include "installer/config/npmrc.h"

/* Text that would not read back as itself goes into quotes. */
static void add_value(struct pb_buf *out, struct pb_str value)
{
    bool is_plain = pb_str_eq(value, pb_str_trim(value)) && value.n > 0;
    for (size_t i = 0; i < value.n; i++)
        is_plain = is_plain && (unsigned char)value.p[i] >= ' ' && !strchr("\"';#\\=[", value.p[i]);
    if (is_plain)
        pb_buf_add_str(out, value);
    else
        pb_buf_add_json(out, value);
}

static void add_setting(struct pb_buf *out, struct pb_str key, const char *value, bool *is_done)
{
    if (*is_done || !value) return;
    *is_done = true;
    pb_buf_printf(out, PB_FMT "=", PB_ARG(key));
    add_value(out, pb_str(value));
    pb_buf_add_char(out, '\n');
}

static bool is_of_key(struct pb_str line, struct pb_str key)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_npmrc parsed = pl_npmrc_parse(&arena, line);
    bool is = parsed.n == 1 && pb_str_eq(parsed.items[0].key, key);
    pb_arena_release(&arena);
    return is;
}

void pl_npmrc_set(struct pb_str text, struct pb_str key, const char *value, struct pb_buf *out)
{
    bool is_done = false;
    bool in_section = false;
    while (text.n > 0) {
        ptrdiff_t end = pb_str_find(text, '\n');
        struct pb_str line = pb_strn(text.p, end < 0 ? text.n : (size_t)end);
        text = pb_str_skip(text, line.n + 1);
        if (pb_str_starts(pb_str_trim(line), "[") && !in_section) {
            in_section = true;
            add_setting(out, key, value, &is_done);
        }
        if (!in_section && is_of_key(line, key)) {
            add_setting(out, key, value, &is_done);
            continue;
        }
        pb_buf_add_str(out, line);
        pb_buf_add_char(out, '\n');
    }
    add_setting(out, key, value, &is_done);
}
