/* SPDX-License-Identifier: MIT */
#include "installer/cli/commands.h"
#include "installer/cli/project_root.h"
#include "installer/cli/words.h"
#include "installer/query/list.h"

#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#define MAX_OUTPUT_BYTES (256u << 20)

struct ls_opts {
    const char *prefix;
    bool all, json, parseable, is_long, link, lock_only;
    enum pb_switch unicode;
    long depth;
    struct pb_opt_list omit, workspace;
};

#define AT(member) offsetof(struct ls_opts, member)
static const char *const kinds[] = {"dev", "optional", "peer", NULL};

static const struct pb_opt table[] = {
    {"prefix", 'C', PB_OPT_STRING, AT(prefix), "DIR", "the project around the current folder",
     "The project's folder", NULL, 0, 0},
    {"all", 'a', PB_OPT_FLAG, AT(all), NULL, NULL, "The whole tree, not the direct ones alone",
     NULL, 0, 0},
    {"depth", 0, PB_OPT_LONG, AT(depth), "N", "0, with --all or names: no limit",
     "How far to go down", NULL, 0, 100000},
    {"json", 0, PB_OPT_FLAG, AT(json), NULL, NULL, "As JSON, in npm's shape", NULL, 0, 0},
    {"parseable", 'p', PB_OPT_FLAG, AT(parseable), NULL, NULL, "One path a line", NULL, 0, 0},
    {"long", 'l', PB_OPT_FLAG, AT(is_long), NULL, NULL, "With --parseable: names and faults too",
     NULL, 0, 0},
    {"link", 0, PB_OPT_FLAG, AT(link), NULL, NULL, "Only what is linked", NULL, 0, 0},
    {"omit", 0, PB_OPT_LIST, AT(omit), "KIND", NULL,
     "Leave out direct dependencies of a kind: dev, optional or peer (repeatable)", kinds, 0, 0},
    {"package-lock-only", 0, PB_OPT_FLAG, AT(lock_only), NULL, NULL,
     "What the lockfile says, whatever is installed", NULL, 0, 0},
    {"unicode", 0, PB_OPT_SWITCH, AT(unicode), NULL, "by the locale", "Draw with lines", NULL, 0,
     0},
    {"workspace", 'w', PB_OPT_LIST, AT(workspace), "NAME", NULL, "Only this member (repeatable)",
     NULL, 0, 0},
    {0},
};

static void set_defaults(void *opts)
{
    *(struct ls_opts *)opts = (struct ls_opts){.depth = -1};
}

static bool is_utf8_locale(void)
{
    const char *names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (!value || !*value) continue;
        return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

static int set_omit(const struct ls_opts *o, struct pl_list_options *out, struct pb_err *err)
{
    for (size_t i = 0; i < o->omit.n; i++) {
        const char *kind = o->omit.items[i];
        if (strcmp(kind, "dev") == 0)
            out->omit_dev = true;
        else if (strcmp(kind, "optional") == 0)
            out->omit_optional = true;
        else if (strcmp(kind, "peer") == 0)
            out->omit_peer = true;
        else
            return pb_err_set(err, PB_E_USAGE,
                              "omit: unknown kind '%s': give dev, optional or peer", kind);
    }
    return 0;
}

static void print(const struct pl_list *list, const struct ls_opts *o)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(MAX_OUTPUT_BYTES);
    bool unicode = o->unicode == PB_SWITCH_UNSET ? is_utf8_locale() : o->unicode == PB_SWITCH_ON;
    if (o->json)
        pl_list_print_json(list, &out);
    else if (o->parseable)
        pl_list_print_paths(list, o->is_long, &out);
    else
        pl_list_print_tree(list, unicode, &out);
    fwrite(out.p, 1, out.n, stdout);
}

static int report(const struct pl_list *list, const struct pb_args *args, struct pb_err *err)
{
    const struct pb_str *error = pl_list_first_error(list);
    if (error)
        return pb_err_set(err, PB_E_CONFLICT, "list packages: " PB_FMT "%s: run `plumb install`",
                          PB_ARG(*error), list->problems.n > 1 ? " (and more)" : "");
    if (args->n == 0 || list->has_matches) return 0;
    return pb_err_set(err, PB_E_NOT_FOUND, "list packages: %s: not installed", args->items[0]);
}

static int list_packages(struct pl_loaded *loaded, const struct ls_opts *o,
                         const struct pl_project_root *root, const struct pb_args *args,
                         struct pb_err *err)
{
    struct pl_strs filters = pl_cli_words(&loaded->arena, o->workspace.items, o->workspace.n);
    struct pl_strs member = {NULL, 0};
    if (root->member && filters.n == 0) member = pl_cli_words(&loaded->arena, &root->member, 1);
    struct pl_list_options options = {
        .depth = o->depth >= 0           ? (unsigned)o->depth
                 : o->all || args->n > 0 ? PL_DEPTH_ALL
                                         : 0,
        .only = pl_cli_operands(&loaded->arena, args),
        .links_only = o->link,
    };
    if (set_omit(o, &options, err) != 0) return -1;
    if (pl_loaded_choose(loaded, member.n ? &member : &filters, &options.workspaces, err) != 0)
        return -1;
    struct pl_list list;
    pl_list_make(loaded, &options, &list);
    print(&list, o);
    return report(&list, args, err);
}

static int run(const void *opts, const struct pb_args *args, struct pb_err *err)
{
    const struct ls_opts *o = opts;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pl_project_root root;
    struct pl_loaded loaded = {.root_dirfd = -1};
    int rc = pl_project_root_find(&arena, o->prefix, &root, err);
    const struct pl_load_options options = {.dir = root.dir, .lock_only = o->lock_only};
    if (rc == 0) rc = pl_loaded_open(&loaded, &options, err);
    if (rc == 0) rc = list_packages(&loaded, o, &root, args, err);
    pl_loaded_close(&loaded);
    pb_arena_release(&arena);
    return rc;
}

const struct pb_cmd pl_cmd_ls = {
    .name = "ls",
    .args = "[PACKAGE...]",
    .summary = "List what is installed",
    .details =
        "With names (or NAME@RANGE) only these and what leads to them. Missing and unfitting "
        "packages are\n"
        "an error, after the list. Without a match the exit status is 1.\n\n"
        "  plumb ls --all\n"
        "  plumb ls react --json\n",
    .opts = table,
    .opts_size = sizeof(struct ls_opts),
    .defaults = set_defaults,
    .max_args = SIZE_MAX,
    .run = run,
};
