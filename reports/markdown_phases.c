/* SPDX-License-Identifier: MIT */
/* The two seed tables of each phase, and why cells have no figures. */
#include "reports/markdown_parts.h"

#include "reports/markdown_text.h"
#include "reports/seed_tables.h"

static void add_row(const struct pb_seed_table *table, const struct pb_cell *cell,
                    struct pb_buf *out)
{
    pb_buf_add_cstr(out, "| ");
    pb_md_text(out, cell->arm);
    pb_buf_add_cstr(out, " |");
    for (size_t c = 0; c < table->column_count; c++) {
        char value[32] = "";
        if (pb_cell_has_figures(cell)) pb_seed_value(&table->columns[c], cell, value);
        if (!pb_cell_has_figures(cell) && c == 0)
            pb_buf_printf(out, " — %s |", pb_cell_badge(cell));
        else
            pb_buf_printf(out, " %s%s|", value, *value ? " " : "");
    }
    pb_buf_add_char(out, '\n');
}

static void add_table(const struct pb_seed_table *table, const struct pb_report_phase *phase,
                      struct pb_buf *out)
{
    pb_buf_add_cstr(out, "| PM | ");
    for (size_t c = 0; c < table->column_count; c++)
        pb_buf_printf(out, "%s | ", table->columns[c].header);
    pb_buf_add_cstr(out, "\n|---|");
    for (size_t c = 0; c < table->column_count; c++)
        pb_buf_add_cstr(out, "---|");
    pb_buf_add_char(out, '\n');
    for (size_t i = 0; i < phase->cell_count; i++)
        add_row(table, phase->cells[i], out);
    pb_buf_add_char(out, '\n');
}

/* Why a cell has no figures, or what disturbed it, and how the arms' work differs. */
static void add_reasons(const struct pb_report_phase *phase, struct pb_buf *out)
{
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_cell *cell = phase->cells[i];
        if (!cell->reason) continue;
        pb_buf_add_cstr(out, "- ");
        pb_md_code(out, cell->arm);
        pb_buf_printf(out, " %s: ", pb_cell_badge(cell));
        pb_md_text(out, cell->reason);
        pb_buf_add_char(out, '\n');
    }
    if (phase->work_remark) {
        pb_buf_add_cstr(out, "- ");
        pb_md_text(out, phase->work_remark);
        pb_buf_add_char(out, '\n');
    }
    if (out->n) pb_buf_add_char(out, '\n');
}

static void add_registry(struct pb_md_parts *parts, const struct pb_report_registry *registry)
{
    struct pb_buf *heading = pb_md_part(parts, PB_MD_ALWAYS);
    pb_buf_add_cstr(heading, registry->has_results ? "### " : "_");
    pb_md_text(heading, registry->label);
    pb_buf_add_cstr(heading, registry->has_results ? "\n\n" : ": no output captured._\n\n");
    for (size_t p = 0; registry->has_results && p < registry->phase_count; p++) {
        const struct pb_report_phase *phase = &registry->phases[p];
        struct pb_buf *times = pb_md_part(parts, PB_MD_TIMES);
        pb_buf_add_cstr(times, "#### ");
        pb_md_text(times, phase->key);
        pb_buf_add_cstr(times, "\n\n");
        add_table(&pb_seed_tables[0], phase, times);
        for (size_t t = 1; t < PB_SEED_TABLE_COUNT; t++)
            add_table(&pb_seed_tables[t], phase, pb_md_part(parts, PB_MD_RESOURCES));
        add_reasons(phase, pb_md_part(parts, PB_MD_REASONS));
    }
}

void pb_md_add_phases(struct pb_md_parts *parts, const struct pb_report_model *model)
{
    for (size_t r = 0; r < model->registry_count; r++)
        add_registry(parts, &model->registries[r]);
}
