/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"
#include "harness/cli/plan_options.h"

#include "base/fs.h"
#include "harness/shard/split.h"

#include <stddef.h>
#include <unistd.h>

struct options {
    struct pb_opt_list phases, registries;
    bool json;
};

static const struct pb_opt opts[] = {
    {"phases", 'p', PB_OPT_LIST, offsetof(struct options, phases), "LIST", "p0,p1,p3,p4",
     "phases of the run, separated by commas", NULL, 0, 0},
    {"registry", 'r', PB_OPT_LIST, offsetof(struct options, registries), "R", "replay",
     "registry of the run; repeatable", NULL, 0, 0},
    {"json", 0, PB_OPT_FLAG, offsetof(struct options, json), NULL, "no",
     "a JSON array, for a CI server's matrix of jobs", NULL, 0, 0},
    {0},
};

static int read_names(struct pb_arena *arena, const struct pb_opt_list *given, bool split,
                      const char *usual, struct pb_run_list *out, struct pb_err *err)
{
    const struct pb_opt_list fallback = {.items = {usual}, .n = 1};
    if (pb_run_list_add(arena, given->n ? given : &fallback, split, out, err) != 0) return -1;
    if (out->n >= 1 && out->n <= PB_SHARD_ITEMS_MAX) return 0;
    return pb_err_set(err, PB_E_USAGE, "shard: 1 to %d phases and registries", PB_SHARD_ITEMS_MAX);
}

static void add_line(struct pb_buf *out, const struct pb_shard *shard,
                     const struct pb_run_list *phases, const struct pb_run_list *registries)
{
    pb_buf_add_cstr(out, "--phases ");
    for (size_t i = 0; i < shard->phase_count; i++)
        pb_buf_printf(out, "%s%s", i ? "," : "", phases->items[shard->phases[i]]);
    for (size_t i = 0; i < shard->registry_count; i++)
        pb_buf_printf(out, " --registry %s", registries->items[shard->registries[i]]);
}

static void add_shards(struct pb_buf *out, const struct pb_shard *shards, size_t n,
                       const struct pb_run_list *phases, const struct pb_run_list *registries,
                       bool json)
{
    if (json) pb_buf_add_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        PB_AUTO_BUF struct pb_buf line = PB_BUF_INIT(1 << 16);
        add_line(&line, &shards[i], phases, registries);
        if (json) {
            pb_buf_printf(out, "%s{\"shard\":%zu,\"options\":", i ? "," : "", i + 1);
            pb_buf_add_json(out, pb_buf_str(&line));
            pb_buf_add_char(out, '}');
        } else {
            pb_buf_add_str(out, pb_buf_str(&line));
            pb_buf_add_char(out, '\n');
        }
    }
    if (json) pb_buf_add_cstr(out, "]\n");
}

static int run(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct options *o = options;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_run_list phases = {0}, registries = {0};
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(16 << 20);
    struct pb_shard shards[PB_SHARDS_MAX];
    uint64_t wanted = 0;
    int rc = 0;
    if (!pb_str_u64(pb_str(args->items[0]), &wanted) || wanted < 1 || wanted > PB_SHARDS_MAX)
        rc = pb_err_set(err, PB_E_USAGE, "shard %s: how many: 1 to %d", args->items[0],
                        PB_SHARDS_MAX);
    if (rc == 0) rc = read_names(&arena, &o->phases, true, "p0,p1,p3,p4", &phases, err);
    if (rc == 0) rc = read_names(&arena, &o->registries, false, "replay", &registries, err);
    if (rc == 0) {
        size_t n = pb_shard_split(registries.n, phases.n, (size_t)wanted, shards);
        add_shards(&out, shards, n, &phases, &registries, o->json);
        rc = pb_write_all(STDOUT_FILENO, out.p, out.n, err);
    }
    pb_arena_release(&arena);
    return rc;
}

const struct pb_cmd pb_cmd_shard = {
    .name = "shard",
    .args = "N",
    .summary = "split a run over N jobs",
    .details = "Prints the options of each job's `phasebench run`, one job a line; the result\n"
               "folders are put together by `phasebench merge`. All arms stay in every job, since\n"
               "they are compared by rounds of one machine; phases and registries are dealt out.\n"
               "Fewer lines than N: there are not more parts.\n\n"
               "  phasebench shard 2 --phases p0,p1,p3,p4\n"
               "  phasebench shard 4 --registry replay --registry live --json\n",
    .opts = opts,
    .opts_size = sizeof(struct options),
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
