/* SPDX-License-Identifier: MIT */
/* Tables for a terminal or a log. Colour only for verdicts, doubts and failures. */
#include "reports/escape.h"
#include "reports/format_table.h"
#include "reports/headline.h"
#include "reports/lead.h"
#include "reports/seed_tables.h"
#include "reports/text_figures.h"
#include "reports/text_wrap.h"

static void add_lead(const struct pb_text *t, const struct pb_report_phase *phase)
{
    PB_AUTO_BUF struct pb_buf words = PB_BUF_INIT(4096);
    if (!phase->runner_up) return;
    pb_buf_printf(&words, "fastest: %s, ", phase->fastest->arm);
    pb_lead_words(&words, phase);
    pb_text_prose(t, pb_lead_of(phase) == PB_LEAD_CLEAR ? NULL : pb_text_yellow, words.p);
}

static void add_reasons(const struct pb_text *t, const struct pb_report_phase *phase)
{
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_cell *cell = phase->cells[i];
        if (!cell->reason) continue;
        pb_add_line(t->out, cell->arm);
        pb_buf_add_char(t->out, ' ');
        pb_text_styled(t, pb_text_badge_style(cell), pb_cell_badge(cell));
        pb_buf_add_cstr(t->out, ": ");
        pb_add_wrapped(t->out, cell->reason, t->options->width,
                       pb_text_width(cell->arm) + 1 + pb_text_width(pb_cell_badge(cell)) + 2);
        pb_buf_add_char(t->out, '\n');
    }
}

static void add_phase(const struct pb_text *t, const struct pb_report_phase *phase)
{
    pb_text_styled(t, pb_text_bold, "## ");
    pb_text_styled(t, pb_text_bold, phase->key);
    pb_buf_add_char(t->out, '\n');
    pb_text_figures(t, phase);
    add_lead(t, phase);
    add_reasons(t, phase);
    if (phase->work_remark) pb_text_prose(t, pb_text_yellow, phase->work_remark);
    pb_buf_add_char(t->out, '\n');
}

static int widest_arm(const struct pb_report_model *model)
{
    int width = PB_SEED_PM_WIDTH;
    for (size_t i = 0; i < model->run.arm_count; i++) {
        int n = pb_text_width(model->run.arms[i]);
        width = n > width ? n : width;
    }
    return width;
}

static void add_top(const struct pb_text *t)
{
    PB_AUTO_BUF struct pb_buf headline = PB_BUF_INIT(1 << 20);
    for (size_t i = 0; i < t->model->problem_count; i++)
        pb_text_prose(t, pb_text_yellow, t->model->problems[i]);
    pb_add_headline(&headline, t->model);
    pb_text_prose(t, pb_text_bold, headline.p);
    pb_buf_clear(&headline);
    pb_add_isolation(&headline, &t->model->run);
    if (headline.n) pb_text_prose(t, NULL, headline.p);
    pb_buf_add_char(t->out, '\n');
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    struct pb_text t = {
        .out = out, .options = options, .model = model, .pm_width = widest_arm(model)};
    add_top(&t);
    for (size_t r = 0; r < model->registry_count; r++) {
        const struct pb_report_registry *registry = &model->registries[r];
        if (registry->has_results && model->registry_count > 1) pb_buf_add_cstr(out, "# ");
        if (!registry->has_results || model->registry_count > 1) pb_add_line(out, registry->label);
        if (!registry->has_results) {
            pb_buf_add_cstr(out, ": no output captured.\n");
            continue;
        }
        if (model->registry_count > 1) pb_buf_add_char(out, '\n');
        for (size_t p = 0; p < registry->phase_count; p++) {
            add_phase(&t, &registry->phases[p]);
            if (pb_report_drain(options, out, err) < 0) return -1;
        }
    }
    return 0;
}

const struct pb_report_format pb_report_text = {
    .name = "text",
    .extension = "txt",
    .help = "tables for a terminal or a log",
    .render = render,
};
