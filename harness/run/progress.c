/* SPDX-License-Identifier: MIT */
#include "harness/run/progress.h"

#include "base/clock.h"

#include <string.h>

void pb_progress_put_place(struct pb_buf *out, const struct pb_progress_place *place, bool narrow)
{
    size_t phase = narrow ? strcspn(place->phase, "_") : strlen(place->phase);
    if (!narrow) pb_buf_printf(out, "%s ", place->registry);
    pb_buf_printf(out, "%.*s ", (int)phase, place->phase);
    if (place->confirming) pb_buf_add_cstr(out, "confirming ");
    if (place->round)
        pb_buf_printf(out, "%s%d/%d ", narrow ? "" : "round ", place->round, place->last);
    else
        pb_buf_add_cstr(out, "warm-up ");
    pb_buf_add_cstr(out, place->arm);
}

int64_t pb_progress_left_ns(const struct pb_cell_progress *cells, size_t n)
{
    double known_ns = 0, pace_sum_ns = 0;
    unsigned unknown = 0, paces = 0;
    for (size_t i = 0; i < n; i++) {
        if (!cells[i].taken) {
            unknown += cells[i].left;
            continue;
        }
        double pace_ns = (double)cells[i].spent_ns / cells[i].taken;
        known_ns += pace_ns * cells[i].left;
        pace_sum_ns += pace_ns;
        paces++;
    }
    if (!paces) return -1;
    return (int64_t)(known_ns + unknown * pace_sum_ns / paces);
}

void pb_progress_put_left(struct pb_buf *out, int64_t left_ns)
{
    if (left_ns < 0) return;
    int64_t seconds = (left_ns + PB_NS_PER_S / 2) / PB_NS_PER_S;
    if (seconds >= 60)
        pb_buf_printf(out, " \u00b7 %lldm%02llds left", (long long)(seconds / 60),
                      (long long)(seconds % 60));
    else
        pb_buf_printf(out, " \u00b7 %llds left", (long long)seconds);
}

void pb_progress_put_means(struct pb_buf *out, const char *lead,
                           const struct pb_cell_progress *cells, size_t n)
{
    const char *separator = lead;
    for (size_t i = 0; i < n; i++) {
        if (!cells[i].counted) continue;
        double mean_ns = cells[i].wall_ns_sum / cells[i].counted;
        pb_buf_printf(out, "%s%s ", separator, cells[i].arm);
        if (mean_ns < 995e6)
            pb_buf_printf(out, "%.*fms", mean_ns < 9.95e6 ? 1 : 0, mean_ns / PB_NS_PER_MS);
        else
            pb_buf_printf(out, "%.2fs", mean_ns / PB_NS_PER_S);
        separator = ", ";
    }
}
