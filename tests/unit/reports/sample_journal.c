/* SPDX-License-Identifier: MIT */
#include "sample_journal.h"

#include "base/mem.h"

#include <stdlib.h>

static const struct pb_journal_run run = {
    .id = "run-1",
    .title = "phasebench",
    .project = "ant|design",
    .platform = "linux-x64",
    .host_os = "Debian 12",
    .registries = {"replay", "registry.example"},
    .registry_count = 2,
    .phases = {"p0_full_cold", "p4_warm_link"},
    .phase_count = 2,
    .arms = {"utoo", "plumb", "bun", "utoo-next", "yarn", "pnpm"},
    .arm_count = 6,
    .cpus = 2,
    .rounds = 3,
};

static void add_sample(struct pb_journal_data *out, const char *phase, const char *arm, int round,
                       double factor)
{
    static const struct {
        enum pb_metric metric;
        double value;
    } base[] = {
        {PB_M_WALL, 2.5e9},
        {PB_M_USER, 1.25e9},
        {PB_M_SYS, 0.5e9},
        {PB_M_RSS_MAX, 618659840},
        {PB_M_FAULTS_MINOR, 291100},
        {PB_M_CTX_VOLUNTARY, 19600},
        {PB_M_CTX_INVOLUNTARY, 179},
        {PB_M_NET_RX, 1277752770},
        {PB_M_NET_TX, 7340032},
        {PB_M_CACHE, 1975684956},
        {PB_M_NODE_MODULES, 1857557340},
    };
    struct pb_sample *s = PB_ARENA_NEW(&out->arena, struct pb_sample);
    *s = (struct pb_sample){.registry = "replay", .phase = phase, .arm = arm, .round = round};
    for (size_t i = 0; i < sizeof base / sizeof *base; i++)
        pb_metric_set(&s->metrics, base[i].metric, (int64_t)(base[i].value * factor));
    pb_metric_missing(&s->metrics, PB_M_LOCK, "not looked at");
    out->samples[out->sample_count++] = s;
}

static struct pb_sample *last(struct pb_journal_data *out)
{
    return out->samples[out->sample_count - 1];
}

void make_sample_journal(struct pb_journal_data *out)
{
    static const char *const fine[] = {"utoo", "plumb", "bun", "utoo-next"};
    *out = (struct pb_journal_data){.arena = PB_ARENA_INIT, .run = run, .ended = true};
    out->samples = pb_calloc(64, sizeof *out->samples);
    out->seeds = pb_calloc(4, sizeof *out->seeds);
    out->arms = pb_calloc(2, sizeof *out->arms);
    out->arms[out->arm_count++] = (struct pb_journal_arm){.name = "plumb", .version = "0.1.0"};
    out->arms[out->arm_count++] = (struct pb_journal_arm){.name = "bun", .version = "1.4.5"};
    for (size_t p = 0; p < run.phase_count; p++)
        for (size_t a = 0; a < sizeof fine / sizeof *fine; a++)
            for (int round = 0; round <= 3; round++)
                add_sample(out, run.phases[p], fine[a], round,
                           (1.0 + (double)a) * (round == 0 ? 50 : 1 + 0.1 * round));
    add_sample(out, "p0_full_cold", "plumb", 1, 1000); /* traced: must not count */
    last(out)->traced = true;
    out->samples[26]->outcome = PB_OUTCOME_INVALID; /* bun, p4, round 2 */
    out->samples[26]->reason = "no_tarball_fetched: 3 tarballs <b>|were|</b> fetched by @someone";
    add_sample(out, "p0_full_cold", "yarn", 0, 1);
    last(out)->outcome = PB_OUTCOME_FAILED;
    last(out)->reason = "exit code 1:\nno such `thing`";
    out->seeds[out->seed_count++] = (struct pb_journal_seed){
        "replay", "p4_warm_link", "yarn", PB_OUTCOME_SEED_FAILED, "no yarn.lock after 3 attempts"};
    for (size_t p = 0; p < run.phase_count; p++)
        out->seeds[out->seed_count++] = (struct pb_journal_seed){
            "replay", run.phases[p], "pnpm", PB_OUTCOME_UNSUPPORTED, "pnpm cannot do this"};
}

static const struct pb_journal_run gate_run = {
    .id = "run-2",
    .title = "phasebench",
    .project = "ant-design",
    .snapshot = "ant-design-1",
    .snapshot_digest = "sha256:00ff",
    .started_utc = "2026-01-31T12:00:00Z",
    .version = "0.1.0",
    .host_os = "Debian 12",
    .kernel = "6.1.0",
    .cpu = "Example CPU",
    .filesystem = "ext4",
    .command_line = "phasebench run ant-design --arms 'utoo,utoo-next' --baseline utoo",
    .order_seed = "1",
    .platform = "linux-x64",
    .registries = {"replay"},
    .registry_count = 1,
    .phases = {"p1_resolve", "p4_warm_link"},
    .phase_count = 2,
    .arms = {"limit", "utoo", "utoo-next"},
    .arm_count = 3,
    .cpus = 4,
    .rounds = 10,
    .memory_bytes = 8LL << 30,
    .probe_level = "base",
    .policy_hash = "beef",
    .isolation = {{"network", "private: attempts to reach other hosts are counted"},
                  {"link", "50 ms, 200 Mbit/s: packets delayed between two namespaces"}},
    .isolation_count = 2,
};

