/* SPDX-License-Identifier: MIT */
#include "harness/cli/bisect_options.h"

#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "base/term.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/measuring.h"

#include <fcntl.h>

void pb_bisect_defaults(void *out)
{
    *(struct pb_bisect_options *)out = (struct pb_bisect_options){.bad = "HEAD",
                                                                  .repository = ".",
                                                                  .manager = "plumb",
                                                                  .phase = "p1",
                                                                  .metric = "wall_ns",
                                                                  .timeout = "10m",
                                                                  .rounds = 30};
}

const char *pb_bisect_real_path(struct pb_arena *arena, const char *path, struct pb_err *err)
{
    PB_AUTO_FREE char *real = pb_real_path(path, err);
    return real ? pb_arena_cstr(arena, pb_str(real)) : NULL;
}

/* What both kinds of search have in common, into a new folder. */
int pb_bisect_begin(struct pb_arena *arena, const struct pb_bisect_options *o, const char *dir,
                    struct pb_bisect *out, struct pb_err *err)
{
    int metric = pb_metric_by_name(o->metric);
    struct pb_run_options run = {.project = o->project,
                                 .snapshot = o->snapshot,
                                 .cache = o->cache,
                                 .package = o->package,
                                 .rounds = o->rounds,
                                 .linger_ns = PB_NS_PER_S,
                                 .seed = (uint64_t)pb_wallclock_ns(),
                                 .phases = {.items = {o->phase}, .n = 1}};
    if (metric < 0)
        return pb_err_set(err, PB_E_USAGE, "metric %s: see phasebench list metrics", o->metric);
    if (pb_read_duration("timeout", o->timeout, PB_NS_PER_MS, &run.timeout_ns, err) != 0 ||
        pb_run_list_add(arena, &o->phase_dirs, false, &run.phase_dirs, err) != 0 ||
        pb_run_list_add(arena, &o->manager_dirs, false, &run.manager_dirs, err) != 0 ||
        pb_mkdir_p(AT_FDCWD, dir, err) != 0)
        return -1;
    *out = (struct pb_bisect){.dir = pb_bisect_real_path(arena, dir, err),
                              .run = run,
                              .manager = o->manager,
                              .metric = (enum pb_metric)metric};
    if (!out->dir) return -1;
    if (!pb_exists(AT_FDCWD, pb_arena_printf(arena, "%s/bisect.json", out->dir))) return 0;
    return pb_err_set(err, PB_E_USAGE,
                      "bisect: %s holds a search already: go on with --resume, or choose another "
                      "folder with --out",
                      out->dir);
}

int pb_bisect_open(struct pb_arena *arena, const char *dir, struct pb_bisect *out,
                   struct pb_err *err)
{
    const char *real = pb_bisect_real_path(arena, dir, err);
    if (!real || pb_bisect_load(arena, real, out, err) != 0) return -1;
    out->run.cancel = pb_catch_interrupts();
    return 0;
}

int pb_bisect_status(struct pb_err *err, int rc)
{
    if (rc == 0) return 0;
    if (err->code == PB_E_CONFLICT) {
        pb_warn("%s", err->msg);
        pb_err_clear(err);
        return PB_EXIT_INCONCLUSIVE;
    }
    if (err->code != PB_E_CANCELLED) return -1;
    pb_warn("%s", err->msg);
    pb_err_clear(err);
    return PB_EXIT_INTERRUPTED;
}
