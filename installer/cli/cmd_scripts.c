/* SPDX-License-Identifier: MIT */
/* approve-scripts, deny-scripts and rebuild: what dependencies may run. */
#include "base/buf.h"
#include "installer/cli/commands.h"
#include "installer/cli/install_options.h"
#include "installer/cli/project_root.h"
#include "installer/cli/words.h"
#include "installer/query/script_review.h"
#include "installer/semver/semver.h"

#include <stdint.h>
#include <stdio.h>

struct scripts_opts {
    const char *prefix;
    bool all, pending, json;
    enum pb_switch pin;
};

#define AT(member) offsetof(struct scripts_opts, member)
#define COMMON_ROWS                                                                                \
    {"prefix",                                                                                     \
     'C',                                                                                          \
     PB_OPT_STRING,                                                                                \
     AT(prefix),                                                                                   \
     "DIR",                                                                                        \
     "the project around the current folder",                                                      \
     "The project's folder",                                                                       \
     NULL,                                                                                         \
     0,                                                                                            \
     0},                                                                                           \
    {                                                                                              \
        "all", 'a', PB_OPT_FLAG, AT(all), NULL, NULL, "All that are not decided yet", NULL, 0, 0   \
    }
static const struct pb_opt approve_table[] = {
    COMMON_ROWS,
    {"pending", 0, PB_OPT_FLAG, AT(pending), NULL, NULL, "Only list what is not decided yet", NULL,
     0, 0},
    {"allow-scripts-pending", 0, PB_OPT_FLAG, AT(pending), NULL, NULL, "The same, as npm calls it",
     NULL, 0, 0},
    {"allow-scripts-pin", 0, PB_OPT_SWITCH, AT(pin), NULL, "true",
     "Approve the installed versions alone, not the name", NULL, 0, 0},
    {"json", 0, PB_OPT_FLAG, AT(json), NULL, NULL, "With --pending: as JSON", NULL, 0, 0},
    {0},
};
static const struct pb_opt deny_table[] = {COMMON_ROWS, {0}};

struct review {
    struct pl_loaded loaded;
    struct pl_config *config;
    const struct scripts_opts *opts;
    const struct pb_args *args;
    bool allow;
};

static void print_pending(const struct pl_script_package_id *list, size_t n, bool json)
{
    if (json) putchar('[');
    for (size_t i = 0; i < n; i++) {
        PB_AUTO_BUF struct pb_buf line = PB_BUF_INIT(4096);
        PB_AUTO_BUF struct pb_buf quoted = PB_BUF_INIT(8192);
        pb_buf_printf(&line, PB_FMT "@" PB_FMT, PB_ARG(list[i].name), PB_ARG(list[i].version));
        pb_buf_add_json(&quoted, pb_buf_str(&line));
        if (json)
            printf("%s%s", i ? "," : "", quoted.p);
        else
            puts(line.p);
    }
    if (json) puts("]");
}

static bool is_meant(const struct pl_lock_entry *e, struct pb_str text)
{
    ptrdiff_t at = pb_str_rfind(text, '@');
    struct pb_str name = at > 0 ? pb_strn(text.p, (size_t)at) : text;
    if (!pb_str_eq(name, e->name) || e->link || e->in_bundle) return false;
    return at <= 0 || pl_semver_satisfies(e->manifest.version, pb_str_skip(text, (size_t)at + 1),
                                          PL_RANGE_LOOSE);
}

/* Of what is installed. A name that nothing has is a slip of the hand. */
static int choose(struct review *r, struct pl_script_package_id **out, size_t *n,
                  struct pb_err *err)
{
    const struct pl_lock *lock = &r->loaded.lock;
    size_t most = lock->n * r->args->n;
    *out = PB_ARENA_ARRAY(&r->loaded.arena, struct pl_script_package_id, most);
    *n = 0;
    for (size_t k = 0; k < r->args->n; k++) {
        size_t before = *n;
        for (size_t i = 1; i < lock->n; i++) {
            const struct pl_lock_entry *e = &lock->entries[i];
            if (!is_meant(e, pb_str(r->args->items[k]))) continue;
            (*out)[(*n)++] = (struct pl_script_package_id){e->name, e->manifest.version};
        }
        if (*n == before)
            return pb_err_set(err, PB_E_NOT_FOUND, "decide about %s: no such package is installed",
                              r->args->items[k]);
    }
    return 0;
}

