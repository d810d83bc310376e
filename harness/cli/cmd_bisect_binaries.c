/* SPDX-License-Identifier: MIT */
#include "harness/cli/bisect_options.h"
#include "harness/cli/commands.h"
#include "harness/cli/exit_status.h"

#include "base/term.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct pb_opt binary_opts[] = {
    PB_BISECT_ROW("out", 'o', STRING, out, "DIR", "phasebench-bisect", "folder for measurements"),
    PB_BISECT_MEASURING,
    {0},
};

/* Names of programs within the folder: "003-plumb". */
static int begin_binaries(struct pb_arena *arena, const struct pb_bisect_options *o,
                          const struct pb_args *args, const char **names, struct pb_bisect *b,
                          struct pb_err *err)
{
    if (args->n < 2)
        return pb_err_set(err, PB_E_USAGE, "bisect binaries: name two programs at least");
    if (pb_bisect_begin(arena, o, o->out ? o->out : "phasebench-bisect", b, err) != 0) return -1;
    for (size_t i = 0; i < args->n; i++) {
        const char *slash = strrchr(args->items[i], '/');
        names[i] = pb_arena_printf(arena, "%03zu-%s", i, slash ? slash + 1 : args->items[i]);
        if (pb_bisect_keep_program(arena, b, names[i], args->items[i], err) != 0) return -1;
    }
    b->good = names[0];
    b->bad = names[args->n - 1];
    return pb_bisect_save(b, err);
}

static int is_program(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* A resumed search has its programs in its folder; their names are in order. */
static size_t kept_names(struct pb_arena *arena, const struct pb_bisect *b, const char **names,
                         size_t max)
{
    struct dirent **entries;
    int n = scandir(pb_arena_printf(arena, "%s/programs", b->dir), &entries, is_program, alphasort);
    size_t count = 0;
    for (int i = 0; i < n; i++) {
        if (count < max) names[count++] = pb_arena_cstr(arena, pb_str(entries[i]->d_name));
        free(entries[i]);
    }
    if (n >= 0) free(entries);
    return count;
}

struct judging {
    struct pb_arena *arena;
    const struct pb_bisect *bisect;
};

static int judge(void *arg, const char *name, enum pb_bisect_answer *answer, struct pb_err *err)
{
    const struct judging *j = arg;
    const char *why;
    if (pb_bisect_judge(j->arena, j->bisect, name, answer, &why, err) != 0) return -1;
    pb_progress_clear();
    pb_info("%s is %s: %s", name, pb_bisect_answer_name(*answer), why);
    return 0;
}

enum { BINARIES_MAX = 999 };

static int run_binaries(const void *options, const struct pb_args *args, struct pb_err *err)
{
    const struct pb_bisect_options *o = options;
    const char *names[BINARIES_MAX];
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_bisect b;
    struct judging j = {&arena, &b};
    size_t n = args->n, first = 0, last = 0;
    int rc = o->resume ? 0 : begin_binaries(&arena, o, args, names, &b, err);
    if (rc == 0) rc = pb_bisect_open(&arena, o->resume ? o->resume : b.dir, &b, err);
    if (rc == 0) n = kept_names(&arena, &b, names, BINARIES_MAX);
    if (rc == 0) rc = pb_bisect_measure_ends(&arena, &b, err);
    if (rc == 0) rc = pb_bisect_search(names, n, judge, &j, &first, &last, err);
    int status = pb_bisect_status(err, rc);
    if (status == 0) {
        bool found = first == last;
        printf("%s%s", found ? "first bad: " : "undecided:", found ? names[last] : "");
        for (size_t i = first; !found && i <= last; i++)
            printf(" %s", names[i]);
        printf("\n");
        status = found ? PB_EXIT_REGRESSION : PB_EXIT_INCONCLUSIVE;
    }
    pb_progress_clear();
    pb_arena_release(&arena);
    return status;
}

const struct pb_cmd pb_cmd_bisect_binaries = {
    .name = "binaries",
    .args = "GOOD ... BAD",
    .summary = "find the first slower one in a row of programs",
    .details = "  phasebench bisect binaries plumb-1.0 plumb-1.1 plumb-1.2 plumb-2.0 --phase "
               "p4\n\n" PB_BISECT_STATUSES,
    .opts = binary_opts,
    .opts_size = sizeof(struct pb_bisect_options),
    .defaults = pb_bisect_defaults,
    .max_args = BINARIES_MAX,
    .run = run_binaries,
};
