/* SPDX-License-Identifier: MIT */
#include "installer/cli/install_options.h"

#include "base/buf.h"
#include "base/term.h"
#include "installer/cli/folders.h"
#include "installer/cli/project_root.h"
#include "installer/cli/report.h"
#include "installer/cli/words.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const dep_kinds[] = {"dev", "optional", "peer", "prod", NULL};

/* What was given on the command line, as npm's keys. */
struct overrides {
    struct pb_arena arena;
    const char *items[32];
    size_t n;
};

static void override_text(struct overrides *o, const char *key, const char *value)
{
    PB_INVARIANT(o->n + 1 < sizeof o->items / sizeof o->items[0]);
    if (value) o->items[o->n++] = pb_arena_printf(&o->arena, "%s=%s", key, value);
}

static void override_switch(struct overrides *o, const char *key, enum pb_switch value)
{
    if (value != PB_SWITCH_UNSET) override_text(o, key, value == PB_SWITCH_ON ? "true" : "false");
}

static void override_all(const struct pl_install_opts *opts, struct overrides *o)
{
    override_text(o, "registry", opts->registry);
    override_text(o, "linker", opts->linker);
    override_switch(o, "package-lock", opts->package_lock);
    override_switch(o, "legacy-peer-deps", opts->legacy_peer_deps);
    override_switch(o, "strict-peer-deps", opts->strict_peer_deps);
    override_switch(o, "engine-strict", opts->engine_strict);
    override_switch(o, "offline", opts->offline);
    override_switch(o, "prefer-offline", opts->prefer_offline);
    override_switch(o, "full-metadata", opts->full_metadata);
    override_switch(o, "install-links", opts->install_links);
    override_switch(o, "resolutions", opts->resolutions);
    override_switch(o, "http2", opts->http2);
    override_text(o, "lockfile-version", opts->lockfile_version);
    override_switch(o, "ignore-scripts", opts->ignore_scripts);
    override_switch(o, "save", opts->save);
    override_switch(o, "save-exact", opts->save_exact);
    override_text(o, "save-prefix", opts->save_prefix);
    override_switch(o, "dangerously-allow-all-scripts", opts->allow_all_scripts);
    override_text(o, "tag", opts->tag);
    override_text(o, "before", opts->before);
    override_text(o, "min-release-age", opts->min_release_age);
    if (opts->force) override_text(o, "force", "true");
}

static struct pl_config *load_config(const struct pl_install_opts *opts, const char *dir,
                                     struct overrides *o, struct pb_err *err)
{
    override_all(opts, o);
    return pl_config_load(&(struct pl_config_sources){.project_dir = dir, .cli = o->items}, err);
}

static bool is_dep_kind(struct pb_str word)
{
    for (size_t i = 0; dep_kinds[i]; i++)
        if (pb_str_is(word, dep_kinds[i])) return true;
    return false;
}

static int set_omit(struct pl_install_settings *s, struct pb_str word, bool on, struct pb_err *err)
{
    if (!is_dep_kind(word))
        return pb_err_set(err, PB_E_USAGE,
                          "omit, include: unknown kind '" PB_FMT "': give dev, optional or peer",
                          PB_ARG(word));
    if (pb_str_is(word, "dev")) s->omit_dev = on;
    if (pb_str_is(word, "optional")) s->omit_optional = on;
    if (pb_str_is(word, "peer")) s->omit_peer = on;
    return 0;
}

/* The configuration's list may be separated by commas, spaces or lines. */
static int set_omit_words(struct pl_install_settings *s, const char *words, bool on,
                          struct pb_err *err)
{
    while (words && *words) {
        size_t n = strcspn(words, ", \t\r\n");
        if (n > 0 && set_omit(s, pb_strn(words, n), on, err) != 0) return -1;
        words += n + strspn(words + n, ", \t\r\n");
    }
    return 0;
}

/* As in npm: production leaves dev out, --omit replaces the configuration, --include wins. */
static int choose_omitted(const struct pl_install_opts *opts, struct pl_install_settings *s,
                          struct pb_err *err)
{
    const char *node_env = getenv("NODE_ENV");
    const char *configured = pl_config_get(s->config, "omit");
    if (opts->omit.n == 0 && !configured && node_env && strcmp(node_env, "production") == 0)
        s->omit_dev = true;
    if (opts->omit.n == 0 && set_omit_words(s, configured, true, err) != 0) return -1;
    for (size_t i = 0; i < opts->omit.n; i++)
        if (set_omit_words(s, opts->omit.items[i], true, err) != 0) return -1;
    if (opts->include.n == 0)
        return set_omit_words(s, pl_config_get(s->config, "include"), false, err);
    for (size_t i = 0; i < opts->include.n; i++)
        if (set_omit_words(s, opts->include.items[i], false, err) != 0) return -1;
    return 0;
}

