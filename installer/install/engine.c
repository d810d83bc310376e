/* SPDX-License-Identifier: MIT */
#include "installer/install/direct.h"
#include "installer/install/install_internal.h"
#include "installer/install/metadata.h"
#include "installer/registry/registry.h"

#include "base/fs.h"
#include "base/mem.h"
#include "installer/install/script_leave.h"

#include <fcntl.h>
#include <sys/stat.h>

static bool find_certificate(void *user, const char *url, const char **certfile,
                             const char **keyfile)
{
    struct install *in = user;
    struct pl_client_certificate found;
    if (!pl_config_client_certificate(in->set->config, url, &found)) return false;
    *certfile = found.certfile;
    *keyfile = found.keyfile;
    return true;
}

int pl_engine_open_loop(struct install *in, struct pb_err *err)
{
    if (in->loop) return 0;
    struct pl_http_options options = pl_registry_http_options(in->set->config);
    options.find_certificate = find_certificate;
    options.user = in;
    in->workers = in->set->workers ? in->set->workers : pl_pool_default_workers();
    in->loop = pl_loop_new(&options, err);
    if (!in->loop) return -1;
    in->pool = pl_pool_new(in->workers, pl_loop_wake, in->loop, err);
    return in->pool ? 0 : -1;
}

static const char *authorization(void *user, const char *url)
{
    struct install *in = user;
    return pl_config_authorization(in->set->config, url);
}

/* Hard links do not cross devices: say why the install will be slower. */
static void warn_about_device(struct install *in)
{
    struct stat project;
    struct stat store;
    if (fstat(in->root_dirfd, &project) != 0 || fstat(pl_store_dirfd(in->store), &store) != 0)
        return;
    if (project.st_dev == store.st_dev) return;
    pl_result_warn(in->result,
                   "the store %s is on another device than the project: files are copied; use "
                   "--store to have it nearer",
                   pl_store_path(in->store));
}

/* The clone is installed by npm's layout and with this install's folders and registry. */
static void allow_preparation(struct install *in)
{
    const struct pl_install_settings *set = in->set;
    PB_AUTO_FREE char *self = pb_real_path("/proc/self/exe", NULL);
    const char *registry = pl_config_get(set->config, "registry");
    if (set->ignore_scripts || !self) return;
    const char *const command[] = {
        pb_arena_cstr(&in->arena, pb_str(self)),
        "install",
        "--silent",
        "--include=dev",
        "--include=optional",
        "--include=peer",
        "--linker=hoisted",
        set->offline ? "--offline" : "--no-offline",
        registry ? pb_arena_printf(&in->arena, "--registry=%s", registry) : "--package-lock",
        pb_arena_printf(&in->arena, "--store=%s", set->store_dir),
        pb_arena_printf(&in->arena, "--cache=%s", set->cache_dir),
        "--prefix",
        NULL,
    };
    const char **copy = PB_ARENA_ARRAY(&in->arena, const char *, sizeof command / sizeof *command);
    memcpy(copy, command, sizeof command);
    in->git_prepare = PB_ARENA_NEW(&in->arena, struct pl_git_prepare);
    *in->git_prepare = (struct pl_git_prepare){copy, pl_may_prepare, in};
    pl_scripts_read_policy(in); /* here: workers ask it */
}

int pl_engine_open_stages(struct install *in, struct pb_err *err)
{
    if (in->stages) return 0;
    if (pl_engine_open_loop(in, err) != 0) return -1;
    allow_preparation(in);
    in->store = pl_store_open(in->set->store_dir, err);
    if (!in->store) return -1;
    warn_about_device(in);
    in->stages = pl_stages_new(&(struct pl_stages_options){
        .loop = in->loop,
        .pool = in->pool,
        .store = in->store,
        .root_dirfd = in->root_dirfd,
        .offline = in->set->offline,
        .workers = in->workers,
        .trace = in->trace,
        .git_prepare = in->git_prepare,
        .authorization = authorization,
        .answer = pl_reify_answer,
        .user = in,
    });
    return 0;
}

/* What is queued for the metadata cache is not lost by a quick end. */
void pl_engine_drain(struct install *in)
{
    if (in->pool) pl_pool_drain(in->pool);
}

/* Workers first: their jobs use the rest. */
void pl_engine_close(struct install *in)
{
    pl_pool_free(in->pool);
    in->pool = NULL;
    if (in->loop && pl_loop_http_if_started(in->loop))
        in->result->http = pl_http_counts(pl_loop_http_if_started(in->loop));
    if (in->stages) in->result->counts = pl_sched_counts(pl_stages_sched(in->stages));
    if (in->loop) pl_loop_stop_http(in->loop);
    pl_metadata_free(in->metadata);
    in->metadata = NULL;
    pl_direct_free(in->direct);
    in->direct = NULL;
    pl_stages_free(in->stages);
    in->stages = NULL;
    pl_loop_free(in->loop);
    in->loop = NULL;
    pl_store_close(in->store);
    in->store = NULL;
}
