/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct formatter {
    struct pb_buf *out;
    const char *indent;
};

static void format(const struct formatter *f, const cJSON *value, unsigned level);

static void new_line(const struct formatter *f, unsigned level)
{
    if (!f->indent[0]) return;
    pb_buf_add_char(f->out, '\n');
    for (unsigned i = 0; i < level; i++)
        pb_buf_add_cstr(f->out, f->indent);
}

/* The shortest text that reads back as the same number. */
static void format_number(const struct formatter *f, double number)
{
    char text[40];
    if (!isfinite(number)) {
        pb_buf_add_cstr(f->out, "null");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number) break;
    }
    if (fabs(number) < 1e21 && number == trunc(number))
        (void)snprintf(text, sizeof text, "%.0f", number);
    pb_buf_add_cstr(f->out, text);
}

static void format_members(const struct formatter *f, const cJSON *value, unsigned level)
{
    bool is_object = cJSON_IsObject(value);
    const cJSON *child;
    pb_buf_add_char(f->out, is_object ? '{' : '[');
    cJSON_ArrayForEach (child, value) {
        if (child != value->child) pb_buf_add_char(f->out, ',');
        new_line(f, level + 1);
        if (is_object) {
            pb_buf_add_json(f->out, pb_str(child->string));
            pb_buf_add_cstr(f->out, f->indent[0] ? ": " : ":");
        }
        format(f, child, level + 1);
    }
    if (value->child) new_line(f, level);
    pb_buf_add_char(f->out, is_object ? '}' : ']');
}

static void format(const struct formatter *f, const cJSON *value, unsigned level)
{
    if (cJSON_IsObject(value) || cJSON_IsArray(value))
        format_members(f, value, level);
    else if (cJSON_IsString(value))
        pb_buf_add_json(f->out, pb_str(value->valuestring));
    else if (cJSON_IsNumber(value))
        format_number(f, value->valuedouble);
    else if (cJSON_IsBool(value))
        pb_buf_add_cstr(f->out, cJSON_IsTrue(value) ? "true" : "false");
    else
        pb_buf_add_cstr(f->out, "null");
}

void pb_json_format(const cJSON *value, const char *indent, struct pb_buf *out)
{
    const struct formatter f = {.out = out, .indent = indent};
    format(&f, value, 0);
}
