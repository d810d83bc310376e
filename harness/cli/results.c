/* SPDX-License-Identifier: MIT */
#include "harness/cli/results.h"
#include "harness/cli/exit_status.h"

#include "base/fs.h"
#include "base/term.h"
#include "reports/format.h"

#include <fcntl.h>
#include <unistd.h>

#define REPORT_MAX_BYTES (256u << 20)

static int render(const char *format_name, const struct pb_report_model *model,
                  const struct pb_report_options *options, struct pb_buf *out, struct pb_err *err)
{
    const struct pb_report_format *format = pb_report_format_find(format_name);
    if (format->render(model, options, out, err) != 0) return -1;
    if (pb_buf_ok(out)) return 0;
    return pb_err_set(err, PB_E_LIMIT, "make the %s report: it is larger than %u bytes",
                      format_name, REPORT_MAX_BYTES);
}

static int write_files(const char *dir, const struct pb_report_model *model, struct pb_err *err)
{
    static const struct {
        const char *format, *file;
    } files[] = {{"markdown", "report.md"}, {"json", "summary.json"}, {"html", "report.html"}};
    const struct pb_report_options options = {0};
    PB_AUTO_FD int folder = pb_open_dir(AT_FDCWD, dir, err);
    if (folder < 0) return -1;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(REPORT_MAX_BYTES);
        if (!pb_report_format_find(files[i].format)) continue;
        if (render(files[i].format, model, &options, &text, err) != 0 ||
            pb_write_file_atomic(folder, files[i].file, pb_buf_str(&text), 0644, err) != 0)
            return -1;
    }
    return 0;
}

static int show(const char *dir, const struct pb_report_model *model, struct pb_err *err)
{
    const struct pb_report_options terminal = {
        .color = pb_term_color(STDOUT_FILENO),
        .width = isatty(STDOUT_FILENO) ? pb_term_width(STDOUT_FILENO) : 0};
    PB_AUTO_BUF struct pb_buf tables = PB_BUF_INIT(REPORT_MAX_BYTES);
    if (write_files(dir, model, err) != 0 || render("text", model, &terminal, &tables, err) != 0)
        return -1;
    return pb_write_all(STDOUT_FILENO, tables.p, tables.n, err);
}

static bool is_bad(const struct pb_cell *cell)
{
    return cell->outcome == PB_OUTCOME_FAILED || cell->outcome == PB_OUTCOME_INVALID ||
           cell->outcome == PB_OUTCOME_SEED_FAILED;
}

static bool have_bad_cell(const struct pb_report_model *model)
{
    for (size_t r = 0; r < model->registry_count; r++)
        for (size_t p = 0; p < model->registries[r].phase_count; p++)
            for (size_t c = 0; c < model->registries[r].phases[p].cell_count; c++)
                if (is_bad(model->registries[r].phases[p].cells[c])) return true;
    return false;
}

int pb_results_of_folder(const char *dir, struct pb_err *err)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    int status = -1;
    if (pb_journal_read(dir, &journal, err) == 0 &&
        pb_report_model_make(&journal, &model, err) == 0) {
        if (pb_report_model_compare(&model, NULL, err) == 0 && show(dir, &model, err) == 0)
            status = have_bad_cell(&model) ? PB_EXIT_INVALID : PB_EXIT_FINE;
        pb_report_model_release(&model);
    }
    pb_journal_data_release(&journal);
    return status;
}
