/* SPDX-License-Identifier: MIT */
#ifndef PB_CELL_FIGURES_H
#define PB_CELL_FIGURES_H

#include "reports/model.h"

/* Fills what follows from the samples of a cell alone. `values` has room for twice the samples,
 * `marked` for one each. */
void pb_cell_describe(struct pb_cell *cell, struct pb_arena *arena, double *values, bool *marked);

#endif
