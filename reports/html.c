/* SPDX-License-Identifier: MIT */
/* One self-contained page: no network, no build step, readable without its script. The content
 * security policy allows nothing but the built-in style and script, by their digests. */
#include "reports/html.h"

#include "base/digest.h"
#include "reports/escape.h"
#include "reports/format_table.h"
#include "reports/headline.h"
#include "reports/html_assets.h"
#include "reports/seed_tables.h"
#include "reports/values.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

void pb_html_phase_name(struct pb_buf *out, const char *key)
{
    const char *rest = strchr(key, '_');
    bool numbered = key[0] == 'p' && isdigit((unsigned char)key[1]) && rest && rest[1];
    if (!numbered) {
        pb_add_xml(out, key);
        return;
    }
    pb_buf_printf(out, "<span class=\"pn\">%.*s</span> ", (int)(rest - key), key);
    PB_AUTO_BUF struct pb_buf words = PB_BUF_INIT(4096);
    for (const char *p = rest + 1; *p; p++)
        pb_buf_add_char(&words, (char)(*p == '_' ? ' ' : *p));
    pb_add_xml(out, words.p);
}

void pb_html_arm_key(struct pb_buf *out, const char *arm)
{
    pb_buf_add_cstr(out, " data-arm=\"");
    pb_add_xml(out, arm);
    pb_buf_add_char(out, '"');
}

void pb_html_arm(const struct pb_html *h, const struct pb_report_phase *phase,
                 const struct pb_cell *cell, const char *note)
{
    pb_buf_add_cstr(h->out, "<th scope=\"row\" role=\"rowheader\"><span class=\"arm\">");
    pb_add_xml(h->out, cell->arm);
    pb_buf_add_cstr(h->out, "</span>");
    if (cell == phase->baseline) pb_buf_add_cstr(h->out, " <span class=\"tag\">baseline</span>");
    if (cell == phase->limit) pb_buf_add_cstr(h->out, " <span class=\"tag lim\">limit</span>");
    if (note) {
        pb_buf_add_cstr(h->out, "<small>");
        pb_add_xml(h->out, note);
        pb_buf_add_cstr(h->out, "</small>");
    }
    pb_buf_add_cstr(h->out, "</th>");
}

void pb_html_badge(struct pb_buf *out, const struct pb_cell *cell)
{
    bool unable = cell->outcome == PB_OUTCOME_UNSUPPORTED;
    bool has = pb_cell_has_figures(cell);
    pb_buf_printf(out, "<span class=\"v %s\"><span aria-hidden=\"true\">%s</span> %s</span>",
                  has      ? "unsure"
                  : unable ? "none"
                           : "bad",
                  has      ? "!"
                  : unable ? "–"
                           : "✕",
                  pb_cell_badge(cell));
}

static void add_digest_source(struct pb_buf *out, struct pb_str content)
{
    uint8_t raw[PB_DIGEST_MAX];
    char text[4 * ((PB_DIGEST_MAX + 2) / 3) + 1];
    size_t n = pb_digest_once(PB_SHA256, content.p, content.n, raw);
    pb_base64(raw, n, text);
    pb_buf_printf(out, "'sha256-%s'", text);
}

static void add_head(const struct pb_html *h)
{
    struct pb_buf *out = h->out;
    pb_buf_add_cstr(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                         "'none'; img-src data:; base-uri 'none'; form-action 'none'; style-src ");
    add_digest_source(out, pb_html_css);
    pb_buf_add_cstr(out, "; script-src ");
    add_digest_source(out, pb_html_js);
    pb_buf_add_cstr(out, "\">\n<meta name=\"viewport\" content=\"width=device-width, "
                         "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
                         "<link rel=\"icon\" href=\"data:,\">\n<title>");
    pb_add_xml(out, h->model->run.project ? h->model->run.project : "unknown project");
    pb_buf_add_cstr(out, " · phasebench</title>\n<style>");
    pb_buf_add_str(out, pb_html_css);
    pb_buf_add_cstr(out, "</style>\n</head>\n");
}

