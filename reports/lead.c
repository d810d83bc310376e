/* SPDX-License-Identifier: MIT */
#include "reports/lead.h"

#include "reports/values.h"

enum pb_lead pb_lead_of(const struct pb_report_phase *phase)
{
    const struct pb_comparison *c = &phase->lead;
    if (!c->has || !c->paired.has_interval) return PB_LEAD_UNKNOWN;
    return c->paired.low > 0 ? PB_LEAD_CLEAR : PB_LEAD_UNCLEAR;
}

void pb_lead_difference(struct pb_buf *out, const struct pb_report_phase *phase)
{
    char change[32], low[32], high[32];
    const struct pb_comparison *c = &phase->lead;
    if (!c->has) {
        pb_buf_add_cstr(out, c->reason ? c->reason : "no reason is known");
        return;
    }
    pb_show_change(c->paired.estimate, change);
    pb_buf_printf(out, "%s %s", phase->runner_up->arm, change);
    if (!c->paired.has_interval) return;
    pb_show_change(c->paired.low, low);
    pb_show_change(c->paired.high, high);
    pb_buf_printf(out, " (%s … %s)", low, high);
}

void pb_lead_words(struct pb_buf *out, const struct pb_report_phase *phase)
{
    static const char *const words[] = {[PB_LEAD_CLEAR] = "clearly ahead: ",
                                        [PB_LEAD_UNCLEAR] = "not clearly ahead: ",
                                        [PB_LEAD_UNKNOWN] = "too few rounds to be sure: "};
    pb_buf_add_cstr(out, phase->lead.has ? words[pb_lead_of(phase)] : "not compared: ");
    pb_lead_difference(out, phase);
}

size_t pb_cell_disturbed(const struct pb_cell *cell)
{
    size_t disturbed = 0;
    for (size_t i = 0; i < cell->sample_count; i++)
        disturbed += cell->samples[i]->outcome == PB_OUTCOME_CONTAMINATED;
    return disturbed;
}

size_t pb_phase_disturbed(const struct pb_report_phase *phase, size_t *samples)
{
    size_t disturbed = 0;
    *samples = 0;
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_cell *cell = phase->cells[i];
        if (!pb_cell_has_figures(cell)) continue;
        *samples += cell->sample_count;
        disturbed += pb_cell_disturbed(cell);
    }
    return disturbed;
}
