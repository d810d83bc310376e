/* SPDX-License-Identifier: MIT */
/* What the arms of each phase did, and the packages by which their trees differ from the
 * baseline's (without its figures: the fastest arm's): a line "+ name@version" is one more, a line
 * "- name@version" one fewer. */
#include "reports/escape.h"
#include "reports/format_table.h"

#include <string.h>

static const struct {
    enum pb_metric metric;
    const char *name;
} columns[] = {
    {PB_M_TREE_PACKAGES, "places"},      {PB_M_TREE_FILES, "files"},
    {PB_M_TREE_DIRS, "folders"},         {PB_M_REQUESTS_METADATA, "metadata"},
    {PB_M_REQUESTS_TARBALL, "tarballs"}, {PB_M_PROCESSES, "processes"},
};
enum { COLUMNS = sizeof columns / sizeof *columns, WIDTH = 10 };

static const struct pb_journal_tree *tree_of(const struct pb_report_model *model,
                                             const struct pb_cell *cell)
{
    return cell->tree.digest ? pb_journal_tree_find(model->journal, cell->tree.digest) : NULL;
}

static const struct pb_cell *reference_of(const struct pb_report_phase *phase)
{
    bool has = phase->baseline && pb_cell_has_figures(phase->baseline);
    return has ? phase->baseline : phase->fastest;
}

static void add_head(struct pb_buf *out, int arm_width)
{
    pb_buf_printf(out, "%-*s %*s", arm_width, "arm", WIDTH, "packages");
    for (size_t c = 0; c < COLUMNS; c++)
        pb_buf_printf(out, " %*s", WIDTH, columns[c].name);
    pb_buf_add_char(out, '\n');
}

static void add_row(struct pb_buf *out, const struct pb_report_model *model,
                    const struct pb_cell *cell, int arm_width)
{
    const struct pb_journal_tree *tree = tree_of(model, cell);
    PB_AUTO_BUF struct pb_buf arm = PB_BUF_INIT(1 << 10);
    pb_add_line(&arm, cell->arm);
    pb_buf_printf(out, "%-*s", arm_width, arm.p ? arm.p : "");
    if (!pb_cell_has_figures(cell)) {
        pb_buf_printf(out, " %s: ", pb_outcome_name(cell->outcome));
        pb_add_line(out, cell->reason);
        pb_buf_add_char(out, '\n');
        return;
    }
    if (tree)
        pb_buf_printf(out, " %*zu", WIDTH, tree->package_count);
    else
        pb_buf_printf(out, " %*s", WIDTH, "-");
    for (size_t c = 0; c < COLUMNS; c++) {
        if (cell->metric[columns[c].metric].has)
            pb_buf_printf(out, " %*.0f", WIDTH, cell->metric[columns[c].metric].median);
        else
            pb_buf_printf(out, " %*s", WIDTH, "-");
    }
    pb_buf_add_char(out, '\n');
}

/* Both lists are sorted. */
static size_t walk_difference(const struct pb_journal_tree *reference,
                              const struct pb_journal_tree *tree, struct pb_buf *out)
{
    size_t n = 0;
    for (size_t i = 0, k = 0; i < reference->package_count || k < tree->package_count;) {
        int order = i == reference->package_count ? 1
                    : k == tree->package_count    ? -1
                                               : strcmp(reference->packages[i], tree->packages[k]);
        if (order == 0) {
            i++, k++;
            continue;
        }
        n++;
        pb_buf_add_cstr(out, order < 0 ? "- " : "+ ");
        pb_add_line(out, order < 0 ? reference->packages[i++] : tree->packages[k++]);
        pb_buf_add_char(out, '\n');
    }
    return n;
}

static void add_difference(struct pb_buf *out, const struct pb_report_model *model,
                           const struct pb_cell *reference, const struct pb_cell *cell)
{
    const struct pb_journal_tree *base = tree_of(model, reference), *tree = tree_of(model, cell);
    if (cell == reference || !pb_cell_has_figures(cell) || !base || !tree) return;
    PB_AUTO_BUF struct pb_buf lines = PB_BUF_INIT(out->max);
    if (walk_difference(base, tree, &lines) == 0) return;
    pb_buf_add_cstr(out, "\n");
    pb_add_line(out, cell->arm);
    pb_buf_add_cstr(out, " against ");
    pb_add_line(out, reference->arm);
    pb_buf_add_cstr(out, ":\n");
    pb_buf_add_str(out, pb_buf_str(&lines));
}

static void add_phase(struct pb_buf *out, const struct pb_report_model *model, const char *registry,
                      const struct pb_report_phase *phase, int arm_width)
{
    const struct pb_cell *reference = reference_of(phase);
    pb_buf_add_cstr(out, "# ");
    pb_add_line(out, registry);
    pb_buf_printf(out, " %s\n", phase->key);
    if (phase->work_remark) {
        pb_add_line(out, phase->work_remark);
        pb_buf_add_char(out, '\n');
    }
    add_head(out, arm_width);
    for (size_t i = 0; i < phase->cell_count; i++)
        add_row(out, model, phase->cells[i], arm_width);
    for (size_t i = 0; reference && i < phase->cell_count; i++)
        add_difference(out, model, reference, phase->cells[i]);
    pb_buf_add_char(out, '\n');
}

static int widest_arm(const struct pb_report_model *model)
{
    size_t width = 3;
    for (size_t i = 0; i < model->run.arm_count; i++) {
        size_t n = strlen(model->run.arms[i]);
        width = n > width ? n : width;
    }
    return (int)width;
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    int arm_width = widest_arm(model);
    for (size_t i = 0; i < model->problem_count; i++) {
        pb_add_line(out, model->problems[i]);
        pb_buf_add_char(out, '\n');
    }
    for (size_t r = 0; r < model->registry_count; r++)
        for (size_t p = 0; p < model->registries[r].phase_count; p++) {
            add_phase(out, model, model->registries[r].label, &model->registries[r].phases[p],
                      arm_width);
            if (pb_report_drain(options, out, err) < 0) return -1;
        }
    return 0;
}

const struct pb_report_format pb_report_work = {
    .name = "work",
    .extension = "txt",
    .help = "what each arm did, and the packages by which trees differ",
    .render = render,
};