static void add_top_bar(const struct pb_html *h)
{
    struct pb_buf *out = h->out;
    pb_buf_add_cstr(
        out, "<body>\n<a class=\"skip\" href=\"#main\">Skip to the results</a>\n"
             "<header class=\"bar\"><div class=\"wide\"><span class=\"brand\">"
             "<svg width=\"14\" height=\"22\" viewBox=\"0 0 14 22\" aria-hidden=\"true\" "
             "focusable=\"false\"><path d=\"M7 0v10M2.5 10h9L7 21z\"/></svg>phasebench</span>"
             "<label class=\"js find\"><span>Show arms</span><input id=\"find\" type=\"search\" "
             "placeholder=\"all\" autocomplete=\"off\" spellcheck=\"false\"></label>"
             "<span id=\"found\" class=\"js\" role=\"status\"></span>"
             "<button class=\"js\" id=\"theme\" type=\"button\"><span>Theme: </span>auto</button>"
             "</div></header>\n");
}

static size_t cells_with_figures(const struct pb_report_model *model)
{
    size_t n = 0;
    for (size_t i = 0; i < model->cell_count; i++)
        n += pb_cell_has_figures(model->cells[i]);
    return n;
}

static void add_fact(struct pb_buf *out, const char *label, const char *value)
{
    pb_buf_printf(out, "<div><dt>%s</dt><dd>", label);
    pb_add_xml(out, value);
    pb_buf_add_cstr(out, "</dd></div>");
}

static void add_facts(const struct pb_html *h)
{
    const struct pb_journal_run *run = &h->model->run;
    char text[64];
    pb_buf_add_cstr(h->out, "<dl class=\"facts\">");
    snprintf(text, sizeof text, "%zu", run->arm_count);
    add_fact(h->out, "Arms", text);
    snprintf(text, sizeof text, "%zu", run->phase_count);
    add_fact(h->out, "Phases", text);
    snprintf(text, sizeof text, "%u", run->rounds);
    add_fact(h->out, "Rounds", text);
    snprintf(text, sizeof text, "%zu of %zu", cells_with_figures(h->model), h->model->cell_count);
    add_fact(h->out, "Valid cells", text);
    add_fact(h->out, "Platform", run->platform ? run->platform : "unknown");
    char date[11] = "unknown";
    if (run->started_utc) snprintf(date, sizeof date, "%.10s", run->started_utc);
    add_fact(h->out, "Started", date);
    pb_buf_add_cstr(h->out, "</dl>");
}

static void add_problems(const struct pb_html *h)
{
    if (h->model->problem_count == 0) return;
    bool is_cut = h->model->journal->problem_count > 0;
    pb_buf_printf(h->out, "<div class=\"alert\" role=\"note\"><strong>%s</strong><ul>",
                  is_cut ? "This result is not whole." : "Read these figures with care.");
    for (size_t i = 0; i < h->model->problem_count; i++) {
        pb_buf_add_cstr(h->out, "<li>");
        pb_add_xml(h->out, h->model->problems[i]);
        pb_buf_add_cstr(h->out, "</li>");
    }
    pb_buf_add_cstr(h->out, "</ul></div>");
}

static void add_verdict(const struct pb_html *h)
{
    PB_AUTO_BUF struct pb_buf headline = PB_BUF_INIT(1 << 20);
    pb_add_headline(&headline, h->model);
    pb_buf_add_cstr(h->out, "<section class=\"verdict\" aria-labelledby=\"title\"><p "
                            "class=\"eyebrow\">Package manager phases</p><h1 id=\"title\">");
    pb_add_xml(h->out, h->model->run.project ? h->model->run.project : "unknown project");
    if (h->options->title_commit) {
        char commit[8];
        snprintf(commit, sizeof commit, "%.7s", h->options->title_commit);
        pb_buf_add_cstr(h->out, " <code>");
        pb_add_xml(h->out, commit);
        pb_buf_add_cstr(h->out, "</code>");
    }
    pb_buf_add_cstr(h->out, "</h1><p class=\"headline\">");
    pb_add_xml(h->out, headline.p);
    pb_buf_add_cstr(h->out, "</p>");
    add_problems(h);
    add_facts(h);
    pb_buf_add_cstr(h->out, "</section>\n");
}

static void add_phase(const struct pb_html *h, size_t r, size_t p)
{
    const struct pb_report_phase *phase = &h->model->registries[r].phases[p];
    pb_buf_printf(h->out,
                  "<section class=\"phase\" aria-labelledby=\"r%zup%zu\"><h2 "
                  "id=\"r%zup%zu\">",
                  r, p, r, p);
    pb_html_phase_name(h->out, phase->key);
    pb_buf_add_cstr(h->out, "</h2>");
    pb_html_phase_figure(h, phase);
    pb_html_time(h, phase);
    pb_html_resources(h, phase);
    pb_html_work(h, phase);
    pb_html_samples(h, phase);
    pb_buf_add_cstr(h->out, "</section>\n");
}

