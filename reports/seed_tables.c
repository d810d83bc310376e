/* SPDX-License-Identifier: MIT */
#include "reports/seed_tables.h"

#include "reports/values.h"

#include <stdio.h>

#define COLUMN(header_, metric_, width_, format_)                                                  \
    {                                                                                              \
        .header = (header_), .metric = PB_M_##metric_, .width = (width_), .format = (format_)      \
    }

static const struct pb_seed_column times[] = {
    COLUMN("wall", WALL, 8, pb_format_seconds),
    {.header = "±σ", .metric = PB_M_WALL, .is_sd = true, .width = 7, .format = pb_format_seconds},
    COLUMN("user", USER, 7, pb_format_seconds),
    COLUMN("sys", SYS, 7, pb_format_seconds),
    COLUMN("RSS", RSS_MAX, 6, pb_format_bytes),
    COLUMN("pgMinor", FAULTS_MINOR, 8, pb_format_count),
};
static const struct pb_seed_column resources[] = {
    COLUMN("vCtx", CTX_VOLUNTARY, 8, pb_format_count),
    COLUMN("iCtx", CTX_INVOLUNTARY, 8, pb_format_count),
    COLUMN("netRX", NET_RX, 8, pb_format_bytes),
    COLUMN("netTX", NET_TX, 8, pb_format_bytes),
    COLUMN("cache", CACHE, 8, pb_format_bytes),
    COLUMN("node_mod", NODE_MODULES, 9, pb_format_bytes),
    COLUMN("lock", LOCK, 7, pb_format_bytes),
};

const struct pb_seed_table pb_seed_tables[PB_SEED_TABLE_COUNT] = {
    {times, sizeof times / sizeof *times},
    {resources, sizeof resources / sizeof *resources},
};

void pb_seed_value(const struct pb_seed_column *column, const struct pb_cell *cell, char out[32])
{
    if (!cell->metric[column->metric].has) {
        snprintf(out, 32, "-");
        return;
    }
    column->format(
        column->is_sd ? cell->metric[column->metric].sd : cell->metric[column->metric].mean, out);
}

const char *pb_cell_badge(const struct pb_cell *cell)
{
    switch (cell->outcome) {
    case PB_OUTCOME_SEED_FAILED:
        return "seed failed";
    case PB_OUTCOME_UNSUPPORTED:
        return "cannot";
    case PB_OUTCOME_OK:
    case PB_OUTCOME_FAILED:
    case PB_OUTCOME_INVALID:
    case PB_OUTCOME_CONTAMINATED:
        break;
    }
    return pb_outcome_name(cell->outcome);
}
