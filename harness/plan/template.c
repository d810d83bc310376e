/* SPDX-License-Identifier: MIT */
#include "harness/plan/template.h"

#include "base/buf.h"

static const struct {
    const char *name;
    size_t offset;
} variables[] = {
    {"registry", offsetof(struct pb_template_vars, registry)},
    {"store", offsetof(struct pb_template_vars, store)},
    {"meta", offsetof(struct pb_template_vars, meta)},
    {"home", offsetof(struct pb_template_vars, home)},
    {"tmp", offsetof(struct pb_template_vars, tmp)},
    {"project", offsetof(struct pb_template_vars, project)},
    {"package", offsetof(struct pb_template_vars, package)},
    {"trace", offsetof(struct pb_template_vars, trace)},
    {"plan", offsetof(struct pb_template_vars, plan)},
};

static int find_variable(struct pb_str name)
{
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        if (pb_str_is(name, variables[i].name)) return (int)i;
    return -1;
}

/* Splits off the text before the next {name}. False when there is none left. */
static bool next_name(struct pb_str *rest, struct pb_str *before, struct pb_str *name)
{
    for (size_t i = 0; i < rest->n; i++) {
        if (rest->p[i] != '{') continue;
        size_t end = i + 1;
        while (end < rest->n && rest->p[end] >= 'a' && rest->p[end] <= 'z')
            end++;
        if (end == i + 1 || end == rest->n || rest->p[end] != '}') continue;
        *before = pb_strn(rest->p, i);
        *name = pb_strn(rest->p + i + 1, end - i - 1);
        *rest = pb_str_skip(*rest, end + 1);
        return true;
    }
    return false;
}

struct pb_str pb_template_unknown(const char *text)
{
    struct pb_str rest = pb_str(text), before, name;
    while (next_name(&rest, &before, &name))
        if (find_variable(name) < 0) return name;
    return pb_strn("", 0);
}

const char *pb_template_expand(struct pb_arena *arena, const char *text,
                               const struct pb_template_vars *vars)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 20);
    struct pb_str rest = pb_str(text), before, name;
    while (next_name(&rest, &before, &name)) {
        pb_buf_add_str(&out, before);
        int at = find_variable(name);
        const char *const *value =
            at < 0 ? NULL : (const void *)((const char *)vars + variables[at].offset);
        if (value && *value) pb_buf_add_cstr(&out, *value);
    }
    pb_buf_add_str(&out, rest);
    return pb_arena_cstr(arena, pb_buf_str(&out));
}
