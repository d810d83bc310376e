/* SPDX-License-Identifier: MIT */
#include "harness/cli/commands.h"

#include "base/arena.h"
#include "base/datadir.h"
#include "base/mem.h"
#include "harness/plan/manager.h"
#include "harness/plan/phase.h"
#include "harness/probes/groups.h"
#include "harness/validity/check.h"
#include "harness/validity/run_check.h"
#include "reports/format.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What there is to choose from, straight from the tables and data files. */

static int list_phases(struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_phase *phases;
    size_t n;
    int rc = pb_phases_load(&arena, NULL, pb_check_exists, &phases, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        printf("%-18s %s%s\n", phases[i].key, phases[i].title,
               phases[i].is_default ? "" : " (only when named)");
    pb_arena_release(&arena);
    return rc;
}

static int list_managers(struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_manager *managers;
    size_t n;
    int rc = pb_managers_load(&arena, NULL, &managers, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        printf("%-8s %s%s%s\n", managers[i].name,
               managers[i].fetch_package ? "fetch: " : "built here",
               managers[i].fetch_package ? managers[i].fetch_package : "",
               managers[i].fetch_package ? pb_arena_printf(&arena, "@%s", managers[i].fetch_version)
                                         : "");
    pb_arena_release(&arena);
    return rc;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int list_fixtures(struct pb_err *err)
{
    PB_AUTO_FREE char *dir = pb_datadir("fixtures/projects", err);
    struct dirent **entries;
    if (!dir) return -1;
    int n = scandir(dir, &entries, is_visible, alphasort);
    if (n < 0) return pb_err_set(err, PB_E_SYSTEM, "list %s: cannot be read", dir);
    for (int i = 0; i < n; i++) {
        printf("%s\n", entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return 0;
}

/* What a machine lacks follows each lost group, so that a reader sees what to do. */
static int list_probes(struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    const struct pb_probe_group *groups;
    (void)err;
    size_t n = pb_probe_groups(&arena, &groups);
    for (size_t i = 0; i < n; i++) {
        const struct pb_probe_group *g = &groups[i];
        printf("%-12s %-8s %-5s %s\n", g->name, pb_group_level_name(g->level),
               g->available ? "here" : "lost", g->gives);
        if (!g->available) printf("%-27s %s: %s\n", "", g->cause, g->cure);
    }
    pb_arena_release(&arena);
    return 0;
}

static int list_metrics(struct pb_err *err)
{
    static const char *const units[] = {
        [PB_UNIT_NS] = "ns", [PB_UNIT_BYTES] = "bytes", [PB_UNIT_COUNT] = "count"};
    (void)err;
    for (size_t i = 0; i < PB_METRIC_COUNT; i++)
        printf("%-22s %-6s %s\n", pb_metric_table[i].name, units[pb_metric_table[i].unit],
               pb_metric_table[i].help);
    return 0;
}

static void print_check(const char *name, const char *help, const char *lesson)
{
    printf("%-22s %s\n%-22s would have caught: %s\n", name, help, "", lesson);
}

static int list_checks(struct pb_err *err)
{
    (void)err;
    puts("of each sample:");
    for (size_t i = 0; i < pb_check_count; i++)
        print_check(pb_check_table[i].name, pb_check_table[i].help, pb_check_table[i].lesson);
    puts("of a whole run, when it is reported:");
    for (size_t i = 0; i < pb_run_check_count; i++)
        print_check(pb_run_check_table[i].name, pb_run_check_table[i].help,
                    pb_run_check_table[i].lesson);
    return 0;
}

static int list_formats(struct pb_err *err)
{
    int width = 0;
    (void)err;
    for (size_t i = 0; pb_report_formats[i]; i++) {
        int n = (int)strlen(pb_report_formats[i]->name);
        width = n > width ? n : width;
    }
    for (size_t i = 0; pb_report_formats[i]; i++)
        printf("%-*s %s\n", width, pb_report_formats[i]->name, pb_report_formats[i]->help);
    return 0;
}

static const struct {
    const char *what;
    int (*list)(struct pb_err *err);
} lists[] = {{"phases", list_phases},  {"managers", list_managers}, {"fixtures", list_fixtures},
             {"probes", list_probes},  {"metrics", list_metrics},   {"checks", list_checks},
             {"formats", list_formats}};

static int run(const void *options, const struct pb_args *args, struct pb_err *err)
{
    (void)options;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        if (strcmp(lists[i].what, args->items[0]) == 0) return lists[i].list(err);
    return pb_err_set(err, PB_E_USAGE,
                      "list %s: there is no such list: phases, managers, fixtures, "
                      "probes, metrics, checks or formats",
                      args->items[0]);
}

static const struct pb_opt opts[] = {{0}};

const struct pb_cmd pb_cmd_list = {
    .name = "list",
    .args = "phases|managers|fixtures|probes|metrics|checks|formats",
    .summary = "show what there is to choose from",
    .opts = opts,
    .min_args = 1,
    .max_args = 1,
    .run = run,
};