static void add_contents(const struct pb_html *h)
{
    pb_buf_add_cstr(h->out, "<nav class=\"toc\" aria-label=\"Contents\"><ul>");
    for (size_t r = 0; r < h->model->registry_count; r++) {
        const struct pb_report_registry *registry = &h->model->registries[r];
        for (size_t p = 0; registry->has_results && p < registry->phase_count; p++) {
            pb_buf_printf(h->out, "<li><a href=\"#r%zup%zu\">", r, p);
            if (h->model->registry_count > 1) {
                pb_add_xml(h->out, registry->label);
                pb_buf_add_cstr(h->out, ": ");
            }
            pb_html_phase_name(h->out, registry->phases[p].key);
            pb_buf_add_cstr(h->out, "</a></li>");
        }
    }
    pb_buf_add_cstr(h->out, "<li><a href=\"#missing\">Missing</a></li><li><a href=\"#fairness\">"
                            "Fairness</a></li><li><a href=\"#reproduce\">Reproduce</a></li><li>"
                            "<a href=\"#reading\">How to read</a></li></ul></nav>\n");
}

/* What stands in the figures, in one line; "How to read" says more. */
static void add_key(struct pb_buf *out, bool has_limit)
{
    pb_buf_add_cstr(
        out, "<p class=\"marks\"><a href=\"#reading\">In the figures</a>: "
             "<svg class=\"strip legend\" width=\"12\" height=\"12\" aria-hidden=\"true\"><circle "
             "cx=\"6\" cy=\"6\" r=\"2.6\"/></svg> a sample, "
             "<svg class=\"strip legend\" width=\"12\" height=\"12\" aria-hidden=\"true\"><path "
             "d=\"M6 2 10 10H2z\"/></svg> a disturbed one, "
             "<svg class=\"strip legend\" width=\"20\" height=\"12\" aria-hidden=\"true\"><rect "
             "width=\"20\" height=\"12\" rx=\"2\"/><line class=\"mid\" x1=\"10\" x2=\"10\" "
             "y2=\"12\"/></svg> the median and where it lies");
    if (has_limit)
        pb_buf_add_cstr(out, ", <svg class=\"strip legend\" width=\"8\" height=\"12\" "
                             "aria-hidden=\"true\"><line class=\"limit\" x1=\"4\" x2=\"4\" "
                             "y2=\"12\"/></svg> the limit: what no manager can avoid");
    pb_buf_add_cstr(out, ".</p>\n");
}

static int add_registry(const struct pb_html *h, size_t r, struct pb_err *err)
{
    const struct pb_report_registry *registry = &h->model->registries[r];
    if (h->model->registry_count > 1 || !registry->has_results) {
        pb_buf_add_cstr(h->out, "<p class=\"registry\">Registry <b>");
        pb_add_xml(h->out, registry->label);
        pb_buf_printf(h->out, "</b>%s</p>\n",
                      registry->has_results ? "" : ": no output was captured");
    }
    if (!registry->has_results) return 0;
    pb_html_overview(h, r);
    add_key(h->out, h->model->limit != NULL);
    for (size_t p = 0; p < registry->phase_count; p++) {
        add_phase(h, r, p);
        if (pb_report_drain(h->options, h->out, err) < 0) return -1;
    }
    return 0;
}

static int render(const struct pb_report_model *model, const struct pb_report_options *options,
                  struct pb_buf *out, struct pb_err *err)
{
    struct pb_html h = {.out = out, .model = model, .options = options};
    add_head(&h);
    add_top_bar(&h);
    pb_buf_add_cstr(out, "<main id=\"main\" class=\"wide\" tabindex=\"-1\">\n");
    add_verdict(&h);
    add_contents(&h);
    for (size_t r = 0; r < model->registry_count; r++)
        if (add_registry(&h, r, err) < 0) return -1;
    pb_html_missing(&h);
    pb_html_fairness(&h);
    pb_html_about(&h);
    pb_buf_add_cstr(out, "</main>\n<footer class=\"wide\">Made by phasebench from journal.jsonl; "
                         "every figure can be made again from it.</footer>\n<script>");
    pb_buf_add_str(out, pb_html_js);
    pb_buf_add_cstr(out, "</script>\n</body>\n</html>\n");
    return 0;
}

const struct pb_report_format pb_report_html = {
    .name = "html",
    .extension = "html",
    .help = "one self-contained page with charts",
    .render = render,
};
