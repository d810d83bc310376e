/* SPDX-License-Identifier: MIT */
#include "installer/cli/commands.h"
#include "installer/cli/project_root.h"
#include "installer/cli/words.h"
#include "installer/query/why.h"

#include <stdint.h>

#define MAX_OUTPUT_BYTES (256u << 20)

struct why_opts {
    const char *prefix;
    bool json, lock_only;
};

#define AT(member) offsetof(struct why_opts, member)
static const struct pb_opt table[] = {
    {"prefix", 'C', PB_OPT_STRING, AT(prefix), "DIR", "the project around the current folder",
     "The project's folder", NULL, 0, 0},
    {"json", 0, PB_OPT_FLAG, AT(json), NULL, NULL, "As JSON, in the shape of npm's explain", NULL,
     0, 0},
    {"package-lock-only", 0, PB_OPT_FLAG, AT(lock_only), NULL, NULL,
     "What the lockfile says, whatever is installed", NULL, 0, 0},
    {0},
};

static int explain(struct pl_loaded *loaded, bool json, const struct pb_args *args,
                   struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(MAX_OUTPUT_BYTES);
    struct pl_strs wanted = pl_cli_operands(&loaded->arena, args);
    if (pl_why(loaded, &wanted, json, &out, err) != 0) return -1;
    fwrite(out.p, 1, out.n, stdout);
    return 0;
}

static int run(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    const struct why_opts *o = opts;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_project_root root;
    struct pl_loaded loaded = {.root_dirfd = -1};
    int rc = pl_project_root_find(&arena, o->prefix, &root, err);
    const struct pl_load_options options = {.dir = root.dir, .lock_only = o->lock_only};
    if (rc == 0) rc = pl_loaded_open(&loaded, &options, err);
    if (rc == 0) rc = explain(&loaded, o->json, args, err);
    pl_loaded_close(&loaded);
    pb_arena_release(&arena);
    return rc;
}

const struct pb_cmd pl_cmd_why = {
    .name = "why",
    .args = "PACKAGE...",
    .summary = "Tell who asks for a package, up to the root",
    .details = "A package is a name, NAME@RANGE, or a place such as node_modules/a.\n\n"
               "  plumb why ms\n"
               "  plumb why node_modules/debug/node_modules/ms --json\n",
    .opts = table,
    .opts_size = sizeof(struct why_opts),
    .min_args = 1,
    .max_args = SIZE_MAX,
    .run = run,
};
