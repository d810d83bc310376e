/* SPDX-License-Identifier: MIT */
/* JUnit XML as CI servers read it: a suite per registry and phase, a case per arm. What ran but
 * does not hold is a failure; what could not be begun is an error; what the arm cannot do is
 * skipped. */
#include "reports/escape.h"
#include "reports/format_table.h"
#include "reports/seed_tables.h"

#include <string.h>

struct tally {
    size_t failures, errors, skipped;
    double seconds;
};

/* The element of a case that did not pass, or NULL. */
static const char *element_of(const struct pb_cell *cell)
{
    switch (cell->outcome) {
    case PB_OUTCOME_FAILED:
    case PB_OUTCOME_INVALID:
        return "failure";
    case PB_OUTCOME_SEED_FAILED:
        return "error";
    case PB_OUTCOME_UNSUPPORTED:
        return "skipped";
    case PB_OUTCOME_OK:
    case PB_OUTCOME_CONTAMINATED:
        break;
    }
    return NULL;
}

/* A case's time is what its counted samples took together. */
static double seconds_of(const struct pb_cell *cell)
{
    return cell->metric[PB_M_WALL].mean * (double)cell->metric[PB_M_WALL].n * 1e-9;
}

static struct tally tally_of(const struct pb_report_phase *phase)
{
    struct tally t = {0};
    for (size_t i = 0; i < phase->cell_count; i++) {
        const char *element = element_of(phase->cells[i]);
        t.failures += element && strcmp(element, "failure") == 0;
        t.errors += element && strcmp(element, "error") == 0;
        t.skipped += element && strcmp(element, "skipped") == 0;
        t.seconds += seconds_of(phase->cells[i]);
    }
    return t;
}

/* name="text" after a blank. */
static void add_attribute(struct pb_buf *out, const char *name, const char *text)
{
    pb_buf_printf(out, " %s=\"", name);
    pb_add_xml(out, text);
    pb_buf_add_char(out, '"');
}

static void add_problem(struct pb_buf *out, const struct pb_cell *cell)
{
    const char *element = element_of(cell);
    pb_buf_printf(out, "      <%s", element);
    add_attribute(out, "message", cell->reason);
    if (strcmp(element, "skipped") == 0) {
        pb_buf_add_cstr(out, "/>\n");
        return;
    }
    add_attribute(out, "type", pb_outcome_name(cell->outcome));
    pb_buf_add_char(out, '>');
    for (size_t i = 0; i < cell->sample_count; i++) {
        const struct pb_sample *s = cell->samples[i];
        if (s->outcome == PB_OUTCOME_OK) continue;
        pb_buf_printf(out, "\nround %d: ", s->round);
        pb_add_xml(out, s->reason);
        for (size_t c = 0; c < s->check_count; c++) {
            pb_buf_add_cstr(out, "\n  ");
            pb_add_xml(out, s->checks[c].name);
            if (s->checks[c].reason) pb_buf_add_cstr(out, ": ");
            pb_add_xml(out, s->checks[c].reason);
        }
        if (s->output_tail) pb_buf_add_char(out, '\n');
        pb_add_xml(out, s->output_tail);
    }
    pb_buf_printf(out, "</%s>\n", element);
}

static void add_notes(struct pb_buf *out, const struct pb_cell *cell)
{
    const char *contaminated = cell->outcome == PB_OUTCOME_CONTAMINATED ? cell->reason : NULL;
    if (!cell->verdict_reason && !contaminated) return;
    pb_buf_add_cstr(out, "      <system-out>");
    if (cell->verdict_reason) {
        pb_buf_printf(out, "%s against the baseline: ", pb_verdict_name(cell->verdict));
        pb_add_xml(out, cell->verdict_reason);
        pb_buf_add_char(out, '\n');
    }
    if (contaminated) pb_buf_add_cstr(out, "contaminated: ");
    pb_add_xml(out, contaminated);
    pb_buf_add_cstr(out, "</system-out>\n");
}

static void add_case(struct pb_buf *out, const struct pb_cell *cell)
{
    pb_buf_add_cstr(out, "    <testcase");
    add_attribute(out, "classname", cell->phase);
    add_attribute(out, "name", cell->arm);
    pb_buf_printf(out, " time=\"%.6f\">\n", seconds_of(cell));
    if (element_of(cell)) add_problem(out, cell);
    add_notes(out, cell);
    pb_buf_add_cstr(out, "    </testcase>\n");
}

/* "2026-01-31T12:00:00": the schema wants no zone. */
static void add_timestamp(struct pb_buf *out, const char *utc)
{
    char text[20];
    if (!utc || strlen(utc) != sizeof text) return;
    memcpy(text, utc, sizeof text);
    text[sizeof text - 1] = '\0';
    if (strspn(text, "0123456789-:T") == sizeof text - 1) add_attribute(out, "timestamp", text);
}

static void add_suite(struct pb_buf *out, const struct pb_report_model *model,
                      const struct pb_report_registry *registry,
                      const struct pb_report_phase *phase)
{
    struct tally t = tally_of(phase);
    pb_buf_add_cstr(out, "  <testsuite name=\"");
    pb_add_xml(out, registry->label);
    pb_buf_add_char(out, ' ');
    pb_add_xml(out, phase->key);
    pb_buf_printf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
                  phase->cell_count, t.failures, t.errors, t.skipped);
    pb_buf_printf(out, " time=\"%.6f\"", t.seconds);
    add_timestamp(out, model->run.started_utc);
    pb_buf_add_cstr(out, ">\n");
    for (size_t i = 0; i < phase->cell_count; i++)
        add_case(out, phase->cells[i]);
    pb_buf_add_cstr(out, "  </testsuite>\n");
}

static void add_journal(struct pb_buf *out, const struct pb_report_model *model)
{
    bool whole = model->problem_count == 0;
    pb_buf_printf(out,
                  "  <testsuite name=\"journal\" tests=\"1\" failures=\"0\" errors=\"%d\" "
                  "skipped=\"0\" time=\"0\">\n    <testcase classname=\"journal\" "
                  "name=\"complete\" time=\"0\">\n",
                  !whole);
    if (!whole)
        pb_buf_add_cstr(out, "      <error message=\"the result is not whole\" "
                             "type=\"incomplete\">");
    for (size_t i = 0; i < model->problem_count; i++) {
        pb_buf_add_char(out, '\n');
        pb_add_xml(out, model->problems[i]);
    }
    if (!whole) pb_buf_add_cstr(out, "</error>\n");
    pb_buf_add_cstr(out, "    </testcase>\n  </testsuite>\n");
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    pb_buf_add_cstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    add_journal(out, model);
    for (size_t r = 0; r < model->registry_count; r++)
        for (size_t p = 0; p < model->registries[r].phase_count; p++) {
            add_suite(out, model, &model->registries[r], &model->registries[r].phases[p]);
            if (pb_report_drain(options, out, err) < 0) return -1;
        }
    pb_buf_add_cstr(out, "</testsuites>\n");
    return 0;
}

const struct pb_report_format pb_report_junit = {
    .name = "junit",
    .extension = "xml",
    .help = "JUnit XML, for CI servers",
    .render = render,
};
