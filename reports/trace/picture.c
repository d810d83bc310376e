/* SPDX-License-Identifier: MIT */
#include "reports/trace/picture.h"

#include "harness/probes/time_class.h"
#include "reports/escape.h"
#include "reports/svg.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MARGIN = 20, TOP = 86, TITLE_HEIGHT = 30, PANEL_GAP = 26, AXIS_HEIGHT = 22 };

/* The colours of the page (reports/html/page.css). */
static const char style[] =
    "<style>:root{--p:#fff;--i:#1d2227;--s:#58626c;--g:#ece9e4;--t0:#0067a5;--t1:#e69f00;"
    "--t2:#ad4b00;--t3:#56b4e9;--t4:#eadbe4;--t5:#d9dde0;--t6:#009e73}"
    "@media(prefers-color-scheme:dark){:root{--p:#131619;--i:#e9e7e3;--s:#a3abb3;--g:#262b30;"
    "--t0:#6cb6ec;--t1:#e5b95a;--t2:#d9713a;--t3:#b5dcf7;--t4:#443541;--t5:#343a40;--t6:#2fae8b}}"
    "text{font:12px system-ui,\"Liberation Sans\",Arial,sans-serif;fill:var(--s)}"
    ".h{font-size:20px;font-weight:600;fill:var(--i)}.b{font-size:14px;font-weight:600;"
    "fill:var(--i)}.l{text-anchor:end}path{fill:none}.a0{fill:var(--t0)}"
    ".a3{fill:var(--t3)}.a6{fill:var(--t6)}.grid{stroke:var(--g)}.c0{stroke:var(-"
    "-t0)}"
    ".c1{stroke:var(--t1)}.c2{stroke:var(--t2)}.c3{stroke:var(--t3)}.c4{stroke:var(--t4)}"
    ".c5{stroke:var(--t5)}</style>\n";

double pb_picture_x(const struct pb_picture *p, int64_t time_ns)
{
    return (double)(time_ns - p->zero_ns) * PB_PICTURE_PIXELS / (double)p->whole_ns;
}

void pb_picture_label(const struct pb_picture *p, const char *text, double middle)
{
    char shown[24];
    snprintf(shown, sizeof shown, "%s", text);
    pb_buf_printf(p->out, "<text class=\"l\" x=\"%d\" y=\"%.1f\">", PB_PICTURE_LEFT - 10,
                  middle + 4);
    pb_add_xml(p->out, shown);
    pb_buf_add_cstr(p->out, "</text>");
}

void pb_picture_note(const struct pb_picture *p, const char *text, double middle)
{
    pb_buf_printf(p->out, "<text x=\"%d\" y=\"%.1f\">", PB_PICTURE_LEFT + PB_PICTURE_PIXELS + 10,
                  middle + 4);
    pb_add_xml(p->out, text);
    pb_buf_add_cstr(p->out, "</text>\n");
}

void pb_picture_area(const struct pb_picture *p, const char *css_class, const double *values,
                     double largest, double height)
{
    double at = 0;
    if (!(largest > 0)) return;
    pb_buf_printf(p->out, "<path class=\"%s\" d=\"M%d %.1f", css_class, PB_PICTURE_LEFT,
                  p->y + height);
    for (int i = 0; i < PB_PICTURE_PIXELS; i++) {
        double up = round(10 * height * values[i] / largest) / 10;
        if (up != at) pb_buf_printf(p->out, "H%dv%.4g", PB_PICTURE_LEFT + i, at - up);
        at = up;
    }
    pb_buf_printf(p->out, "H%dV%.1fz\"/>\n", PB_PICTURE_LEFT + PB_PICTURE_PIXELS, p->y + height);
}

void pb_picture_runs(const struct pb_picture *p, const uint8_t *colors, double height)
{
    for (int color = 1; color <= PB_TIME_CLASSES; color++) {
        int at = 0;
        bool any = false;
        for (int i = 0, next; i < PB_PICTURE_PIXELS; i = next) {
            next = i + 1;
            while (next < PB_PICTURE_PIXELS && colors[next] == colors[i])
                next++;
            if (colors[i] != color) continue;
            if (any)
                pb_buf_printf(p->out, "m%d 0h%d", i - at, next - i);
            else
                pb_buf_printf(p->out, "<path class=\"c%d\" stroke-width=\"%.4g\" d=\"M%d %.4gh%d",
                              color - 1, height, PB_PICTURE_LEFT + i, p->y + height / 2, next - i);
            at = next;
            any = true;
        }
        if (any) pb_buf_add_cstr(p->out, "\"/>");
    }
    pb_buf_add_char(p->out, '\n');
}

