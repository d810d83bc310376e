/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/term.h"
#include "installer/install/direct.h"
#include "installer/install/install_internal.h"
#include "installer/install/local_folders.h"
#include "installer/install/metadata.h"
#include "installer/install/node_version.h"
#include "installer/registry/registry.h"

#define WAIT_MS 1000

struct run {
    struct install *in;
    struct pl_resolver *resolver;
    struct pl_workspaces folders;
    uint64_t asked;
};

/* The lock is indented and its lines end as package.json's. */
static void copy_form(struct install *in, struct pl_resolve_options *options)
{
    struct pl_package_file file;
    struct pb_err ignored = PB_ERR_INIT;
    if (pl_package_file_load(in->root_dirfd, "package.json", &file, &ignored) == 0) {
        options->indent = pb_arena_cstr(&in->arena, pb_str(file.indent[0] ? file.indent : "  "));
        options->has_crlf = file.has_crlf;
    }
    pl_package_file_free(&file);
}

/* npm keeps version 2 and makes 3 of 1. */
static int lock_version(const struct install *in)
{
    if (in->set->lockfile_version) return in->set->lockfile_version;
    return in->has_old && in->old.lockfile_version == 2 ? 2 : PL_LOCK_VERSION;
}

static struct pl_resolver *new_resolver(struct install *in)
{
    const struct pl_install_settings *set = in->set;
    const char *tag = pl_config_get(set->config, "tag");
    struct pl_resolve_options options = {
        .legacy_peer_deps = set->legacy_peer_deps,
        .strict_peer_deps = set->strict_peer_deps,
        .force = set->force,
        .install_links = set->install_links,
        .ignore_resolutions = set->ignore_resolutions,
        .prefer_dedupe = pl_config_bool(set->config, "prefer-dedupe", false),
        .omit_registry_resolved = set->omit_registry_resolved,
        .pick = {.before = pl_registry_before(set->config, &in->arena, pb_wallclock_ns()),
                 .default_tag = pb_str(tag ? tag : ""),
                 .node_version = pl_node_version(&in->arena, set->cache_dir)},
        .root_dir = set->project_dir,
        .lockfile_version = lock_version(in),
    };
    copy_form(in, &options);
    if (set->edit) options.update = set->edit->update;
    if (in->edit)
        options.wanted_now = pl_edit_wanted_now(in->edit, &in->arena, &options.n_wanted_now);
    bool has_old = in->has_old && !(set->edit && set->edit->update_all);
    return pl_resolver_new(&in->manifest, has_old ? &in->old : NULL, &options);
}

static int add_folders(struct run *run, struct pb_err *err)
{
    struct install *in = run->in;
    for (size_t i = 0; i < in->workspaces.n; i++) {
        const struct pl_workspace *ws = &in->workspaces.items[i];
        if (pl_resolver_add_workspace(run->resolver, ws->path, &ws->manifest, err) != 0) return -1;
    }
    if (pl_local_folders_find(&in->arena, in->root_dirfd, &in->manifest, &in->workspaces,
                              &run->folders, err) != 0)
        return -1;
    for (size_t i = 0; i < run->folders.n; i++) {
        const struct pl_workspace *folder = &run->folders.items[i];
        if (pl_resolver_add_folder(run->resolver, folder->path, &folder->manifest, err) != 0)
            return -1;
    }
    return 0;
}

static int ask_for_direct(struct run *run, bool *asked, struct pb_err *err)
{
    for (struct pl_direct_want want; pl_resolver_next_direct(run->resolver, &want);) {
        if (pl_direct_ask(run->in->direct, &want, err) != 0) return -1;
        *asked = true;
    }
    return 0;
}

static bool ask_for_wanted(struct run *run)
{
    bool asked = false;
    for (struct pb_str name; pl_resolver_next_wanted(run->resolver, &name); asked = true) {
        pl_metadata_ask(run->in->metadata, name);
        run->asked++;
    }
    return asked;
}

/* What the resolver picks warms the store while it goes on; only the lock places anything. */
static void prefetch_picks(struct run *run)
{
    struct install *in = run->in;
    for (const struct pl_manifest *picked; pl_resolver_next_pick(run->resolver, &picked);) {
        struct pl_source source;
        if (!in->stages || in->set->offline || !pl_source_of_pick(in, picked, &source)) continue;
        pl_stages_prefetch(in->stages, pl_stages_package(in->stages, &source));
    }
    if (in->stages) pl_stages_drive(in->stages);
}

static void show_progress(const struct run *run)
{
    if (!run->in->set->show_progress) return;
    pb_progress("resolving: %llu of %llu packages",
                (unsigned long long)pl_metadata_answered(run->in->metadata),
                (unsigned long long)run->asked);
}

/* Until an answer has come. The wait follows the look for finished jobs (loop.h). */
static int wait_for_answers(struct run *run, struct pb_err *err)
{
    struct install *in = run->in;
    for (;;) {
        if (in->stages) pl_stages_drive(in->stages);
        size_t finished = pl_pool_finish(in->pool);
        size_t answers = pl_metadata_take_answers(in->metadata);
        answers += pl_direct_take_answers(in->direct);
        if (answers > 0) return 0;
        if (finished > 0) continue;
        show_progress(run);
        if (pl_loop_wait(in->loop, WAIT_MS, err) != 0) return -1;
    }
}

static int drive(struct run *run, struct pb_err *err)
{
    for (;;) {
        enum pl_resolve_state state = pl_resolver_step(run->resolver, err);
        if (state == PL_RESOLVE_FAILED) return -1;
        bool asked = ask_for_wanted(run);
        if (ask_for_direct(run, &asked, err) != 0) return -1;
        prefetch_picks(run);
        if (state == PL_RESOLVE_DONE) return 0;
        PB_INVARIANT(asked || pl_metadata_answered(run->in->metadata) < run->asked ||
                     pl_direct_open_count(run->in->direct) > 0);
        if (wait_for_answers(run, err) != 0) return -1;
    }
}

static void take_warnings(struct run *run)
{
    struct pb_str lines = pl_resolver_warnings(run->resolver);
    for (struct pb_str line; pb_str_split(&lines, '\n', &line);)
        if (line.n > 0) pl_result_warn(run->in->result, PB_FMT, PB_ARG(line));
}

static int resolve(struct run *run, struct pb_err *err)
{
    struct install *in = run->in;
    if (add_folders(run, err) != 0 || drive(run, err) != 0) return -1;
    take_warnings(run);
    if (pl_resolver_lock(run->resolver, &in->lock, err) != 0) return -1;
    in->has_lock = true;
    return 0;
}

int pl_resolve_run(struct install *in, struct pb_err *err)
{
    if (pl_engine_open_loop(in, err) != 0) return -1;
    struct run run = {.in = in};
    run.resolver = new_resolver(in);
    if (!in->direct) in->direct = pl_direct_new(in);
    pl_direct_attach(in->direct, run.resolver);
    in->metadata = pl_metadata_new(in, run.resolver, err);
    int64_t start = pl_trace_start(in->trace);
    int rc = in->metadata ? resolve(&run, err) : -1;
    pl_trace_end(in->trace, PL_TRACE_JOB, "resolve", (struct pb_str){"", 0}, start);
    if (in->metadata) pl_metadata_detach(in->metadata);
    pl_direct_attach(in->direct, NULL);
    pl_resolver_free(run.resolver);
    return rc;
}
