/* SPDX-License-Identifier: MIT */
#include "installer/install/install_internal.h"

#include <inttypes.h>

void pl_result_warn(struct pl_install_result *result, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    pl_strs_add(&result->arena, &result->warnings, pb_arena_vprintf(&result->arena, fmt, ap));
    va_end(ap);
}

void pl_install_result_release(struct pl_install_result *result)
{
    pb_arena_release(&result->arena);
    *result = (struct pl_install_result){0};
}

struct row {
    const char *name;
    uint64_t value;
};

static void print_rows(struct pb_buf *out, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        pb_buf_printf(out, "%s\"%s\": %" PRIu64, i ? ", " : "", rows[i].name, rows[i].value);
}
#define PRINT_ROWS(out, rows) print_rows((out), (rows), sizeof(rows) / sizeof *(rows))

static void print_counts(const struct pl_install_counts *c, struct pb_buf *out)
{
    const struct row rows[] = {
        {"downloaded", c->downloaded},
        {"reused", c->reused},
        {"cloned", c->cloned},
        {"linked", c->linked},
        {"copied", c->copied},
        {"deduplicated", c->deduplicated},
        {"failed", c->failed},
        {"prefetched", c->prefetched},
        {"peak_download", c->peak_download},
        {"peak_extract", c->peak_extract},
        {"peak_clone", c->peak_clone},
        {"peak_blocked", c->peak_blocked},
        {"peak_bytes_in_flight", c->peak_bytes_in_flight},
    };
    PRINT_ROWS(out, rows);
}

static void print_network(const struct pl_install_result *r, struct pb_buf *out)
{
    const struct row rows[] = {
        {"requests", r->http.requests},
        {"retries", r->http.retries},
        {"connections", r->http.connections},
        {"received_bytes", r->http.received_bytes},
        {"metadata_fetched", r->metadata_fetched},
        {"metadata_cached", r->metadata_cached},
    };
    PRINT_ROWS(out, rows);
}

void pl_install_print_stats(const struct pl_install_result *r, struct pb_buf *out)
{
    const struct row tree[] = {
        {"packages", r->packages},
        {"added", r->added},
        {"changed", r->changed},
        {"removed", r->removed},
        {"skipped_optional", r->skipped_optional},
        {"scripts_run", r->scripts_run},
    };
    const struct row times[] = {
        {"resolve_ns", (uint64_t)r->resolve_ns},
        {"place_ns", (uint64_t)r->place_ns},
        {"link_ns", (uint64_t)r->link_ns},
        {"total_ns", (uint64_t)r->total_ns},
    };
    pb_buf_printf(out,
                  "{\"up_to_date\": %s, \"by_stamp\": %s, \"resolved\": %s, \"lock_written\": %s, ",
                  r->up_to_date ? "true" : "false", r->by_stamp ? "true" : "false",
                  r->resolved ? "true" : "false", r->lock_written ? "true" : "false");
    PRINT_ROWS(out, tree);
    pb_buf_add_cstr(out, ", \"counts\": {");
    print_counts(&r->counts, out);
    pb_buf_add_cstr(out, "}, \"network\": {");
    print_network(r, out);
    pb_buf_add_cstr(out, "}, \"times\": {");
    PRINT_ROWS(out, times);
    pb_buf_add_cstr(out, "}}");
}
