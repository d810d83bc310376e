/* SPDX-License-Identifier: MIT */
#include "harness/doctor/noise.h"

#include "base/json.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { ROUNDS = 6 };

/* Two arms, one phase that was measured and one that was not. */
struct made {
    struct pb_journal_data data;
    struct pb_journal_arm arms[2];
    struct pb_sample samples[2 * (ROUNDS + 1)];
    struct pb_sample *list[2 * (ROUNDS + 1)];
    struct pb_journal_seed seed;
};

/* Wall times of the second arm in permille of the first one's. */
static void make(struct made *m, const int permille[ROUNDS])
{
    *m = (struct made){.arms = {{.name = "first", .manager = "fake", .version = "1.2.3"},
                                {.name = "second", .manager = "fake"}},
                       .seed = {"replay", "p4", "first", PB_OUTCOME_SEED_FAILED, "no store"}};
    m->data = (struct pb_journal_data){.run = {.registries = {"replay"},
                                               .phases = {"p1", "p4"},
                                               .arms = {"first", "second"},
                                               .registry_count = 1,
                                               .phase_count = 2,
                                               .arm_count = 2},
                                       .arms = m->arms,
                                       .arm_count = 2,
                                       .seeds = &m->seed,
                                       .seed_count = 1,
                                       .samples = m->list};
    for (int round = 0; round <= ROUNDS; round++)
        for (int arm = 0; arm < 2; arm++) {
            size_t i = m->data.sample_count++;
            m->samples[i] = (struct pb_sample){
                .registry = "replay", .phase = "p1", .arm = m->arms[arm].name, .round = round};
            /* The warm-up must not count. */
            int part = arm == 0 ? 1000 : round == 0 ? 9000 : permille[round - 1];
            pb_metric_set(&m->samples[i].metrics, PB_M_WALL, 1000 * (int64_t)part);
            m->list[i] = &m->samples[i];
        }
}

static const struct {
    int permille[ROUNDS];
    double noise, change; /* percent */
    bool found;
} rows[] = {
    {{1000, 1000, 1000, 1000, 1000, 1000}, 0, 0, false},
    {{1020, 980, 1020, 980, 1020, 980}, 2, 0, false},
    {{1050, 1051, 1049, 1050, 1052, 1048}, 5, 5, true},
    {{1100, 990, 1100, 1100, 990, 1100}, 10, 4.4, false},
    {{950, 951, 949, 950, 952, 948}, 5.3, -5, false},
};

Test(noise, of_pairs)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct made m;
        struct pb_arena arena = PB_ARENA_INIT;
        struct pb_noise_cell *cells;
        make(&m, rows[i].permille);
        cr_assert_eq(pb_noise_of(&arena, &m.data, &cells), 2);
        cr_expect_null(cells[0].missing);
        cr_expect_eq(cells[0].paired.n, ROUNDS);
        cr_expect(fabs(100 * pb_relative_change(cells[0].noise) - rows[i].noise) < 0.3,
                  "row %zu: %f", i, 100 * pb_relative_change(cells[0].noise));
        cr_expect(fabs(100 * pb_relative_change(cells[0].paired.estimate) - rows[i].change) < 0.6,
                  "row %zu: %f", i, 100 * pb_relative_change(cells[0].paired.estimate));
        cr_expect_eq(pb_noise_found(&cells[0]), rows[i].found, "row %zu", i);
        cr_expect_str_eq(cells[1].missing, "no store");
        cr_expect_not(pb_noise_found(&cells[1]));
        pb_arena_release(&arena);
    }
}

Test(noise, json_has_what_a_gate_reads)
{
    struct made m;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_noise_cell *cells;
    struct pb_json doc;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1 << 16);
    make(&m, rows[2].permille);
    size_t n = pb_noise_of(&arena, &m.data, &cells);
    pb_noise_print_json(&m.data, cells, n, &text);
    cr_assert_eq(pb_json_parse(&doc, pb_buf_str(&text), "aa.json", NULL), 0, "%s", text.p);
    cr_expect_str_eq(pb_json_cstr(doc.root, "schema"), "phasebench-aa/1");
    cr_expect_str_eq(pb_json_cstr(doc.root, "version"), "1.2.3");
    const cJSON *list = pb_json_get(doc.root, "cells");
    cr_assert_eq(cJSON_GetArraySize(list), 1); /* the phase without figures is left out */
    const cJSON *cell = cJSON_GetArrayItem(list, 0);
    cr_expect_str_eq(pb_json_cstr(cell, "phase"), "p1");
    cr_expect_str_eq(pb_json_cstr(cell, "metric"), "wall_ns");
    cr_expect(fabs(pb_json_num(cell, "change", 0) - 0.05) < 0.001);
    cr_expect(pb_json_num(cell, "low", 0) > 0.04 && pb_json_num(cell, "high", 0) < 0.06);
    pb_json_free(&doc);
    pb_arena_release(&arena);
}

Test(noise, one_arm_says_nothing)
{
    struct made m;
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_noise_cell *cells;
    make(&m, rows[0].permille);
    m.data.run.arm_count = 1;
    cr_expect_eq(pb_noise_of(&arena, &m.data, &cells), 0);
    pb_arena_release(&arena);
}
