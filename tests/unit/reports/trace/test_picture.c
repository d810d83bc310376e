/* SPDX-License-Identifier: MIT */
#include "made_timeline.h"
#include "reports/trace/picture.h"
#include "tests/support/golden.h"

#include <criterion/criterion.h>

static const char requests_text[] =
    "{\"requests\":["
    "{\"kind\":\"tarball\",\"began_ns\":1020000000,\"ended_ns\":1030000000},"
    "{\"kind\":\"metadata\",\"began_ns\":1002000000,\"ended_ns\":1005000000},"
    "{\"kind\":\"metadata\",\"began_ns\":1002000000,\"ended_ns\":0}]}";
static const char spans_text[] =
    "{\"traceEvents\":["
    "{\"ph\":\"X\",\"tid\":11,\"name\":\"<extract>\",\"ts\":1010000,\"dur\":10000},"
    "{\"ph\":\"X\",\"tid\":12,\"name\":\"<extract>\",\"ts\":1015000,\"dur\":10000}]}";

static void draw(struct pb_buf *out)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_trace_timeline t;
    struct pb_json requests, spans_json;
    struct pb_trace_spans spans;
    make_timeline(&t);
    cr_assert_eq(pb_json_parse(&requests, pb_str(requests_text), "requests", &err), 0);
    cr_assert_eq(pb_json_parse(&spans_json, pb_str(spans_text), "spans", &err), 0);
    pb_trace_spans_read(&spans, spans_json.root);
    const struct pb_trace_panel panels[] = {
        {.title = "median <round>", .timeline = &t, .requests = requests.root, .spans = &spans},
        {.title = "worst", .timeline = &t},
    };
    pb_trace_picture("arm & phase", panels, 2, out);
    pb_trace_spans_release(&spans);
    pb_json_free(&spans_json);
    pb_json_free(&requests);
    pb_trace_timeline_release(&t);
}

Test(picture, of_a_small_timeline)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 20);
    draw(&out);
    expect_golden("trace/picture.svg", pb_buf_str(&out));
}

Test(picture, an_empty_timeline_has_a_picture)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 20);
    const struct pb_trace_timeline t = {.header.started_ns = ZERO_NS};
    const struct pb_trace_panel panel = {.title = "only", .timeline = &t};
    pb_trace_picture("nothing", &panel, 1, &out);
    cr_expect_not_null(strstr(out.p, "only"));
    cr_expect_null(strstr(out.p, "nan"));
}

Test(picture, curves_and_runs_are_drawn_by_pixel)
{
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 20);
    struct pb_picture p = {.out = &out, .y = 10, .whole_ns = 100};
    double values[PB_PICTURE_PIXELS] = {[3] = 1, [4] = 2};
    uint8_t colors[PB_PICTURE_PIXELS] = {1, 1, 0, 2, 1};
    pb_picture_area(&p, "a", values, 2, 40);
    cr_expect_str_eq(out.p,
                     "<path class=\"a\" d=\"M140 50.0H143v-20H144v-20H145v40H1020V50.0z\"/>\n");
    pb_buf_clear(&out);
    pb_picture_area(&p, "a", values, 0, 40);
    cr_expect_eq(out.n, 0, "nothing where all is 0");
    pb_picture_runs(&p, colors, 10);
    cr_expect_str_eq(out.p, "<path class=\"c0\" stroke-width=\"10\" d=\"M140 15h2m2 0h1\"/>"
                            "<path class=\"c1\" stroke-width=\"10\" d=\"M143 15h1\"/>\n");
}
