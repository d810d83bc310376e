/* SPDX-License-Identifier: MIT */
#include "gate_journal.h"

#include "base/mem.h"

enum { SAMPLES_MAX = 512 };

void gate_journal_make(struct pb_journal_data *out)
{
    *out = (struct pb_journal_data){.arena = PB_ARENA_INIT,
                                    .run = {.id = "r",
                                            .registries = {"replay"},
                                            .registry_count = 1,
                                            .phases = {"p1_resolve", "p4_warm_link"},
                                            .phase_count = 2,
                                            .arms = {"base", "head", "other"},
                                            .arm_count = 3},
                                    .ended = true};
    out->samples = pb_calloc(SAMPLES_MAX, sizeof *out->samples);
    out->arms = pb_calloc(3, sizeof *out->arms);
    out->arms[0] =
        (struct pb_journal_arm){.name = "base", .manager = "plumb", .baseline_of = "head"};
    out->arms[1] = (struct pb_journal_arm){.name = "head", .manager = "plumb"};
    out->arms[2] = (struct pb_journal_arm){.name = "other", .manager = "bun"};
    out->arm_count = 3;
}

static void add_sample(struct pb_journal_data *out, const char *phase, enum pb_stage stage,
                       const char *arm, int round, double wall_ns)
{
    struct pb_sample *s = PB_ARENA_NEW(&out->arena, struct pb_sample);
    *s = (struct pb_sample){.registry = "replay",
                            .phase = phase,
                            .arm = arm,
                            .stage = stage,
                            .round = round,
                            .tree_digest = "tree",
                            .lock_digest = "lock"};
    pb_metric_set(&s->metrics, PB_M_WALL, (int64_t)wall_ns);
    pb_metric_set(&s->metrics, PB_M_RSS_MAX, 1 << 20);
    pb_metric_set(&s->metrics, PB_M_NET_RX, 100000);
    pb_metric_set(&s->metrics, PB_M_REQUESTS_METADATA, 40);
    pb_metric_set(&s->metrics, PB_M_TREE_PACKAGES, 12);
    out->samples[out->sample_count++] = s;
}

void gate_journal_add(struct pb_journal_data *out, const char *phase, enum pb_stage stage, int n,
                      double change)
{
    static const double noise[] = {0, 0.01, -0.01, 0.005, -0.005};
    for (int round = 1; round <= n; round++) {
        double base = 1e9 * (1 + noise[round % 5]);
        add_sample(out, phase, stage, "base", round, base);
        add_sample(out, phase, stage, "head", round,
                   1e9 * (1 + noise[round * 2 % 5]) * (1 + change));
    }
    add_sample(out, phase, stage, "base", 0, 1e9); /* the warm-up; the order does not matter */
    add_sample(out, phase, stage, "head", 0, 1e9);
}
