/* SPDX-License-Identifier: MIT */
/* From the journal to the bytes of a report. */
#include "reports/format.h"

enum { DRAIN_BYTES = 256 << 10 };

int pb_report_drain(const struct pb_report_options *options, struct pb_buf *out, struct pb_err *err)
{
    if (!options->drain || out->n < DRAIN_BYTES || !pb_buf_ok(out)) return 0;
    return options->drain(options->drain_context, out, err);
}

static int render(const struct pb_report_format *format, struct pb_report_model *model,
                  const struct pb_report_options *options, struct pb_buf *out, struct pb_err *err)
{
    if (pb_report_model_compare(model, options->baseline, err) < 0) return -1;
    if (format->render(model, options, out, err) < 0) return -1;
    if (!pb_buf_ok(out))
        return pb_err_set(err, PB_E_LIMIT, "cannot make the report: %s: over %zu bytes",
                          format->name, out->max);
    return options->drain ? options->drain(options->drain_context, out, err) : 0;
}

int pb_report_write(const struct pb_report_format *format, const struct pb_journal_data *journal,
                    const struct pb_report_options *options, struct pb_buf *out, struct pb_err *err)
{
    struct pb_report_model model;
    if (pb_report_model_make(journal, &model, err) < 0) return -1;
    int rc = render(format, &model, options, out, err);
    pb_report_model_release(&model);
    return rc;
}
