/* SPDX-License-Identifier: MIT */
/* The end of the page: what has no figures and why, arms, machine, command line, how to read. */
#include "reports/html.h"

#include "reports/escape.h"
#include "reports/values.h"

#include <inttypes.h>
#include <stdio.h>

static void add_element(struct pb_buf *out, const char *tag, const char *text)
{
    pb_buf_printf(out, "<%s>", tag);
    pb_add_xml(out, text);
    pb_buf_printf(out, "</%s>", tag);
}

static void add_failed_sample(struct pb_buf *out, const struct pb_sample *s)
{
    pb_buf_printf(out, "<li>Round %d: ", s->round);
    pb_add_xml(out, s->reason ? s->reason : pb_outcome_name(s->outcome));
    for (size_t i = 0; i < s->check_count; i++) {
        if (!s->checks[i].reason) continue;
        pb_buf_add_cstr(out, "<br>Check ");
        add_element(out, "code", s->checks[i].name);
        pb_buf_add_cstr(out, ": ");
        pb_add_xml(out, s->checks[i].reason);
    }
    if (s->output_tail) {
        pb_buf_add_cstr(out, "<details><summary>End of its output</summary><pre tabindex=\"0\">");
        pb_add_xml(out, s->output_tail);
        pb_buf_add_cstr(out, "</pre></details>");
    }
    pb_buf_add_cstr(out, "</li>");
}

static void add_missing_cell(const struct pb_html *h, const struct pb_cell *cell)
{
    enum { MOST_SAMPLES = 5 };
    struct pb_buf *out = h->out;
    size_t shown = 0;
    pb_buf_add_cstr(out, "<li");
    pb_html_arm_key(out, cell->arm);
    pb_buf_add_cstr(out, "><p>");
    pb_html_badge(out, cell);
    pb_buf_add_char(out, ' ');
    add_element(out, "b", cell->arm);
    pb_buf_add_cstr(out, " in ");
    if (h->model->registry_count > 1) {
        pb_add_xml(out, cell->registry);
        pb_buf_add_cstr(out, ", ");
    }
    pb_html_phase_name(out, cell->phase);
    pb_buf_add_cstr(out, ": ");
    pb_add_xml(out, cell->reason);
    pb_buf_add_cstr(out, "</p>");
    for (size_t i = 0; i < cell->sample_count && shown < MOST_SAMPLES; i++) {
        if (cell->samples[i]->outcome == PB_OUTCOME_OK) continue;
        if (shown++ == 0) pb_buf_add_cstr(out, "<ul>");
        add_failed_sample(out, cell->samples[i]);
    }
    pb_buf_printf(out, "%s</li>", shown ? "</ul>" : "");
}

void pb_html_missing(const struct pb_html *h)
{
    size_t n = 0;
    pb_buf_add_cstr(h->out, "<section aria-labelledby=\"missing\"><h2 id=\"missing\">Missing and "
                            "disturbed</h2>");
    for (size_t i = 0; i < h->model->cell_count; i++) {
        if (!h->model->cells[i]->reason) continue;
        if (n++ == 0) pb_buf_add_cstr(h->out, "<ul class=\"missing\">");
        add_missing_cell(h, h->model->cells[i]);
    }
    pb_buf_add_cstr(h->out, n ? "</ul></section>\n" : "<p>Every cell is valid.</p></section>\n");
}

static void add_arms(const struct pb_html *h)
{
    struct pb_buf *out = h->out;
    pb_buf_add_cstr(out, "<section aria-labelledby=\"arms\"><h2 id=\"arms\">Arms</h2><div "
                         "class=\"scroll\" role=\"group\" aria-labelledby=\"arms\" tabindex=\"0\">"
                         "<table class=\"grid left\"><caption>Binaries as measured</caption><thead>"
                         "<tr><th scope=\"col\">PM</th><th scope=\"col\">Manager</th><th "
                         "scope=\"col\">Version</th><th scope=\"col\">Binary</th><th scope=\"col\">"
                         "SHA-256</th></tr></thead><tbody>");
    for (size_t i = 0; i < h->model->run.arm_count; i++) {
        const char *name = h->model->run.arms[i];
        const struct pb_journal_arm *arm = pb_report_arm(h->model, name);
        pb_buf_add_cstr(out, "<tr");
        pb_html_arm_key(out, name);
        pb_buf_add_cstr(out, "><th scope=\"row\">");
        pb_add_xml(out, name);
        pb_buf_add_cstr(out, "</th>");
        add_element(out, "td", arm && arm->manager ? arm->manager : "–");
        add_element(out, "td", arm && arm->version ? arm->version : "–");
        pb_buf_add_cstr(out, "<td class=\"path\">");
        add_element(out, "code", arm && arm->binary ? arm->binary : "–");
        pb_buf_add_cstr(out, "</td><td class=\"path\">");
        add_element(out, "code", arm && arm->binary_sha256 ? arm->binary_sha256 : "–");
        pb_buf_add_cstr(out, "</td></tr>");
    }
    pb_buf_add_cstr(out, "</tbody></table></div></section>\n");
}

static void add_pair(struct pb_buf *out, const char *label, const char *value)
{
    if (!value) return;
    pb_buf_printf(out, "<div><dt>%s</dt><dd>", label);
    pb_add_xml(out, value);
    pb_buf_add_cstr(out, "</dd></div>");
}