static int decide(struct review *r, struct pb_err *err)
{
    struct pl_script_package_id *list;
    size_t n = pl_scripts_pending(&r->loaded, pl_config_get(r->config, "allow-scripts"), &list);
    size_t changed;
    if (r->opts->pending) {
        print_pending(list, n, r->opts->json);
        return 0;
    }
    if (!r->opts->all && choose(r, &list, &n, err) != 0) return -1;
    if (pl_scripts_decide(&r->loaded, list, n, r->allow, r->opts->pin != PB_SWITCH_OFF, &changed,
                          err) != 0)
        return -1;
    printf("%s %zu package%s%s\n", r->allow ? "approved" : "denied", changed,
           changed == 1 ? "" : "s",
           r->allow && changed ? ": run their scripts with `plumb rebuild`" : "");
    return 0;
}

static int review(const struct scripts_opts *opts, const struct pb_args *args, bool allow,
                  struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_project_root root;
    struct review r = {.opts = opts, .args = args, .allow = allow, .loaded.root_dirfd = -1};
    if (!opts->all && !opts->pending && args->n == 0)
        return pb_err_set(err, PB_E_USAGE, "which packages: give names, or --all");
    int rc = pl_project_root_find(&arena, opts->prefix, &root, err);
    if (rc == 0) {
        r.config = pl_config_load(&(struct pl_config_sources){.project_dir = root.dir}, err);
        rc = r.config ? 0 : -1;
    }
    if (rc == 0) rc = pl_loaded_open(&r.loaded, &(struct pl_load_options){.dir = root.dir}, err);
    if (rc == 0) rc = decide(&r, err);
    pl_loaded_close(&r.loaded);
    pl_config_free(r.config);
    pb_arena_release(&arena);
    return rc;
}

static int run_approve(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    return review(opts, args, true, err);
}

static int run_deny(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    return review(opts, args, false, err);
}

static int run_rebuild(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_install_opts with_names = *(const struct pl_install_opts *)opts;
    struct pl_strs names = pl_cli_operands(&arena, args);
    with_names.rebuild = &names;
    int rc = pl_cli_install(&with_names, PL_ACTION_INSTALL, NULL, err);
    pb_arena_release(&arena);
    return rc;
}

const struct pb_cmd pl_cmd_approve_scripts = {
    .name = "approve-scripts",
    .args = "[PACKAGE...]",
    .summary = "Let installed packages run their install scripts",
    .details = "Scripts of dependencies do not run unless package.json's \"allowScripts\" allows "
               "them. A rule is\n"
               "for packages of the registry alone: what comes from elsewhere under the same name "
               "gains nothing.\n\n"
               "  plumb approve-scripts --pending\n"
               "  plumb approve-scripts esbuild && plumb rebuild esbuild\n",
    .opts = approve_table,
    .opts_size = sizeof(struct scripts_opts),
    .max_args = SIZE_MAX,
    .run = run_approve,
};
const struct pb_cmd pl_cmd_deny_scripts = {
    .name = "deny-scripts",
    .args = "[PACKAGE...]",
    .summary = "Decide that packages never run their install scripts",
    .opts = deny_table,
    .opts_size = sizeof(struct scripts_opts),
    .max_args = SIZE_MAX,
    .run = run_deny,
};
const struct pb_cmd pl_cmd_rebuild = {
    .name = "rebuild",
    .args = "[NAME...]",
    .summary = "Run the allowed install scripts of what is installed, again or at last",
    .opts = pl_install_opt_table,
    .opts_size = sizeof(struct pl_install_opts),
    .max_args = SIZE_MAX,
    .run = run_rebuild,
};
