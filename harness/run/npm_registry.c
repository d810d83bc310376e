/* SPDX-License-Identifier: MIT */
#include "harness/run/npm_registry.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/process.h"

#include <fcntl.h>
#include <stdlib.h>

#define NPM_TIMEOUT_NS (30 * PB_NS_PER_S)

struct pb_str pb_npmrc_value(struct pb_str text, const char *key)
{
    struct pb_str line, value = {0};
    while (pb_str_split(&text, '\n', &line)) {
        line = pb_str_trim(line);
        ptrdiff_t equals = pb_str_find(line, '=');
        if (equals < 0 || line.p[0] == '#' || line.p[0] == ';') continue;
        if (pb_str_is(pb_str_trim(pb_strn(line.p, (size_t)equals)), key))
            value = pb_str_trim(pb_str_skip(line, (size_t)equals + 1));
    }
    if (value.n > 1 && value.p[0] == '"' && value.p[value.n - 1] == '"')
        value = pb_strn(value.p + 1, value.n - 2);
    return value;
}

const char *pb_registry_url(struct pb_arena *arena, struct pb_str text)
{
    if (!pb_str_starts(text, "http://") && !pb_str_starts(text, "https://")) return NULL;
    while (text.n && text.p[text.n - 1] == '/')
        text.n--;
    if (pb_str_find(text, ' ') >= 0 || text.p[text.n - 1] == ':') return NULL;
    return pb_arena_printf(arena, PB_FMT "/", PB_ARG(text));
}

static const char *from_environment(struct pb_arena *arena)
{
    static const char *const names[] = {"npm_config_registry", "NPM_CONFIG_REGISTRY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *url = pb_registry_url(arena, pb_str(getenv(names[i])));
        if (url) return url;
    }
    return NULL;
}

static const char *from_home(struct pb_arena *arena)
{
    const char *home = getenv("HOME");
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1u << 20);
    if (!home) return NULL;
    if (pb_read_file(AT_FDCWD, pb_arena_printf(arena, "%s/.npmrc", home), &text, NULL) != 0)
        return NULL;
    return pb_registry_url(arena, pb_npmrc_value(pb_buf_str(&text), "registry"));
}

static const char *from_npm(struct pb_arena *arena)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(4096);
    struct pb_process_spec spec = {
        .argv = (const char *const[]){"npm", "config", "get", "registry", NULL},
        .timeout_ns = NPM_TIMEOUT_NS,
        .out = &out};
    if (pb_process_check(&spec, NULL) != 0) return NULL;
    return pb_registry_url(arena, pb_str_trim(pb_buf_str(&out)));
}

const char *pb_npm_registry(struct pb_arena *arena, struct pb_err *err)
{
    const char *url = from_environment(arena);
    if (!url) url = from_home(arena);
    if (!url) url = from_npm(arena);
    if (!url)
        pb_err_set(err, PB_E_NOT_FOUND,
                   "find npm's registry: nothing configured: set npm_config_registry, "
                   "or registry= in ~/.npmrc, or install npm");
    return url;
}
