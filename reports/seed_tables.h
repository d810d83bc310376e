/* SPDX-License-Identifier: MIT */
#ifndef PB_SEED_TABLES_H
#define PB_SEED_TABLES_H

#include "reports/format.h"

/*
 * The two tables of a pull-request comment, column by column. Header texts, units, rounding and
 * order are a contract with the readers of earlier comments: do not change them.
 *   | PM | wall | ±σ | user | sys | RSS | pgMinor |
 *   | PM | vCtx | iCtx | netRX | netTX | cache | node_mod | lock |
 */
struct pb_seed_column {
    const char *header;
    enum pb_metric metric;
    bool is_sd; /* the standard deviation instead of the mean */
    int width;  /* of the plain-text table, right-aligned */
    void (*format)(double value, char out[32]);
};
struct pb_seed_table {
    const struct pb_seed_column *columns;
    size_t column_count;
};
enum { PB_SEED_TABLE_COUNT = 2, PB_SEED_PM_WIDTH = 6 };
extern const struct pb_seed_table pb_seed_tables[PB_SEED_TABLE_COUNT];

/* Only for a cell that has figures; the others show what pb_cell_badge() says. */
void pb_seed_value(const struct pb_seed_column *column, const struct pb_cell *cell, char out[32]);
/* "failed", "invalid", "seed failed", ... */
const char *pb_cell_badge(const struct pb_cell *cell);

#endif
