/* SPDX-License-Identifier: MIT */
#include "harness/run/isolation.h"

#include "base/term.h"

#include <string.h>

static void note(struct pb_run_isolation *out, const char *key, const char *state, const char *why)
{
    out->notes[out->note_count++] = (struct pb_isolation_note){key, state, why};
}

static bool is(const char *option, const char *value)
{
    return option && strcmp(option, value) == 0;
}

static int isolate_network(struct pb_arena *arena, const struct pb_run_options *o, bool replays,
                           struct pb_run_isolation *out, struct pb_err *err)
{
    static const char hosts_own[] = "the machine's";
    struct pb_err lost = PB_ERR_INIT;
    if (is(o->netns, "off") || !replays) {
        if (is(o->netns, "on"))
            return pb_err_set(err, PB_E_USAGE,
                              "--netns on: only a replayed registry can be in a private network");
        note(out, "network", hosts_own, replays ? "as asked for" : "no registry is replayed");
        return 0;
    }
    if (pb_netns_make(&out->netns, &lost) == 0) {
        out->has_netns = true;
        note(out, "network", "private", "attempts to reach other hosts are counted");
        return 0;
    }
    if (is(o->netns, "on"))
        return pb_err_set(err, lost.code, "%s, or leave --netns at auto", lost.msg);
    pb_warn("a manager that leaves the registry would not be noticed: %s", lost.msg);
    note(out, "network", hosts_own, pb_arena_cstr(arena, pb_str(lost.msg)));
    return 0;
}

int pb_run_isolation_begin(struct pb_arena *arena, const struct pb_run_options *options,
                           bool replays, struct pb_run_isolation *out, struct pb_err *err)
{
    *out = (struct pb_run_isolation){0};
    return isolate_network(arena, options, replays, out, err);
}

void pb_run_isolation_end(struct pb_run_isolation *isolation)
{
    if (isolation->has_netns) pb_netns_close(&isolation->netns);
    isolation->has_netns = false;
}