/* Permille of the baseline's time, by round. */
static const int gate_noise[][10] = {
    {400, 403, 398, 401, 400, 399, 402, 404, 397, 400},
    {1000, 1012, 991, 1004, 997, 1020, 989, 1003, 1001, 1007},
    {1103, 1110, 1093, 1102, 1099, 1119, 1090, 1101, 1098, 1112},
    {1001, 1010, 992, 1006, 996, 1018, 990, 1004, 1000, 1008},
};

/* One traced sample of each level, of utoo-next a second one that failed. */
static void add_traced(struct pb_journal_data *out, const char *arm, const char *level,
                       const char *detail, enum pb_outcome outcome)
{
    struct pb_sample *s = PB_ARENA_NEW(&out->arena, struct pb_sample);
    *s = (struct pb_sample){.registry = "replay",
                            .phase = gate_run.phases[0],
                            .arm = arm,
                            .traced = true,
                            .outcome = outcome,
                            .trace = level,
                            .detail_json = detail};
    pb_metric_set(&s->metrics, PB_M_CPU, 1500000000);
    out->samples[out->sample_count++] = s;
}

static void add_all_traced(struct pb_journal_data *out)
{
    static const char wall[] =
        "{\"file\":\"trace/t\",\"wall\":{\"cpu_ns\":1200000000,"
        "\"run_queue_ns\":100000000,\"disk_ns\":50000000,"
        "\"network_ns\":600000000,\"locks_ns\":40000000,\"other_ns\":10000000}}",
                      threads[] = "{\"off_cpu\":[{\"reason\":\"futex\",\"ns\":9000000000},"
                                  "{\"reason\":\"epoll\",\"ns\":700000000},"
                                  "{\"reason\":\"disk\",\"ns\":60000000}],"
                                  "\"run_queue\":{\"ns\":200000000,\"count\":5}}";
    add_traced(out, "utoo", "timeline", wall, PB_OUTCOME_OK);
    add_traced(out, "utoo", "sched", threads, PB_OUTCOME_OK);
    add_traced(out, "utoo-next", "sched", threads, PB_OUTCOME_CONTAMINATED);
    add_traced(out, "utoo-next", "timeline", wall, PB_OUTCOME_FAILED);
}

static void add_gate_sample(struct pb_journal_data *out, size_t phase, size_t arm, int round)
{
    static const char *const tree = "c0ffee00c0ffee00", *const other = "0badcafe0badcafe";
    const int *noise = gate_noise[arm == 2 && phase == 1 ? 3 : arm];
    int64_t wall = (phase ? 900000 : 2000000) * (int64_t)noise[round ? round - 1 : 0];
    struct pb_sample *s = PB_ARENA_NEW(&out->arena, struct pb_sample);
    *s = (struct pb_sample){
        .registry = "replay",
        .phase = gate_run.phases[phase],
        .arm = gate_run.arms[arm],
        .round = round,
        .slot = (int)arm,
        .tree_digest = arm == 2 ? other : tree,
        .lock_digest = round % 2 ? "aaaa1111" : "bbbb2222",
    };
    for (int m = 0; m < PB_METRIC_COUNT; m++)
        pb_metric_set(&s->metrics, (enum pb_metric)m, wall / (m + 1));
    pb_metric_set(&s->metrics, PB_M_NET_RX, 0);
    pb_metric_set(&s->metrics, PB_M_TREE_PACKAGES, arm == 2 ? 12 : 11);
    s->metrics.has[PB_M_RSS_TREE] = false;
    pb_metric_missing(&s->metrics, PB_M_RSS_TREE, "no cgroup v2");
    if (arm == 1 && phase == 1 && round == 6) {
        s->outcome = PB_OUTCOME_CONTAMINATED;
        s->reason = "machine_quiet: someone else ran";
        s->checks[s->check_count++] =
            (struct pb_journal_check){"machine_quiet", "someone else ran"};
    }
    out->samples[out->sample_count++] = s;
}

void make_gate_journal(struct pb_journal_data *out)
{
    static const struct pb_kv policy[] = {{"scripts", "off"}, {"linker", "hoisted"}},
                              isolated[] = {{"scripts", "off"}, {"linker", "isolated"}};
    *out = (struct pb_journal_data){.arena = PB_ARENA_INIT, .run = gate_run, .ended = true};
    out->samples = pb_calloc(2UL * 3 * 11 + 4, sizeof *out->samples);
    out->arms = pb_calloc(3, sizeof *out->arms);
    out->arms[out->arm_count++] = (struct pb_journal_arm){.name = "limit"};
    out->arms[out->arm_count++] = (struct pb_journal_arm){.name = "utoo",
                                                          .manager = "utoo",
                                                          .binary = "/opt/utoo",
                                                          .version = "1.0.28",
                                                          .binary_sha256 = "1234",
                                                          .baseline_of = "utoo-next",
                                                          .policy = policy,
                                                          .policy_count = 2};
    out->arms[out->arm_count++] = (struct pb_journal_arm){.name = "utoo-next",
                                                          .manager = "utoo",
                                                          .version = "1.1.0",
                                                          .policy = isolated,
                                                          .policy_count = 2};
    for (size_t phase = 0; phase < 2; phase++)
        for (int round = 0; round <= 10; round++)
            for (size_t arm = 0; arm < 3; arm++)
                add_gate_sample(out, phase, arm, round);
    add_all_traced(out);
}
