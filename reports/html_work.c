/* SPDX-License-Identifier: MIT */
/* Did the arms do the same work, and under the same policy? What differs is marked by a sign and a
 * border, not by colour alone. */
#include "reports/html.h"

#include "reports/escape.h"
#include "reports/values.h"

#include <stdio.h>
#include <string.h>

static const struct {
    enum pb_metric metric;
    const char *name;
} columns[] = {
    {PB_M_TREE_PACKAGES, "Packages"},
    {PB_M_TREE_FILES, "Files"},
    {PB_M_TREE_DIRS, "Folders"},
    {PB_M_REQUESTS_METADATA, "Metadata requests"},
    {PB_M_REQUESTS_TARBALL, "Tarball requests"},
    {PB_M_REQUESTS_NOT_MODIFIED, "Answers 304"},
};
enum { COLUMNS = sizeof columns / sizeof *columns };

/* Work is compared with the baseline's; without figures of it, with the fastest arm's. */
static const struct pb_cell *reference_of(const struct pb_report_phase *phase)
{
    bool has = phase->baseline && pb_cell_has_figures(phase->baseline);
    return has ? phase->baseline : phase->fastest;
}

static bool differs(const struct pb_cell *cell, const struct pb_cell *reference, enum pb_metric m)
{
    return cell->metric[m].has && reference->metric[m].has &&
           cell->metric[m].median != reference->metric[m].median;
}

static bool tree_differs(const struct pb_cell *cell, const struct pb_cell *reference)
{
    return cell->tree.digest && reference->tree.digest &&
           strcmp(cell->tree.digest, reference->tree.digest) != 0;
}

static void open_cell(struct pb_buf *out, bool is_different)
{
    pb_buf_printf(out, "<td class=\"n%s\">%s", is_different ? " diff" : "",
                  is_different ? "<span class=\"ne\" title=\"not the reference's\">≠</span> " : "");
}

static void add_figure(const struct pb_html *h, const struct pb_cell *cell,
                       const struct pb_cell *reference, enum pb_metric m)
{
    open_cell(h->out, differs(cell, reference, m));
    if (!cell->metric[m].has)
        pb_buf_add_cstr(h->out, "–");
    else
        pb_buf_printf(h->out, "%.0f", cell->metric[m].median);
    if (cell->metric[m].has && cell->metric[m].min != cell->metric[m].max)
        pb_buf_printf(h->out, "<small>%.0f – %.0f</small>", cell->metric[m].min,
                      cell->metric[m].max);
    pb_buf_add_cstr(h->out, "</td>");
}

static void add_digest(const struct pb_html *h, const struct pb_common_digest *d, bool is_different)
{
    open_cell(h->out, is_different);
    if (d->digest) {
        char start[9];
        snprintf(start, sizeof start, "%.8s", d->digest);
        pb_buf_add_cstr(h->out, "<code>");
        pb_add_xml(h->out, start);
        pb_buf_add_cstr(h->out, "</code>");
    } else {
        pb_buf_add_cstr(h->out, "–");
    }
    if (d->varies) pb_buf_add_cstr(h->out, "<small>varies by round</small>");
    pb_buf_add_cstr(h->out, "</td>");
}

static void add_work_row(const struct pb_html *h, const struct pb_cell *cell,
                         const struct pb_cell *reference)
{
    pb_buf_add_cstr(h->out, "<tr");
    pb_html_arm_key(h->out, cell->arm);
    pb_buf_add_cstr(h->out, "><th scope=\"row\">");
    pb_add_xml(h->out, cell->arm);
    if (cell == reference) pb_buf_add_cstr(h->out, " <span class=\"tag\">reference</span>");
    pb_buf_add_cstr(h->out, "</th>");
    add_digest(h, &cell->tree, tree_differs(cell, reference));
    for (size_t c = 0; c < COLUMNS; c++)
        add_figure(h, cell, reference, columns[c].metric);
    add_digest(h, &cell->lock, false);
    pb_buf_add_cstr(h->out, "</tr>");
}

static void add_work_summary(const struct pb_html *h, const struct pb_report_phase *phase,
                             const struct pb_cell *reference)
{
    size_t same = 0, known = 0;
    for (size_t i = 0; i < phase->cell_count; i++) {
        const struct pb_cell *cell = phase->cells[i];
        if (!pb_cell_has_figures(cell) || !cell->tree.digest) continue;
        known++;
        same += !cell->tree.varies && !tree_differs(cell, reference);
    }
    pb_buf_add_cstr(h->out, "<details class=\"more\"><summary>Same work?");
    if (known)
        pb_buf_printf(h->out, " <span class=\"aside\">%zu of %zu trees equal</span>", same, known);
    else
        pb_buf_add_cstr(h->out, " <span class=\"aside\">no tree was taken</span>");
    pb_buf_add_cstr(h->out, "</summary>");
    if (!phase->work_remark) return;
    pb_buf_add_cstr(h->out, "<p>");
    pb_add_xml(h->out, phase->work_remark);
    pb_buf_add_cstr(h->out, "</p>");
}

