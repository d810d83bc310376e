/* SPDX-License-Identifier: MIT */
#include "reports/json_out.h"

#include <math.h>

static void begin(struct pb_json_out *j, const char *key)
{
    if (j->comma) pb_buf_add_char(j->out, ',');
    j->comma = true;
    if (!key) return;
    pb_buf_add_json(j->out, pb_str(key));
    pb_buf_add_char(j->out, ':');
}

void pb_json_open(struct pb_json_out *j, const char *key, char bracket)
{
    begin(j, key);
    pb_buf_add_char(j->out, bracket);
    j->comma = false;
}

void pb_json_close(struct pb_json_out *j, char bracket)
{
    pb_buf_add_char(j->out, bracket);
    j->comma = true;
}

void pb_json_text(struct pb_json_out *j, const char *key, const char *text)
{
    if (!text) {
        pb_json_null(j, key);
        return;
    }
    begin(j, key);
    pb_buf_add_json(j->out, pb_str(text));
}

static void add_number(struct pb_json_out *j, const char *key, double value, int digits)
{
    begin(j, key);
    if (isfinite(value))
        pb_buf_printf(j->out, "%.*g", digits, value);
    else
        pb_buf_add_cstr(j->out, "null");
}

void pb_json_real(struct pb_json_out *j, const char *key, double value)
{
    add_number(j, key, value, 15);
}

void pb_json_rounded(struct pb_json_out *j, const char *key, double value)
{
    add_number(j, key, value, 9);
}

void pb_json_whole(struct pb_json_out *j, const char *key, long long value)
{
    begin(j, key);
    pb_buf_printf(j->out, "%lld", value);
}

void pb_json_truth(struct pb_json_out *j, const char *key, bool value)
{
    begin(j, key);
    pb_buf_add_cstr(j->out, value ? "true" : "false");
}

void pb_json_null(struct pb_json_out *j, const char *key)
{
    begin(j, key);
    pb_buf_add_cstr(j->out, "null");
}

void pb_json_break(struct pb_json_out *j)
{
    if (j->comma) pb_buf_add_char(j->out, ',');
    j->comma = false;
    pb_buf_add_char(j->out, '\n');
}
