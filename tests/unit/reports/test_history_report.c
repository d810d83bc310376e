/* SPDX-License-Identifier: MIT */
#include "reports/history_report.h"

#include "sample_journal.h"
#include "tests/support/golden.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { RUNS = 40, SERIES = 3 };

struct made {
    struct pb_arena arena;
    struct pb_history_result result;
    struct pb_trend trends[SERIES];
};

/* Small steps back and forth: noise without a generator. */
static double wobble(int i)
{
    return 0.01 * ((i * 7 % 11) - 5) / 5;
}

static double value_of(int series, int i)
{
    if (series == 0) return (i < 15 ? 0.1 : i < 28 ? 0.22 : 0.05) + wobble(i);
    return wobble(i);
}

/* A series with two changes, a quiet one with a hole at its end, and one of two runs. */
static struct made make(void)
{
    static const char *const phases[SERIES] = {"p0_full_cold", "p3_cold_install", "p5_repeat"};
    struct made m = {.arena = PB_ARENA_INIT};
    m.result.items = PB_ARENA_ARRAY(&m.arena, struct pb_history_series, SERIES);
    m.result.n = SERIES;
    for (int s = 0; s < SERIES; s++) {
        struct pb_history_series *series = &m.result.items[s];
        series->n = s == 2 ? 2 : RUNS;
        series->key = (struct pb_history_key){"ant-design", "linux-x64", "replay", phases[s],
                                              "utoo<next>", "utoo",      "wall_ns"};
        series->entries = PB_ARENA_ARRAY(&m.arena, struct pb_history_entry, series->n);
        for (int i = 0; i < (int)series->n; i++) {
            struct pb_history_run *run = PB_ARENA_NEW(&m.arena, struct pb_history_run);
            run->id = pb_arena_printf(&m.arena, "run-%d", i);
            run->started_utc =
                pb_arena_printf(&m.arena, "2026-%02d-%02dT12:00:00Z", 1 + i / 28, 1 + i % 28);
            run->commit = i % 9 == 4 ? NULL : pb_arena_printf(&m.arena, "%08x", 0x1000 + i);
            run->label = "night, \"4\"";
            struct pb_history_point *p = &series->entries[i].point;
            series->entries[i].run = run;
            *p = (struct pb_history_point){.key = series->key,
                                           .has = true,
                                           .log_ratio = value_of(s, i),
                                           .has_interval = i % 2 == 0,
                                           .low = value_of(s, i) - 0.02,
                                           .high = value_of(s, i) + 0.02,
                                           .level = 0.9375,
                                           .pairs = 5,
                                           .median = 2e9,
                                           .least = NAN};
        }
    }
    struct pb_history_point *hole = &m.result.items[1].entries[RUNS - 1].point;
    hole->has = hole->has_interval = false;
    hole->reason = "exit code 1: <no> lock";
    for (int s = 0; s < SERIES; s++)
        pb_trend_make(&m.result.items[s], &m.arena, &m.trends[s]);
    return m;
}

Test(history_report, finds_the_planted_changes)
{
    struct made m = make();
    cr_assert_eq(m.trends[0].change_count, 2);
    cr_expect_eq(m.trends[0].changes[0].at, 15);
    cr_expect_eq(m.trends[0].changes[1].at, 28);
    cr_expect_eq(m.trends[1].change_count, 0);
    cr_expect_eq(m.trends[1].n, RUNS - 1, "a hole is no value");
    pb_arena_release(&m.arena);
}

