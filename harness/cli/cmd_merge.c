/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"
#include "harness/cli/results.h"

#include "harness/shard/merge.h"

#include <stddef.h>

enum { SHARDS_MAX = 128 };

struct options {
    const char *out;
};

static const struct pb_opt opts[] = {
    {"out", 'o', PB_OPT_STRING, offsetof(struct options, out), "DIR", NULL, "result folder to make",
     NULL, 0, 0},
    {0},
};

static int run(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct options *o = options;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_journal_data *journals = PB_ARENA_ARRAY(&arena, struct pb_journal_data, args->n);
    struct pb_shard_source *sources = PB_ARENA_ARRAY(&arena, struct pb_shard_source, args->n);
    size_t n = 0;
    int rc = o->out ? 0 : pb_err_set(err, PB_E_USAGE, "merge: into which folder: give --out DIR");
    for (; rc == 0 && n < args->n; n++) {
        rc = pb_journal_read(args->items[n], &journals[n], err);
        sources[n] = (struct pb_shard_source){args->items[n], &journals[n]};
    }
    if (rc == 0) rc = pb_shard_merge(sources, n, o->out, err);
    for (size_t i = 0; i < n; i++)
        pb_journal_data_release(&journals[i]);
    pb_arena_release(&arena);
    return rc == 0 ? pb_results_of_folder(o->out, err) : rc;
}

const struct pb_cmd pb_cmd_merge = {
    .name = "merge",
    .args = "DIR DIR...",
    .summary = "put the result folders of a split run together",
    .details =
        "Refuses, with the reason, what does not belong together: other programs, snapshot,\n"
        "policies, probes, rules or platform, a run that did not finish, and two folders\n"
        "with the same phase of the same registry. Gate, reports and history take the\n"
        "merged folder like any other.\n\n"
        "  phasebench merge -o results shard-1 shard-2\n\n"
        "Exit status: 0 all cells hold, 2 usage, 3 a cell is invalid, 5 refused.\n",
    .opts = opts,
    .opts_size = sizeof(struct options),
    .min_args = 2,
    .max_args = SHARDS_MAX,
    .run = run,
};
