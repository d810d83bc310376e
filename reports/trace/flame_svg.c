/* SPDX-License-Identifier: MIT */
#include "reports/trace/flame.h"

#include "reports/escape.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 1200, ROW = 18, TOP = 44, MARGIN = 10, LETTER = 7 };

struct drawing {
    struct pb_buf *out;
    int64_t whole_ns;
    size_t left_out;
};

static double x_of(const struct drawing *d, int64_t ns)
{
    return MARGIN + (double)(WIDTH - 2 * MARGIN) * (double)ns / (double)d->whole_ns;
}

static bool is_visible(const struct drawing *d, const struct pb_flame_node *node)
{
    return node->total_ns >= d->whole_ns / 1000;
}

static int depth_of(const struct drawing *d, const struct pb_flame_node *node)
{
    int deepest = 0;
    for (const struct pb_flame_node *c = node->child; c; c = c->next) {
        int depth = is_visible(d, c) ? 1 + depth_of(d, c) : 0;
        if (depth > deepest) deepest = depth;
    }
    return deepest;
}

/* The same name has the same colour in every graph. From yellow to red, readable below black. */
static void put_color(struct pb_buf *out, const char *name)
{
    uint64_t hash = pb_str_hash(pb_str(name));
    pb_buf_printf(out, "hsl(%u,%u%%,%u%%)", (unsigned)(20 + hash % 36),
                  (unsigned)(60 + hash / 64 % 30), (unsigned)(62 + hash / 4096 % 12));
}

/* As much of the name as fits. */
static void put_label(struct pb_buf *out, const char *name, double x, double y, double width)
{
    size_t fits = width > 2 * LETTER ? (size_t)(width / LETTER) - 1 : 0, n = strlen(name);
    if (fits < 3) return;
    pb_buf_printf(out, "<text x=\"%.2f\" y=\"%.0f\">", x + 3, y + ROW - 5);
    char shown[64];
    snprintf(shown, sizeof shown, "%.*s", (int)(n <= fits ? n : fits - 1), name);
    pb_add_xml(out, shown);
    pb_buf_add_cstr(out, n <= fits ? "</text>" : "\u2026</text>");
}

static void put_node(struct drawing *d, const struct pb_flame_node *node, int64_t begin_ns,
                     int depth)
{
    double x = x_of(d, begin_ns), width = x_of(d, begin_ns + node->total_ns) - x;
    double y = TOP + (double)(depth - 1) * ROW;
    pb_buf_printf(d->out, "<g><rect x=\"%.2f\" y=\"%.0f\" width=\"%.2f\" height=\"%d\" fill=\"", x,
                  y, width, ROW - 1);
    put_color(d->out, node->name);
    pb_buf_add_cstr(d->out, "\"/><title>");
    pb_add_xml(d->out, node->name);
    pb_buf_printf(d->out, ": %.3f ms, %.1f %%</title>", (double)node->total_ns / 1e6,
                  100.0 * (double)node->total_ns / (double)d->whole_ns);
    put_label(d->out, node->name, x, y, width);
    pb_buf_add_cstr(d->out, "</g>\n");
}

static void put_children(struct drawing *d, const struct pb_flame_node *node, int64_t begin_ns,
                         int depth)
{
    for (const struct pb_flame_node *c = node->child; c; c = c->next) {
        if (is_visible(d, c)) {
            put_node(d, c, begin_ns, depth);
            put_children(d, c, begin_ns, depth + 1);
        } else {
            d->left_out++;
        }
        begin_ns += c->total_ns;
    }
}

void pb_flame_svg(const struct pb_flame *flame, const char *title, struct pb_buf *out)
{
    struct drawing d = {.out = out, .whole_ns = flame->root.total_ns};
    int rows = d.whole_ns > 0 ? depth_of(&d, &flame->root) : 0;
    int height = TOP + rows * ROW + 24;
    pb_buf_printf(out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
                  "height=\"%d\" font-family=\"monospace\" font-size=\"11\">\n"
                  "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
                  "<text x=\"%d\" y=\"20\" font-size=\"14\">",
                  WIDTH, height, WIDTH, height, MARGIN);
    pb_add_xml(out, title);
    pb_buf_printf(out, "</text>\n<text x=\"%d\" y=\"36\">%.3f s in all threads together</text>\n",
                  MARGIN, (double)d.whole_ns / 1e9);
    if (d.whole_ns > 0) put_children(&d, &flame->root, 0, 1);
    pb_buf_printf(out, "<text x=\"%d\" y=\"%d\">", MARGIN, height - 8);
    if (d.left_out)
        pb_buf_printf(out, "%zu frames of less than a thousandth are not drawn.", d.left_out);
    pb_buf_add_cstr(out, "</text>\n</svg>\n");
}