void pb_html_work(const struct pb_html *h, const struct pb_report_phase *phase)
{
    const struct pb_cell *reference = reference_of(phase);
    if (!reference) return;
    add_work_summary(h, phase, reference);
    pb_buf_add_cstr(h->out,
                    "<div class=\"scroll\" role=\"group\" aria-label=\"Work of each arm\" "
                    "tabindex=\"0\"><table class=\"grid sortable\"><caption>What was left "
                    "behind and asked for; ≠ is not as the reference</caption><thead><tr>"
                    "<th scope=\"col\" data-sort>PM</th><th scope=\"col\" data-sort>Tree</th>");
    for (size_t c = 0; c < COLUMNS; c++)
        pb_buf_printf(h->out, "<th scope=\"col\" data-sort>%s</th>", columns[c].name);
    pb_buf_add_cstr(h->out, "<th scope=\"col\">Lockfile</th></tr></thead><tbody>");
    for (size_t i = 0; i < phase->cell_count; i++)
        if (pb_cell_has_figures(phase->ranked[i])) add_work_row(h, phase->ranked[i], reference);
    pb_buf_add_cstr(h->out, "</tbody></table></div></details>");
}

enum { MOST_KEYS = 64 };

static const char *policy_value(const struct pb_journal_arm *arm, const char *key)
{
    for (size_t i = 0; i < arm->policy_count; i++)
        if (strcmp(arm->policy[i].key, key) == 0) return arm->policy[i].value;
    return NULL;
}

/* Keys of all arms, in order of appearance. */
static size_t policy_keys(const struct pb_journal_data *journal, const char *keys[MOST_KEYS])
{
    size_t n = 0;
    for (size_t a = 0; a < journal->arm_count; a++)
        for (size_t i = 0; i < journal->arms[a].policy_count; i++) {
            size_t k = 0;
            while (k < n && strcmp(keys[k], journal->arms[a].policy[i].key) != 0)
                k++;
            if (k == n && n < MOST_KEYS) keys[n++] = journal->arms[a].policy[i].key;
        }
    return n;
}

/* What most arms have for a key. */
static const char *usual_value(const struct pb_journal_data *journal, const char *key)
{
    const char *usual = NULL;
    size_t most = 0;
    for (size_t a = 0; a < journal->arm_count; a++) {
        const char *value = policy_value(&journal->arms[a], key);
        size_t n = 0;
        for (size_t b = 0; value && b < journal->arm_count; b++) {
            const char *other = policy_value(&journal->arms[b], key);
            n += other && strcmp(value, other) == 0;
        }
        if (n > most) {
            most = n;
            usual = value;
        }
    }
    return usual;
}

static void add_policy_row(const struct pb_html *h, const struct pb_journal_arm *arm,
                           const char *const *keys, const char *const *usual, size_t n)
{
    pb_buf_add_cstr(h->out, "<tr");
    pb_html_arm_key(h->out, arm->name);
    pb_buf_add_cstr(h->out, "><th scope=\"row\">");
    pb_add_xml(h->out, arm->name);
    pb_buf_add_cstr(h->out, "</th>");
    for (size_t k = 0; k < n; k++) {
        const char *value = policy_value(arm, keys[k]);
        bool other = value && usual[k] && strcmp(value, usual[k]) != 0;
        pb_buf_printf(h->out, "<td%s>%s", other ? " class=\"diff\"" : "",
                      other ? "<span class=\"ne\" title=\"not as most arms\">≠</span> " : "");
        pb_add_xml(h->out, value ? value : "–");
        pb_buf_add_cstr(h->out, "</td>");
    }
    pb_buf_add_cstr(h->out, "</tr>");
}

void pb_html_fairness(const struct pb_html *h)
{
    const struct pb_journal_data *journal = h->model->journal;
    const char *keys[MOST_KEYS], *usual[MOST_KEYS];
    size_t n = policy_keys(journal, keys);
    pb_buf_add_cstr(h->out, "<section aria-labelledby=\"fairness\"><h2 id=\"fairness\">Fairness"
                            "</h2>");
    if (n == 0) {
        pb_buf_add_cstr(h->out, "<p>The journal names no policy.</p></section>\n");
        return;
    }
    pb_buf_add_cstr(h->out, "<div class=\"scroll\" role=\"group\" aria-labelledby=\"fairness\" "
                            "tabindex=\"0\"><table class=\"grid left\"><caption>What was switched "
                            "on or off for each arm; ≠ is not as most arms</caption><thead><tr><th "
                            "scope=\"col\">PM</th>");
    for (size_t k = 0; k < n; k++) {
        usual[k] = usual_value(journal, keys[k]);
        pb_buf_add_cstr(h->out, "<th scope=\"col\">");
        pb_add_xml(h->out, keys[k]);
        pb_buf_add_cstr(h->out, "</th>");
    }
    pb_buf_add_cstr(h->out, "</tr></thead><tbody>");
    for (size_t a = 0; a < journal->arm_count; a++)
        if (journal->arms[a].policy_count) add_policy_row(h, &journal->arms[a], keys, usual, n);
    pb_buf_add_cstr(h->out, "</tbody></table></div></section>\n");
}