static void add_isolation(struct pb_buf *out, const struct pb_kv *pair)
{
    pb_buf_add_cstr(out, "<div><dt>Isolation: ");
    pb_add_xml(out, pair->key);
    pb_buf_add_cstr(out, "</dt><dd>");
    pb_add_xml(out, pair->value);
    pb_buf_add_cstr(out, "</dd></div>");
}

static void add_machine(const struct pb_html *h)
{
    const struct pb_journal_run *run = &h->model->run;
    char cpus[16], memory[32] = "unknown";
    snprintf(cpus, sizeof cpus, "%u", run->cpus);
    if (run->memory_bytes > 0) pb_show_value(PB_UNIT_BYTES, (double)run->memory_bytes, memory);
    pb_buf_add_cstr(h->out, "<section aria-labelledby=\"machine\"><h2 id=\"machine\">Machine</h2>"
                            "<dl class=\"pairs\">");
    add_pair(h->out, "System", run->host_os);
    add_pair(h->out, "Kernel", run->kernel);
    add_pair(h->out, "Processor", run->cpu);
    add_pair(h->out, "Processors", run->cpus ? cpus : "unknown");
    add_pair(h->out, "Memory", memory);
    add_pair(h->out, "File system", run->filesystem);
    add_pair(h->out, "Platform", run->platform);
    add_pair(h->out, "Probes", run->probe_level);
    for (size_t i = 0; i < run->isolation_count; i++)
        add_isolation(h->out, &run->isolation[i]);
    pb_buf_add_cstr(h->out, "</dl></section>\n");
}

static void add_reproduce(const struct pb_html *h)
{
    const struct pb_journal_run *run = &h->model->run;
    pb_buf_add_cstr(h->out, "<section aria-labelledby=\"reproduce\"><h2 id=\"reproduce\">"
                            "Reproduce</h2>");
    if (run->command_line) {
        pb_buf_add_cstr(h->out, "<pre class=\"copy\" tabindex=\"0\">");
        pb_add_xml(h->out, run->command_line);
        pb_buf_add_cstr(h->out, "</pre>");
    } else {
        pb_buf_add_cstr(h->out, "<p>The journal does not hold the command line.</p>");
    }
    pb_buf_add_cstr(h->out, "<dl class=\"pairs\">");
    add_pair(h->out, "phasebench", run->version);
    add_pair(h->out, "Run", run->id);
    add_pair(h->out, "Started", run->started_utc);
    add_pair(h->out, "Snapshot", run->snapshot);
    add_pair(h->out, "Snapshot digest", run->snapshot_digest);
    add_pair(h->out, "Order seed", run->order_seed);
    add_pair(h->out, "Policy hash", run->policy_hash);
    pb_buf_add_cstr(h->out, "</dl></section>\n");
}

static void add_reading(const struct pb_html *h)
{
    pb_buf_add_cstr(
        h->out,
        "<section aria-labelledby=\"reading\"><h2 id=\"reading\">How to read</h2>"
        "<ul class=\"reading\">"
        "<li><svg class=\"strip legend\" width=\"40\" height=\"20\" aria-hidden=\"true\"><circle "
        "cx=\"50%\" cy=\"10\" r=\"2.6\"/></svg><span>A dot is one sample. The first round is at "
        "the top of a row, the last at the bottom: a slant is drift.</span></li>"
        "<li><svg class=\"strip legend\" width=\"40\" height=\"20\" aria-hidden=\"true\"><rect "
        "x=\"15%\" width=\"70%\" y=\"2\" height=\"16\" rx=\"2\"/><line class=\"mid\" x1=\"50%\" "
        "x2=\"50%\" y1=\"2\" y2=\"18\"/></svg><span>The line is the median; the band says where "
        "it lies (signed-rank interval, 95% where the samples allow it, from 5 samples on)."
        "</span></li>"
        "<li><svg class=\"strip legend\" width=\"40\" height=\"20\" aria-hidden=\"true\"><circle "
        "class=\"far\" cx=\"30%\" cy=\"10\" r=\"3.4\"/><svg x=\"70%\" y=\"10\" "
        "overflow=\"visible\"><path d=\"M0-4 4 3H-4z\"/></svg></svg><span>A ring is far from the "
        "other samples; a triangle was disturbed by the machine. Both count.</span></li>"
        "<li><svg class=\"strip legend\" width=\"40\" height=\"20\" aria-hidden=\"true\"><line "
        "class=\"limit\" x1=\"50%\" x2=\"50%\" y1=\"0\" y2=\"20\"/></svg><span>The dashed line is "
        "the limit arm: the system work of the phase that no manager can avoid.</span></li>"
        "<li><span class=\"v unsure\"><span aria-hidden=\"true\">?</span></span><span>Arms are "
        "compared round by round, as ratios to the baseline (Hodges-Lehmann estimate, exact "
        "signed-rank interval). Below 5 rounds there is no interval; a change counts from 3% on, "
        "in 8 of 10 rounds; with fewer rounds than 10 a change stays inconclusive. A verdict of "
        "one run is not confirmed.</span></li>"
        "<li><span class=\"v good\"><span aria-hidden=\"true\">✓</span></span><span>“Is it sure?” "
        "holds the fastest arm of a phase against the next one in the same way: clear when the "
        "whole interval lies above 0.</span></li>"
        "</ul></section>\n");
}

void pb_html_about(const struct pb_html *h)
{
    add_arms(h);
    add_machine(h);
    add_reproduce(h);
    add_reading(h);
}
