/* SPDX-License-Identifier: MIT */
/* The gate for programs: schema "phasebench-gate/1". Changes are relative (0.1 = +10 %). */
#include "reports/gate_report.h"

#include "harness/stats/paired.h"
#include "reports/json_out.h"

static void add_paired(struct pb_json_out *j, const char *key, const struct pb_paired *p)
{
    if (p->n == 0) {
        pb_json_null(j, key);
        return;
    }
    pb_json_open(j, key, '{');
    pb_json_whole(j, "pairs", (long long)p->n);
    pb_json_rounded(j, "change", pb_relative_change(p->estimate));
    pb_json_rounded(j, "median", pb_relative_change(p->median));
    if (p->has_interval) {
        pb_json_rounded(j, "low", pb_relative_change(p->low));
        pb_json_rounded(j, "high", pb_relative_change(p->high));
        pb_json_rounded(j, "level", p->level);
        pb_json_rounded(j, "smallest_visible", pb_relative_change(p->smallest_visible));
    }
    pb_json_whole(j, "slower_pairs", (long long)p->positive);
    pb_json_whole(j, "faster_pairs", (long long)p->negative);
    pb_json_rounded(j, "p", p->p);
    pb_json_close(j, '}');
}

static void add_row(struct pb_json_out *j, const struct pb_gate_row *row)
{
    static const char *const kinds[] = {"timed", "counted", "digest"};
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_json_text(j, "name", row->name);
    pb_json_text(j, "kind", kinds[row->kind]);
    pb_json_truth(j, "gated", row->gated);
    pb_json_text(j, "verdict", pb_verdict_name(row->verdict));
    pb_json_text(j, "word", pb_gate_row_word(row));
    pb_json_text(j, "reason", row->reason);
    if (row->kind == PB_GATE_ROW_DIGEST) {
        pb_json_text(j, "candidate", row->candidate_digest);
        pb_json_text(j, "baseline", row->baseline_digest);
    } else if (row->has_values) {
        pb_json_real(j, "candidate", row->candidate);
        pb_json_real(j, "baseline", row->baseline);
    }
    if (row->kind == PB_GATE_ROW_TIMED) {
        pb_json_rounded(j, "threshold", pb_relative_change(row->decision.threshold));
        add_paired(j, "screen", &row->decision.screen);
        add_paired(j, "confirmation", &row->decision.confirmation);
        pb_json_whole(j, "rounds_wanted", (long long)row->decision.more_pairs);
    }
    pb_json_close(j, '}');
}

static void add_cell(struct pb_json_out *j, const struct pb_gate_cell *cell)
{
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_json_text(j, "registry", cell->registry);
    pb_json_text(j, "phase", cell->phase);
    pb_json_truth(j, "gated", cell->gated);
    pb_json_truth(j, "control", cell->control);
    pb_json_text(j, "verdict", pb_verdict_name(cell->verdict));
    pb_json_text(j, "reason", cell->reason);
    pb_json_whole(j, "samples", (long long)cell->samples);
    pb_json_whole(j, "contaminated", (long long)cell->contaminated);
    pb_json_open(j, "rows", '[');
    for (size_t i = 0; i < cell->row_count; i++)
        add_row(j, &cell->rows[i]);
    pb_json_close(j, ']');
    pb_json_close(j, '}');
}

static void add_finding(struct pb_json_out *j, const struct pb_run_finding *finding)
{
    static const char *const effects[] = {"cell", "comparison", "run", "remark"};
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_json_text(j, "check", finding->check);
    pb_json_text(j, "effect", effects[finding->effect]);
    pb_json_text(j, "registry", finding->registry);
    pb_json_text(j, "phase", finding->phase);
    pb_json_text(j, "arm", finding->arm);
    pb_json_text(j, "reason", finding->reason);
    pb_json_close(j, '}');
}

static void add_gate(struct pb_json_out *j, const struct pb_gate *gate)
{
    pb_json_break(j);
    pb_json_open(j, NULL, '{');
    pb_json_text(j, "candidate", gate->candidate);
    pb_json_text(j, "baseline", gate->baseline);
    pb_json_text(j, "answer", pb_gate_answer_name(gate->answer));
    pb_json_text(j, "reason", gate->reason);
    pb_json_open(j, "run_findings", '[');
    for (size_t i = 0; i < gate->finding_count; i++)
        add_finding(j, &gate->findings[i]);
    pb_json_close(j, ']');
    pb_json_open(j, "cells", '[');
    for (size_t c = 0; c < gate->cell_count; c++)
        add_cell(j, &gate->cells[c]);
    pb_json_close(j, ']');
    pb_json_close(j, '}');
}

void pb_gate_render_json(const struct pb_gate *gates, size_t n, bool color, struct pb_buf *out)
{
    struct pb_json_out j = {.out = out};
    (void)color;
    pb_json_open(&j, NULL, '{');
    pb_json_text(&j, "schema", "phasebench-gate/1");
    pb_json_open(&j, "gates", '[');
    for (size_t g = 0; g < n; g++)
        add_gate(&j, &gates[g]);
    pb_json_close(&j, ']');
    pb_json_close(&j, '}');
    pb_buf_add_char(out, '\n');
}
