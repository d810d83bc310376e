/* SPDX-License-Identifier: MIT */
#include "reports/trace/flame.h"

#include "reports/escape.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 1200, ROW = 18, TOP = 44, BOTTOM = 46, MARGIN = 10, LETTER = 7 };

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

/* What a frame is, by the marks of folded stacks; each kind has its hues, readable below black. */
static const struct kind {
    const char *mark, *label;
    unsigned hue, hues, saturation; /* from `hue` on, in degrees; of one hue: grey */
} kinds[] = {{"_[k]", "kernel", 200, 24, 55},
             {"_[j]", "made at run time", 110, 30, 45},
             {"]", "without a name, or no function", 0, 1, 0},
             {"", "function, thread or process", 20, 36, 60}};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const struct kind *kind_of(const char *name)
{
    const struct kind *kind = kinds;
    while (!pb_str_ends(pb_str(name), kind->mark) || (kind->hues == 1 && name[0] != '['))
        kind++;
    return kind;
}

/* The name without the mark of its kind, which the colour shows. */
static struct pb_str shown_name(const char *name)
{
    struct pb_str whole = pb_str(name);
    bool is_marked = kind_of(name) - kinds < 2;
    return is_marked ? pb_strn(whole.p, whole.n - strlen(kinds[0].mark)) : whole;
}

/* The same name has the same colour in every graph. */
static void put_color(struct pb_buf *out, const char *name)
{
    const struct kind *kind = kind_of(name);
    uint64_t hash = pb_str_hash(pb_str(name));
    unsigned saturation = kind->saturation ? kind->saturation + (unsigned)(hash / 64 % 30) : 0;
    pb_buf_printf(out, "hsl(%u,%u%%,%u%%)", kind->hue + (unsigned)(hash % kind->hues), saturation,
                  (unsigned)(kind->hues == 1 ? 82 : 62 + hash / 4096 % 12));
}

static void put_legend(struct pb_buf *out, int y)
{
    int x = MARGIN;
    for (int i = KINDS - 1; i >= 0; i--) {
        pb_buf_printf(out, "<rect x=\"%d\" y=\"%d\" width=\"12\" height=\"12\" ", x, y - 10);
        pb_buf_printf(out, "fill=\"hsl(%u,%u%%,%u%%)\"/>", kinds[i].hue + kinds[i].hues / 2,
                      kinds[i].saturation ? kinds[i].saturation + 15 : 0,
                      kinds[i].hues == 1 ? 82u : 68u);
        pb_buf_printf(out, "<text x=\"%d\" y=\"%d\">%s</text>\n", x + 17, y, kinds[i].label);
        x += 40 + LETTER * (int)strlen(kinds[i].label);
    }
}

/* As much of the name as fits. */
static void put_label(struct pb_buf *out, struct pb_str name, double x, double y, double width)
{
    size_t fits = width > 2 * LETTER ? (size_t)(width / LETTER) - 1 : 0;
    char shown[WIDTH / LETTER + 1];
    if (fits < 3) return;
    pb_buf_printf(out, "<text x=\"%.2f\" y=\"%.0f\">", x + 3, y + ROW - 5);
    snprintf(shown, sizeof shown, "%.*s", (int)(name.n <= fits ? name.n : fits - 1), name.p);
    pb_add_xml(out, shown);
    pb_buf_add_cstr(out, name.n <= fits ? "</text>" : "\u2026</text>");
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
    put_label(d->out, shown_name(node->name), x, y, width);
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

static void put_head(const struct drawing *d, const char *title, const char *note, int height)
{
    pb_buf_printf(d->out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
                  "height=\"%d\" font-family=\"monospace\" font-size=\"11\">\n"
                  "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
                  "<text x=\"%d\" y=\"20\" font-size=\"14\">",
                  WIDTH, height, WIDTH, height, MARGIN);
    pb_add_xml(d->out, title);
    pb_buf_printf(d->out, "</text>\n<text x=\"%d\" y=\"36\">%.3f s in all threads together%s",
                  MARGIN, (double)d->whole_ns / 1e9, note ? "; " : "");
    if (note) pb_add_xml(d->out, note);
    pb_buf_add_cstr(d->out, "</text>\n");
}

void pb_flame_svg(const struct pb_flame *flame, const char *title, const char *note,
                  struct pb_buf *out)
{
    struct drawing d = {.out = out, .whole_ns = flame->root.total_ns};
    int rows = d.whole_ns > 0 ? depth_of(&d, &flame->root) : 0;
    int height = TOP + rows * ROW + BOTTOM;
    put_head(&d, title, note, height);
    if (d.whole_ns > 0) put_children(&d, &flame->root, 0, 1);
    put_legend(out, height - 26);
    if (d.left_out)
        pb_buf_printf(out,
                      "<text x=\"%d\" y=\"%d\">%zu frames of less than a thousandth are not "
                      "drawn.</text>\n",
                      MARGIN, height - 8, d.left_out);
    pb_buf_add_cstr(out, "</svg>\n");
}
