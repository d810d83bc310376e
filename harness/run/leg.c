/* SPDX-License-Identifier: MIT */
#include "harness/run/leg.h"

#include "base/datadir.h"
#include "base/mem.h"
#include "fixtures/registry/serve_client.h"
#include "harness/run/npm_registry.h"

#include <string.h>

static int reset_account(void *arg, struct pb_err *err)
{
    return pb_serve_client_reset(arg, err);
}

static int read_account(void *arg, struct pb_registry_stats *out, struct pb_err *err)
{
    return pb_serve_client_stats(arg, out, err);
}

int pb_leg_make(struct pb_arena *arena, const char *text, struct pb_leg *out, struct pb_err *err)
{
    static const char not_ours[] = "this registry is not ours: it counts nothing for us";
    *out = (struct pb_leg){.label = text, .account.missing = not_ours, .outside_fd = -1};
    if (strcmp(text, "replay") == 0) {
        out->replayed = true;
        return 0;
    }
    if (strcmp(text, "live") == 0) {
        out->url = pb_npm_registry(arena, err);
        return out->url ? 0 : -1;
    }
    const char *equals = strchr(text, '='), *colon = strchr(text, ':');
    if (equals && (!colon || equals < colon)) {
        out->label = pb_arena_cstr(arena, pb_strn(text, (size_t)(equals - text)));
        text = equals + 1;
    }
    out->url = pb_registry_url(arena, pb_str(text));
    if (out->url && *out->label) return 0;
    return pb_err_set(err, PB_E_USAGE,
                      "registry %s: neither \"replay\", \"live\", a URL nor LABEL=URL", text);
}

int pb_leg_start(struct pb_arena *arena, struct pb_leg *leg, const char *snapshot_dir,
                 const struct pb_leg_place *place, struct pb_err *err)
{
    if (!leg->replayed) return 0;
    PB_AUTO_FREE char *dir = pb_exe_dir(err);
    if (!dir) return -1;
    leg->namespaces = place->commands;
    leg->outside_fd = place->outside_fd;
    struct pb_serve_spec spec = {.exe = pb_arena_printf(arena, "%s/phasebench", dir),
                                 .snapshot_dir = snapshot_dir,
                                 .host = place->host,
                                 .link = place->link,
                                 .server = place->server_program,
                                 .namespaces = place->server};
    leg->server = pb_serve_client_start(&spec, err);
    if (!leg->server) return pb_err_wrap(err, "start the registry");
    leg->url = pb_arena_cstr(arena, pb_str(pb_serve_client_url(leg->server)));
    leg->account = (struct pb_registry_account){reset_account, read_account, leg->server, NULL};
    return 0;
}

void pb_leg_stop(struct pb_leg *leg)
{
    pb_serve_client_stop(leg->server);
    leg->server = NULL;
}
