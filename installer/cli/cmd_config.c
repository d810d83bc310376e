/* SPDX-License-Identifier: MIT */
#include "base/fs.h"
#include "installer/cli/commands.h"
#include "installer/cli/project_root.h"
#include "installer/config/config.h"
#include "installer/config/npmrc.h"

#include <fcntl.h>
#include <stdint.h>

#define MAX_NPMRC_BYTES (1u << 20)

struct config_opts {
    const char *prefix, *location;
    bool json;
};

#define AT(member) offsetof(struct config_opts, member)
static const char *const locations[] = {"user", "project", "global", NULL};

#define PREFIX_ROW                                                                                 \
    {                                                                                              \
        "prefix", 'C', PB_OPT_STRING, AT(prefix), "DIR", "the project around the current folder",  \
            "The project's folder", NULL, 0, 0                                                     \
    }
#define JSON_ROW                                                                                   \
    {                                                                                              \
        "json", 0, PB_OPT_FLAG, AT(json), NULL, NULL, "As JSON", NULL, 0, 0                        \
    }
static const struct pb_opt read_table[] = {PREFIX_ROW, JSON_ROW, {0}};
static const struct pb_opt write_table[] = {
    PREFIX_ROW,
    {"location", 'L', PB_OPT_CHOICE, AT(location), "WHERE", "user",
     "Which .npmrc to write: user, project or global", locations, 0, 0},
    {0},
};

struct session {
    struct pb_arena arena;
    struct pl_project_root root;
    struct pl_config *config;
};

typedef int action(struct session *s, const struct config_opts *opts, const struct pb_args *args,
                   struct pb_err *err);

static int with_config(action *act, const struct config_opts *opts, const struct pb_args *args,
                       struct pb_err *err)
{
    struct session s = {.arena = PB_ARENA_INIT};
    int rc = pl_project_root_find(&s.arena, opts->prefix, &s.root, err);
    const struct pl_config_sources sources = {.project_dir = s.root.dir};
    if (rc == 0) s.config = pl_config_load(&sources, err);
    rc = s.config ? act(&s, opts, args, err) : -1;
    pl_config_free(s.config);
    pb_arena_release(&s.arena);
    return rc;
}

/* The default registry has no text of its own: it is asked for. */
static const char *value_of(struct session *s, const char *key)
{
    const char *value = pl_config_get(s->config, key);
    if (value || strcmp(key, "registry") != 0) return value;
    return pl_config_registry(s->config, PB_LIT(""), NULL);
}

static int get(struct session *s, const struct config_opts *opts, const struct pb_args *args,
               struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(MAX_NPMRC_BYTES);
    for (size_t i = 0; i < args->n; i++) {
        const char *key = args->items[i];
        if (pl_config_is_secret(key))
            return pb_err_set(err, PB_E_USAGE, "config get %s: it is a secret: it is not shown",
                              key);
        const char *value = value_of(s, key);
        pb_buf_add_cstr(&out, opts->json ? (i == 0 ? "{" : ",") : "");
        if (opts->json) {
            pb_buf_add_json(&out, pb_str(key));
            pb_buf_add_char(&out, ':');
            if (value)
                pb_buf_add_json(&out, pb_str(value));
            else
                pb_buf_add_cstr(&out, "null");
        } else {
            pb_buf_printf(&out, "%s%s%s\n", args->n > 1 ? key : "", args->n > 1 ? "=" : "",
                          value ? value : "undefined");
        }
    }
    if (opts->json) pb_buf_add_cstr(&out, "}\n");
    fwrite(out.p, 1, out.n, stdout);
    return 0;
}

static int list(struct session *s, const struct config_opts *opts, const struct pb_args *args,
                struct pb_err *err)
{
    (void)args;
    (void)err;
    struct pl_config_setting *settings;
    size_t n = pl_config_list(s->config, &settings);
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT((size_t)8 * MAX_NPMRC_BYTES);
    pb_buf_add_cstr(&out, opts->json ? "{" : "");
    for (size_t i = 0; i < n; i++) {
        const struct pl_config_setting *at = &settings[i];
        const char *value = pl_config_is_secret(at->key) ? "(protected)" : at->value;
        if (opts->json) {
            pb_buf_add_cstr(&out, i == 0 ? "\n  " : ",\n  ");
            pb_buf_add_json(&out, pb_str(at->key));
            pb_buf_add_cstr(&out, ": ");
            pb_buf_add_json(&out, pb_str(value));
        } else {
            pb_buf_printf(&out, "%s = ", at->key);
            pb_buf_add_json(&out, pb_str(value));
            pb_buf_printf(&out, " ; %s\n", at->from);
        }
    }
    if (opts->json) pb_buf_add_cstr(&out, n > 0 ? "\n}\n" : "}\n");
    fwrite(out.p ? out.p : "", 1, out.n, stdout);
    return 0;
}

