/* SPDX-License-Identifier: MIT */
/* The seed tables for a terminal or a log: fixed columns, colour only for what failed. */
#include "reports/text.h"

#include "reports/seed_tables.h"

#include <string.h>

static const char red[] = "\033[31m", yellow[] = "\033[33m", bold[] = "\033[1m", off[] = "\033[0m";

struct text {
    struct pb_buf *out;
    const struct pb_report_options *options;
    int pm_width;
};

static void add_styled(const struct text *t, const char *style, const char *text)
{
    if (t->options->color) pb_buf_add_cstr(t->out, style);
    pb_buf_add_cstr(t->out, text);
    if (t->options->color) pb_buf_add_cstr(t->out, off);
}

/* Columns on a terminal: bytes that do not continue a UTF-8 character. */
static int columns_of(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static void add_right(const struct text *t, const char *value, int width)
{
    pb_buf_printf(t->out, " %*s%s", width - columns_of(value) > 0 ? width - columns_of(value) : 0,
                  "", value);
}

static void add_table(const struct text *t, const struct pb_seed_table *table,
                      const struct pb_report_phase *phase)
{
    pb_buf_printf(t->out, "%-*s", t->pm_width, "PM");
    for (size_t c = 0; c < table->column_count; c++)
        add_right(t, table->columns[c].header, table->columns[c].width);
    pb_buf_add_char(t->out, '\n');
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_cell *cell = phase->cells[i];
        pb_buf_printf(t->out, "%-*s", t->pm_width, cell->arm);
        if (!pb_cell_has_figures(cell)) {
            pb_buf_add_cstr(t->out, "  ");
            add_styled(t, red, pb_cell_badge(cell));
        }
        for (size_t c = 0; pb_cell_has_figures(cell) && c < table->column_count; c++) {
            char value[32];
            pb_seed_value(&table->columns[c], cell, value);
            add_right(t, value, table->columns[c].width);
        }
        pb_buf_add_char(t->out, '\n');
    }
}

static void add_reasons(const struct text *t, const struct pb_report_phase *phase)
{
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_cell *cell = phase->cells[i];
        if (!cell->reason) continue;
        pb_buf_printf(t->out, "%s ", cell->arm);
        add_styled(t, pb_cell_has_figures(cell) ? yellow : red, pb_cell_badge(cell));
        pb_buf_add_cstr(t->out, ": ");
        for (const char *p = cell->reason; *p; p++)
            pb_buf_add_char(t->out, (unsigned char)*p < ' ' ? ' ' : *p);
        pb_buf_add_char(t->out, '\n');
    }
}

static int widest_arm(const struct pb_report_model *model)
{
    size_t width = PB_SEED_PM_WIDTH;
    for (size_t i = 0; i < model->journal->run.arm_count; i++) {
        size_t n = strlen(model->journal->run.arms[i]);
        width = n > width ? n : width;
    }
    return (int)width;
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    (void)err;
    struct text t = {.out = out, .options = options, .pm_width = widest_arm(model)};
    for (size_t i = 0; i < model->journal->problem_count; i++) {
        add_styled(&t, yellow, model->journal->problems[i]);
        pb_buf_add_char(out, '\n');
    }
    for (size_t r = 0; r < model->registry_count; r++) {
        const struct pb_report_registry *registry = &model->registries[r];
        if (!registry->has_results) {
            pb_buf_printf(out, "%s: no output captured.\n", registry->label);
            continue;
        }
        if (model->registry_count > 1) pb_buf_printf(out, "# %s\n", registry->label);
        for (size_t p = 0; p < registry->phase_count; p++) {
            add_styled(&t, bold, "## ");
            add_styled(&t, bold, registry->phases[p].key);
            pb_buf_add_char(out, '\n');
            for (size_t i = 0; i < PB_SEED_TABLE_COUNT; i++)
                add_table(&t, &pb_seed_tables[i], &registry->phases[p]);
            add_reasons(&t, &registry->phases[p]);
            pb_buf_add_char(out, '\n');
        }
    }
    return 0;
}

const struct pb_report_format pb_report_text = {
    .name = "text",
    .extension = "txt",
    .help = "the same tables for a terminal or a log",
    .render = render,
};