static struct pl_install_settings settings_of(const struct pl_install_opts *opts,
                                              enum pl_install_action action,
                                              struct pl_config *config)
{
    return (struct pl_install_settings){
        .action = opts->package_lock_only ? PL_ACTION_RESOLVE : action,
        .config = config,
        .use_lock = action == PL_ACTION_CI || pl_config_bool(config, "package-lock", true),
        .legacy_peer_deps = pl_config_bool(config, "legacy-peer-deps", false),
        .strict_peer_deps = pl_config_bool(config, "strict-peer-deps", false),
        .engine_strict = pl_config_bool(config, "engine-strict", false),
        .force = pl_config_bool(config, "force", false),
        .offline = pl_config_bool(config, "offline", false),
        .prefer_offline = pl_config_bool(config, "prefer-offline", false),
        .omit_registry_resolved = pl_config_bool(config, "omit-lockfile-registry-resolved", false),
        .workers = (unsigned)opts->workers,
        .ignore_scripts = pl_config_bool(config, "ignore-scripts", false),
        .install_links = pl_config_bool(config, "install-links", false),
        .ignore_resolutions = !pl_config_bool(config, "resolutions", true),
        .output_is_data = opts->stats || opts->json || opts->silent,
        .command = action == PL_ACTION_CI ? "ci" : "install",
        .rebuild = opts->rebuild,
        .trace_path = opts->trace,
        .show_progress = !opts->silent && !opts->json && isatty(STDERR_FILENO),
    };
}

static int choose_linker(struct pl_install_settings *s, struct pb_err *err)
{
    static const char *const names[] = {[PL_LINKER_HOISTED] = "hoisted",
                                        [PL_LINKER_ISOLATED] = "isolated",
                                        [PL_LINKER_GLOBAL] = "global"};
    const char *wanted = pl_config_get(s->config, "linker");
    if (!wanted || !*wanted) return 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(wanted, names[i]) != 0) continue;
        s->linker = (enum pl_linker)i;
        return 0;
    }
    return pb_err_set(err, PB_E_USAGE,
                      "linker: unknown kind '%s': give hoisted, isolated or global", wanted);
}

static int choose_lockfile_version(struct pl_install_settings *s, struct pb_err *err)
{
    const char *wanted = pl_config_get(s->config, "lockfile-version");
    if (!wanted || !*wanted || strcmp(wanted, "null") == 0) return 0;
    if (strlen(wanted) != 1 || *wanted < '1' || *wanted > '3')
        return pb_err_set(err, PB_E_USAGE, "lockfile-version: unknown version '%s': give 1, 2 or 3",
                          wanted);
    s->lockfile_version = *wanted - '0';
    return 0;
}

static int run(const struct pl_install_opts *opts, struct pl_install_settings *settings,
               struct pb_err *err)
{
    struct pl_install_result result = {0};
    if (choose_lockfile_version(settings, err) != 0) return -1;
    if (choose_linker(settings, err) != 0 || choose_omitted(opts, settings, err) != 0) return -1;
    int rc = pl_install_run(settings, &result, err);
    if (!opts->silent) pl_cli_report_warnings(&result);
    if (rc == 0 && (opts->stats || opts->json))
        pl_cli_print_stats(&result);
    else if (rc == 0 && !opts->silent)
        pl_cli_print_summary(settings, &result);
    pl_install_result_release(&result);
    return rc;
}

static enum pl_save_type save_type_of(const struct pl_install_opts *opts)
{
    if (opts->save_dev) return PL_SAVE_DEV;
    if (opts->save_optional) return PL_SAVE_OPTIONAL;
    if (opts->save_peer) return PL_SAVE_PEER;
    return opts->save_prod ? PL_SAVE_PROD : PL_SAVE_AS_IS;
}

/* The edit as the options and the configuration (save, save-exact, save-prefix) have it. */
static void complete_edit(const struct pl_install_opts *opts, const struct pl_config *config,
                          const struct pl_project_root *root, struct pb_arena *arena,
                          struct pl_edit_request *edit)
{
    bool is_update = edit->update_all || edit->update.n > 0;
    const char *prefix = pl_config_get(config, "save-prefix");
    edit->save_type = save_type_of(opts);
    edit->save_bundle = opts->save_bundle;
    edit->save_manifest = pl_config_bool(config, "save", !is_update);
    edit->save_lock = edit->save_manifest || is_update;
    edit->save_prefix = pl_config_bool(config, "save-exact", false) ? "" : prefix ? prefix : "^";
    edit->workspaces = pl_cli_words(arena, opts->workspace.items, opts->workspace.n);
    edit->all_workspaces = opts->workspaces == PB_SWITCH_ON;
    edit->include_root = opts->include_workspace_root == PB_SWITCH_ON;
    if (root->member && edit->workspaces.n == 0 && opts->workspaces == PB_SWITCH_UNSET)
        edit->workspaces = pl_cli_words(arena, &root->member, 1);
}

static int install_at(const struct pl_install_opts *opts, enum pl_install_action action,
                      struct pl_edit_request *edit, const struct pl_project_root *root,
                      struct pb_err *err)
{
    struct overrides overrides = {0};
    struct pl_config *config = load_config(opts, root->dir, &overrides, err);
    int rc = -1;
    if (config) {
        struct pl_install_settings settings = settings_of(opts, action, config);
        settings.project_dir = root->dir;
        settings.edit = edit;
        settings.store_dir = pl_store_folder(&overrides.arena, opts->store, err);
        settings.cache_dir = pl_cache_folder(&overrides.arena, opts->cache, err);
        if (edit) complete_edit(opts, config, root, &overrides.arena, edit);
        if (settings.store_dir && settings.cache_dir) rc = run(opts, &settings, err);
    }
    pl_config_free(config);
    pb_arena_release(&overrides.arena);
    return rc;
}

int pl_cli_install(const struct pl_install_opts *opts, enum pl_install_action action,
                   struct pl_edit_request *edit, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_project_root root;
    if (opts->silent) pb_log_init("plumb", PB_QUIET);
    int rc = pl_project_root_find(&arena, opts->prefix, &root, err);
    if (rc == 0) rc = install_at(opts, action, edit, &root, err);
    pb_arena_release(&arena);
    return rc;
}