static const char *file_of(struct session *s, const struct config_opts *opts, struct pb_err *err)
{
    const char *location = opts->location ? opts->location : "user";
    const char *file = strcmp(location, "project") == 0
                           ? pb_arena_printf(&s->arena, "%s/.npmrc", s->root.dir)
                           : pl_config_file(s->config, location);
    if (!file)
        pb_err_set(err, PB_E_NOT_FOUND,
                   "config: no file is known for the location \"%s\": set HOME or %sconfig",
                   location, location);
    return file;
}

/* npmrc files hold secrets: only their owner reads a new one. */
static int change(const char *file, struct pb_str key, const char *value, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_NPMRC_BYTES);
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(MAX_NPMRC_BYTES);
    if (pb_exists(AT_FDCWD, file) && pb_read_file(AT_FDCWD, file, &text, err) != 0) return -1;
    pl_npmrc_set(pb_buf_str(&text), key, value, &out);
    if (!pb_buf_ok(&out)) return pb_err_set(err, PB_E_LIMIT, "write %s: too large", file);
    return pb_write_file_atomic(AT_FDCWD, file, pb_buf_str(&out), 0600, err);
}

/* "key=value ..." or "key value", as npm takes both. */
static int set(struct session *s, const struct config_opts *opts, const struct pb_args *args,
               struct pb_err *err)
{
    const char *file = file_of(s, opts, err);
    if (!file) return -1;
    if (args->n == 2 && !strchr(args->items[0], '='))
        return change(file, pb_str(args->items[0]), args->items[1], err);
    for (size_t i = 0; i < args->n; i++) {
        const char *equals = strchr(args->items[i], '=');
        if (!equals || equals == args->items[i])
            return pb_err_set(err, PB_E_USAGE, "config set %s: give KEY=VALUE", args->items[i]);
        struct pb_str key = pb_strn(args->items[i], (size_t)(equals - args->items[i]));
        if (change(file, key, equals + 1, err) != 0) return -1;
    }
    return 0;
}

static int delete (struct session *s, const struct config_opts *opts, const struct pb_args *args,
                   struct pb_err *err)
{
    const char *file = file_of(s, opts, err);
    for (size_t i = 0; i < args->n && file; i++)
        if (change(file, pb_str(args->items[i]), NULL, err) != 0) return -1;
    return file ? 0 : -1;
}

static int run_get(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    return with_config(get, opts, args, err);
}

static int run_list(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    return with_config(list, opts, args, err);
}

static int run_set(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    return with_config(set, opts, args, err);
}

static int run_delete(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    return with_config(delete, opts, args, err);
}

static const struct pb_cmd cmd_get = {
    .name = "get",
    .args = "KEY...",
    .summary = "Print values, \"undefined\" for what is not set",
    .opts = read_table,
    .opts_size = sizeof(struct config_opts),
    .min_args = 1,
    .max_args = SIZE_MAX,
    .run = run_get,
};
static const struct pb_cmd cmd_list = {
    .name = "list",
    .summary = "Print all that is set and where",
    .opts = read_table,
    .opts_size = sizeof(struct config_opts),
    .run = run_list,
};
static const struct pb_cmd cmd_set = {
    .name = "set",
    .args = "KEY=VALUE...",
    .summary = "Set values in an .npmrc",
    .details = "  plumb config set registry=https://registry.example/\n"
               "  plumb config set -L project save-exact=true\n",
    .opts = write_table,
    .opts_size = sizeof(struct config_opts),
    .min_args = 1,
    .max_args = SIZE_MAX,
    .run = run_set,
};
static const struct pb_cmd cmd_delete = {
    .name = "delete",
    .args = "KEY...",
    .summary = "Take values out of an .npmrc",
    .opts = write_table,
    .opts_size = sizeof(struct config_opts),
    .min_args = 1,
    .max_args = SIZE_MAX,
    .run = run_delete,
};
static const struct pb_cmd *const config_cmds[] = {&cmd_get, &cmd_list, &cmd_set, &cmd_delete,
                                                   NULL};

const struct pb_cmd pl_cmd_config = {
    .name = "config",
    .args = "COMMAND",
    .summary = "Look at and change npm's configuration",
    .cmds = config_cmds,
};