static void put_legend(struct pb_buf *out)
{
    static const char *const names[PB_TIME_CLASSES] = {
        "on CPU", "run queue", "disk", "network, event loop", "locks, parked", "other"};
    double x = PB_PICTURE_LEFT;
    for (int i = 0; i < PB_TIME_CLASSES; i++) {
        pb_buf_printf(out,
                      "<path class=\"c%d\" stroke-width=\"10\" d=\"M%.0f 62h14\"/><text x=\"%.0f\" "
                      "y=\"66\">%s</text>",
                      i, x, x + 20, names[i]);
        x += 50 + 7.2 * (double)strlen(names[i]);
    }
    pb_buf_add_char(out, '\n');
}

static void put_axis(const struct pb_picture *p, double top)
{
    struct pb_svg_axis axis = pb_svg_axis_for((double)p->whole_ns / 1.05);
    double unit = axis.max >= 1e9 ? 1e9 : 1e6;
    for (int i = 0; i < axis.ticks; i++) {
        double ns = i * axis.step, x = PB_PICTURE_LEFT + ns * PB_PICTURE_PIXELS / axis.max;
        pb_buf_printf(p->out, "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/>", x, top, p->y);
        pb_buf_printf(p->out, "<text x=\"%.1f\" y=\"%.1f\">%.4g %s</text>", x, p->y + 14, ns / unit,
                      unit == 1e9 ? "s" : "ms");
    }
    pb_buf_add_char(p->out, '\n');
}

/* From the first time that the command ran to the last. */
static void find_ends(const struct pb_trace_timeline *timeline, int64_t *begin_ns, int64_t *end_ns)
{
    uint64_t first_ns = UINT64_MAX, last_ns = 0;
    for (size_t i = 0; i < timeline->event_count; i++) {
        const struct pb_timeline_event *e = &timeline->events[i];
        if (e->kind != PB_TIMELINE_RUN) continue;
        if (e->time_ns < first_ns) first_ns = e->time_ns;
        if (e->time_ns + e->duration_ns > last_ns) last_ns = e->time_ns + e->duration_ns;
    }
    *begin_ns = (int64_t)(last_ns ? first_ns : timeline->header.started_ns);
    *end_ns = last_ns ? (int64_t)last_ns : *begin_ns + 1;
}

static void put_panel(struct pb_picture *p, const struct pb_trace_panel *panel)
{
    pb_buf_printf(p->out, "<text class=\"b\" x=\"%d\" y=\"%.1f\">", PB_PICTURE_LEFT, p->y + 14);
    pb_add_xml(p->out, panel->title);
    pb_buf_add_cstr(p->out, "</text>\n");
    p->y += TITLE_HEIGHT;
    double top = p->y;
    PB_AUTO_BUF struct pb_buf rows = PB_BUF_INIT(p->out->max);
    struct pb_picture inner = *p;
    inner.out = &rows;
    pb_picture_usage(&inner, panel->timeline);
    pb_picture_threads(&inner, panel->timeline);
    if (panel->spans) pb_picture_stages(&inner, panel->spans);
    if (panel->requests) pb_picture_requests(&inner, panel->requests);
    pb_picture_disk(&inner, panel->timeline);
    p->y = inner.y;
    put_axis(p, top); /* behind the rows */
    pb_buf_add_str(p->out, pb_buf_str(&rows));
    p->y += AXIS_HEIGHT + PANEL_GAP;
}

void pb_trace_picture(const char *title, const struct pb_trace_panel *panels, size_t n,
                      struct pb_buf *out)
{
    PB_AUTO_BUF struct pb_buf body = PB_BUF_INIT(out->max);
    struct pb_picture p = {.out = &body, .y = TOP, .whole_ns = 1};
    for (size_t i = 0; i < n; i++) {
        int64_t begin_ns, end_ns;
        find_ends(panels[i].timeline, &begin_ns, &end_ns);
        if (end_ns - begin_ns > p.whole_ns) p.whole_ns = end_ns - begin_ns;
    }
    for (size_t i = 0; i < n; i++) {
        int64_t end_ns;
        find_ends(panels[i].timeline, &p.zero_ns, &end_ns);
        put_panel(&p, &panels[i]);
    }
    pb_buf_printf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" "
                  "height=\"%.0f\" role=\"img\">\n<title>",
                  PB_PICTURE_WIDTH, p.y, PB_PICTURE_WIDTH, p.y);
    pb_add_xml(out, title);
    pb_buf_printf(out,
                  "</title>\n%s<rect width=\"100%%\" height=\"100%%\" fill=\"var(--p)\"/>\n"
                  "<text class=\"h\" x=\"%d\" y=\"38\">",
                  style, PB_PICTURE_LEFT);
    pb_add_xml(out, title);
    pb_buf_add_cstr(out, "</text>\n");
    put_legend(out);
    pb_buf_add_str(out, pb_buf_str(&body));
    pb_buf_add_cstr(out, "</svg>\n");
}