Test(history_report, is_as_the_goldens)
{
    struct made m = make();
    for (int i = 0; i < 6; i++) {
        static const char *const names[] = {"history/table.txt",      "history/plot.txt",
                                            "history/plot_ascii.txt", "history/plot.svg",
                                            "history/points.csv",     "history/points.json"};
        PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 20);
        const struct pb_plot_options terminal = {.width = 72, .ascii = i == 2};
        if (i == 0) pb_history_table(&out, m.trends, SERIES);
        if (i == 1 || i == 2) pb_history_plot_text(&out, m.trends, SERIES, &terminal);
        if (i == 3)
            pb_history_plot_svg(&out, m.trends, SERIES, &(struct pb_plot_options){.width = 800});
        if (i == 4) pb_history_csv(&out, &m.result);
        if (i == 5) pb_history_json(&out, &m.result, &m.arena);
        expect_golden(names[i], pb_buf_str(&out));
    }
    pb_arena_release(&m.arena);
}

Test(history_report, plots_keep_to_their_width)
{
    struct made m = make();
    static const unsigned widths[] = {0, 20, 33, 120, 5000};
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 20);
        unsigned most = widths[w] < 20 ? 20 : widths[w];
        pb_history_plot_text(&out, m.trends, 1, &(struct pb_plot_options){.width = widths[w]});
        struct pb_str rest = pb_buf_str(&out), line;
        pb_str_split(&rest, '\n', &line); /* the title */
        while (pb_str_split(&rest, '\n', &line)) {
            unsigned columns = 0;
            for (size_t i = 0; i < line.n; i++)
                columns += ((unsigned char)line.p[i] & 0xC0) != 0x80;
            bool prose = line.n && line.p[0] == ' ' && line.p[1] == ' ' && line.p[2] == '2';
            cr_expect(prose || columns <= most, "width %u: " PB_FMT, widths[w], PB_ARG(line));
        }
    }
    pb_arena_release(&m.arena);
}

Test(history_report, points_come_from_a_run)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    struct pb_history_points points;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    size_t walls = 0;
    make_gate_journal(&journal);
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0);
    cr_assert_eq(pb_report_model_compare(&model, "utoo", &err), 0);
    cr_assert_eq(pb_history_points_of(&model, &arena, &points, &err), 0, "%s", err.msg);
    for (size_t i = 0; i < points.n; i++) {
        const struct pb_history_point *p = &points.items[i];
        cr_expect_str_neq(p->key.arm, "utoo", "the reference has no ratio to itself");
        cr_expect_str_eq(p->key.reference, "utoo");
        if (strcmp(p->key.metric, "wall_ns") != 0) continue;
        walls++;
        if (strcmp(p->key.arm, "utoo-next") == 0 && strcmp(p->key.phase, "p1_resolve") == 0)
            cr_expect_float_eq(p->log_ratio, log(1.1), 0.005);
    }
    cr_expect_eq(walls, 4, "two arms in two phases");
    pb_report_model_release(&model);
    pb_journal_data_release(&journal);
    pb_arena_release(&arena);
}

/* A cell without figures leaves one point that says why. */
Test(history_report, what_failed_is_kept_with_its_reason)
{
    struct pb_journal_data journal;
    struct pb_report_model model;
    struct pb_history_points points;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_err err = PB_ERR_INIT;
    size_t failed = 0;
    make_sample_journal(&journal);
    journal.run.id = "run";
    journal.run.started_utc = "2026-01-01T00:00:00Z";
    cr_assert_eq(pb_report_model_make(&journal, &model, &err), 0);
    cr_assert_eq(pb_report_model_compare(&model, "utoo", &err), 0);
    cr_assert_eq(pb_history_points_of(&model, &arena, &points, &err), 0, "%s", err.msg);
    for (size_t i = 0; i < points.n; i++) {
        const struct pb_history_point *p = &points.items[i];
        cr_expect(p->has || p->reason, "%s %s", p->key.phase, p->key.arm);
        if (strcmp(p->key.registry, "replay") == 0 && strcmp(p->key.arm, "yarn") == 0) failed++;
    }
    cr_expect_eq(failed, 2, "one for each phase");
    pb_report_model_release(&model);
    pb_journal_data_release(&journal);
    pb_arena_release(&arena);
}
