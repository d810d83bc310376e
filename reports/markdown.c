/* SPDX-License-Identifier: MIT */
/* The pull-request comment: title, registries, phases, and the two seed tables of each phase. */
#include "reports/format_table.h"

#include "reports/headline.h"
#include "reports/seed_tables.h"

#include <string.h>

enum { REASON_MAX = 300 };

/* Text from outside inside a Markdown line: no line breaks, table bars, HTML, mentions or code. */
static void add_escaped(struct pb_buf *out, const char *text)
{
    size_t n = 0;
    for (const char *p = text; *p && n < REASON_MAX; p++, n++) {
        unsigned char c = (unsigned char)*p;
        if (c == '<')
            pb_buf_add_cstr(out, "&lt;");
        else if (c == '@')
            pb_buf_add_cstr(out, "@\u200b");
        else if (strchr("|`*_\\[]", c))
            pb_buf_printf(out, "\\%c", c);
        else
            pb_buf_add_char(out, (char)(c < ' ' ? ' ' : *p));
    }
    if (n == REASON_MAX) pb_buf_add_cstr(out, "…");
}

static void add_title(const struct pb_report_model *model, const struct pb_report_options *options,
                      struct pb_buf *out)
{
    const struct pb_journal_run *run = &model->run;
    pb_buf_add_cstr(out, "## 📊 ");
    add_escaped(out, run->title ? run->title : "phasebench");
    if (options->title_commit) pb_buf_printf(out, " · `%.7s`", options->title_commit);
    pb_buf_printf(out, " · %s (`%s`)\n\n", run->platform ? run->platform : "unknown platform",
                  run->host_os ? run->host_os : "unknown");
    if (options->workflow_url) pb_buf_printf(out, "[Workflow run](%s) — ", options->workflow_url);
    add_escaped(out, run->project ? run->project : "unknown project");
    pb_buf_add_cstr(out, "\n\n_PMs:");
    for (size_t i = 0; i < model->journal->arm_count; i++) {
        const struct pb_journal_arm *arm = &model->journal->arms[i];
        pb_buf_printf(out, "%s `%s`", i ? " ·" : "", arm->name);
        if (arm->version) pb_buf_printf(out, " (%s)", arm->version);
    }
    pb_buf_add_cstr(out, "_\n\n");
    if (run->isolation_count == 0) return;
    PB_AUTO_BUF struct pb_buf isolation = PB_BUF_INIT(1 << 16);
    pb_add_isolation(&isolation, run);
    add_escaped(out, isolation.p);
    pb_buf_add_cstr(out, "\n\n");
}

static void add_row(const struct pb_seed_table *table, const struct pb_cell *cell,
                    struct pb_buf *out)
{
    pb_buf_printf(out, "| %s |", cell->arm);
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

/* Why a cell has no figures, or what disturbed it. */
static void add_reasons(const struct pb_report_phase *phase, struct pb_buf *out)
{
    bool any = false;
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_cell *cell = phase->cells[i];
        if (!cell->reason) continue;
        pb_buf_printf(out, "- `%s` %s: ", cell->arm, pb_cell_badge(cell));
        add_escaped(out, cell->reason);
        pb_buf_add_char(out, '\n');
        any = true;
    }
    if (any) pb_buf_add_char(out, '\n');
}

static void add_registry(const struct pb_report_registry *registry, struct pb_buf *out)
{
    if (!registry->has_results) {
        pb_buf_printf(out, "_%s: no output captured._\n\n", registry->label);
        return;
    }
    pb_buf_printf(out, "### %s\n\n", registry->label);
    for (size_t p = 0; p < registry->phase_count; p++) {
        pb_buf_printf(out, "#### %s\n\n", registry->phases[p].key);
        for (size_t t = 0; t < PB_SEED_TABLE_COUNT; t++)
            add_table(&pb_seed_tables[t], &registry->phases[p], out);
        add_reasons(&registry->phases[p], out);
    }
}

static void add_problems(const struct pb_report_model *model, struct pb_buf *out)
{
    const struct pb_journal_data *journal = model->journal;
    for (size_t i = 0; i < journal->problem_count; i++) {
        pb_buf_add_cstr(out, "> ⚠️ ");
        add_escaped(out, journal->problems[i]);
        pb_buf_add_cstr(out, "\n");
    }
    if (journal->problem_count) pb_buf_add_char(out, '\n');
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    (void)err;
    add_title(model, options, out);
    add_problems(model, out);
    for (size_t r = 0; r < model->registry_count; r++)
        add_registry(&model->registries[r], out);
    return 0;
}

const struct pb_report_format pb_report_markdown = {
    .name = "markdown",
    .extension = "md",
    .help = "the tables of a pull-request comment",
    .render = render,
};
