/* SPDX-License-Identifier: MIT */
#include "installer/cli/report.h"

#include "base/clock.h"
#include "base/term.h"

#include <inttypes.h>
#include <stdio.h>

#define MAX_STATS_BYTES 65536
#define MAX_LIST_BYTES 2048

void pl_cli_report_warnings(const struct pl_install_result *result)
{
    for (size_t i = 0; i < result->warnings.n; i++)
        pb_warn(PB_FMT, PB_ARG(result->warnings.items[i]));
}

static void report_scripts(const struct pl_install_result *r)
{
    if (r->with_scripts.n == 0) return;
    PB_AUTO_BUF struct pb_buf list = PB_BUF_INIT(MAX_LIST_BYTES);
    for (size_t i = 0; i < r->with_scripts.n; i++)
        pb_buf_printf(&list, "%s" PB_FMT, i ? ", " : "", PB_ARG(r->with_scripts.items[i]));
    pb_info("%zu package%s with install scripts, which were not run: " PB_FMT
            "%s: see `plumb approve-scripts --pending`",
            r->with_scripts.n, r->with_scripts.n == 1 ? "" : "s", PB_ARG(pb_buf_str(&list)),
            pb_buf_ok(&list) ? "" : " ...");
}

static void format_duration(int64_t ns, char out[32])
{
    if (ns < PB_NS_PER_S)
        snprintf(out, 32, "%lldms", (long long)(ns / PB_NS_PER_MS));
    else
        snprintf(out, 32, "%.1fs", (double)ns / (double)PB_NS_PER_S);
}

static void print_part(const char *verb, uint64_t n, bool *is_first)
{
    if (n == 0) return;
    printf("%s%s %" PRIu64 " package%s", *is_first ? "" : ", ", verb, n, n == 1 ? "" : "s");
    *is_first = false;
}

void pl_cli_print_summary(const struct pl_install_settings *settings,
                          const struct pl_install_result *r)
{
    char took[32];
    format_duration(r->total_ns, took);
    if (settings->action == PL_ACTION_RESOLVE) {
        printf("%s in %s\n", r->lock_written ? "lockfile written" : "lockfile is up to date", took);
        return;
    }
    report_scripts(r);
    bool is_first = true;
    print_part("added", r->added, &is_first);
    print_part("changed", r->changed, &is_first);
    print_part("removed", r->removed, &is_first);
    printf("%s in %s\n", is_first ? "up to date" : "", took);
}

void pl_cli_print_stats(const struct pl_install_result *result)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(MAX_STATS_BYTES);
    pl_install_print_stats(result, &text);
    puts(text.p);
}
