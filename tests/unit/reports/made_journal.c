/* SPDX-License-Identifier: MIT */
#include "made_journal.h"

#include "harness/journal/journal.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_ARMS = 256, NAMED = 9 };

static const char *const phases[] = {
    "p0_full_cold", "p1_resolve",        "p3_cold_install", "p4_warm_link",
    "p5_repeat",    "p6_second_project", "p7_add_one",
};
static const double phase_seconds[] = {9.5, 3.8, 5.8, 2.1, 0.35, 2.6, 1.4};
static const struct {
    const char *name, *version;
    double factor, memory;
} named[NAMED] = {
    {"plumb", "0.1.0", 1.0, 210e6},  {"limit", NULL, 0.42, 9e6},
    {"utoo", "1.0.28", 1.18, 480e6}, {"utoo-next", "1.1.0-rc.2", 1.09, 455e6},
    {"bun", "1.4.5", 1.31, 618e6},   {"pnpm", "11.2.0", 2.6, 760e6},
    {"npm", "11.6.1", 4.4, 540e6},   {"yarn", "4.10.3", 3.3, 890e6},
    {"deno", "2.6.0", 1.9, 430e6},
};

struct maker {
    struct pb_journal *journal;
    struct made_size size;
    char names[MAX_ARMS][32];
    uint64_t state;
    struct pb_err *err;
};

/* xorshift64*; uniform in 0 ... 1. */
static double chance(struct maker *m)
{
    m->state ^= m->state >> 12;
    m->state ^= m->state << 25;
    m->state ^= m->state >> 27;
    return (double)((m->state * 2685821657736338717ULL) >> 11) / 9007199254740992.0;
}

static double bell(struct maker *m)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += chance(m);
    return sum - 6;
}

static int write_run(struct maker *m)
{
    struct pb_journal_run run = {
        .id = "2026-01-31T12:00:00Z-4711",
        .title = "phasebench",
        .project = "ant-design",
        .snapshot = "ant-design-2026-01",
        .snapshot_digest =
            "sha256:5f1d0c6e7f7f4b0f8c1a9e4be2d7c3a1f0b9d8e7c6a5b4938271605f4e3d2c1b",
        .started_utc = "2026-01-31T12:00:00Z",
        .version = "0.1.0",
        .host_os = "Debian GNU/Linux 12 (bookworm)",
        .kernel = "6.1.0-32-amd64",
        .cpu = "AMD EPYC 7763 64-Core Processor",
        .filesystem = "ext4",
        .command_line = "phasebench run ant-design --arms plumb,limit,utoo,utoo-next,bun,pnpm,npm "
                        "--registry replay --rounds 20",
        .order_seed = "20260131",
        .platform = "linux-x64",
        .registries = {"replay"},
        .registry_count = 1,
        .phase_count = m->size.phases,
        .arm_count = m->size.arms,
        .cpus = 4,
        .rounds = (unsigned)m->size.rounds,
        .memory_bytes = 16LL << 30,
        .probe_level = "base",
        .policy_hash = "0f4c1b7a9d2e",
    };
    for (size_t p = 0; p < m->size.phases; p++)
        run.phases[p] = phases[p];
    for (size_t a = 0; a < m->size.arms; a++)
        run.arms[a] = m->names[a];
    return pb_journal_write_run(m->journal, &run, m->err);
}

static int write_arm(struct maker *m, size_t a)
{
    static const struct pb_kv usual[] = {
        {"scripts", "off"},        {"audit", "off"},        {"funding", "off"},
        {"telemetry", "off"},      {"release age", "none"}, {"linker", "hoisted"},
        {"frozen lock", "p3, p4"},
    };
    static const struct pb_kv isolated[] = {
        {"scripts", "off"},        {"audit", "cannot"},     {"funding", "off"},
        {"telemetry", "off"},      {"release age", "none"}, {"linker", "isolated"},
        {"frozen lock", "p3, p4"},
    };
    bool known = a < NAMED, other = known && strcmp(named[a].name, "pnpm") == 0;
    struct pb_journal_arm arm = {
        .name = m->names[a],
        .manager = m->names[a],
        .binary = "/opt/managers/bin/manager",
        .version = known ? named[a].version : "1.2.3",
        .binary_sha256 = "9b74c9897bac770ffc029102a200c5de5a1c4f0d8f6e2b7c3a9d8e7f6a5b4c3d",
        .policy = other ? isolated : usual,
        .policy_count = sizeof usual / sizeof *usual,
    };
    if (known && strcmp(named[a].name, "limit") == 0) arm.policy_count = 0;
    return pb_journal_write_arm(m->journal, &arm, m->err);
}

/* Figures that go by the wall time, at the sizes they have in a run of this fixture. */
static void set_figures(struct maker *m, struct pb_sample *s, size_t a, double wall)
{
    const struct {
        enum pb_metric metric;
        double per_second;
    } rates[] = {
        {PB_M_WALL, 1e9},           {PB_M_WALL_TREE, 1.01e9},
        {PB_M_USER, 0.71e9},        {PB_M_SYS, 0.48e9},
        {PB_M_FAULTS_MINOR, 31000}, {PB_M_CTX_VOLUNTARY, 5200},
        {PB_M_CTX_INVOLUNTARY, 90}, {PB_M_DISK_WRITE, 86e6},
        {PB_M_WRITEBACK, 0.12e9},   {PB_M_REGISTRY_CPU, 0.06e9},
    };
    bool fetches = strcmp(s->phase, "p4_warm_link") != 0 && strcmp(s->phase, "p5_repeat") != 0;
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
        pb_metric_set(&s->metrics, rates[i].metric,
                      (int64_t)(rates[i].per_second * wall * (1 + 0.03 * bell(m))));
    pb_metric_set(&s->metrics, PB_M_RSS_MAX,
                  (int64_t)((a < NAMED ? named[a].memory : 300e6) * (1 + 0.02 * bell(m))));
    pb_metric_set(&s->metrics, PB_M_NET_RX, fetches ? (int64_t)(187e6 + 1e4 * bell(m)) : 0);
    pb_metric_set(&s->metrics, PB_M_NET_TX, fetches ? 1100000 : 0);
    pb_metric_set(&s->metrics, PB_M_NET_CONNECTIONS, fetches ? 48 : 0);
    pb_metric_set(&s->metrics, PB_M_DISK_READ, 0);
    pb_metric_set(&s->metrics, PB_M_PROCESSES, 1);
    pb_metric_set(&s->metrics, PB_M_THREADS, 9);
    pb_metric_set(&s->metrics, PB_M_CACHE, 412000000);
    pb_metric_set(&s->metrics, PB_M_NODE_MODULES, 655000000);
    pb_metric_set(&s->metrics, PB_M_LOCK, 1100000);
    pb_metric_set(&s->metrics, PB_M_TREE_FILES, 71350);
    pb_metric_set(&s->metrics, PB_M_TREE_DIRS, 9120);
    pb_metric_set(&s->metrics, PB_M_TREE_PACKAGES, a == 5 ? 1874 : 1871);
    pb_metric_set(&s->metrics, PB_M_REQUESTS_METADATA, fetches ? 1533 : 0);
    pb_metric_set(&s->metrics, PB_M_REQUESTS_TARBALL, fetches ? 1871 : 0);
    pb_metric_set(&s->metrics, PB_M_REQUESTS_NOT_MODIFIED, 0);
    pb_metric_missing(&s->metrics, PB_M_RSS_TREE, "needs cgroup v2, which is not mounted here");
    pb_metric_missing(&s->metrics, PB_M_STEAL, "the hypervisor does not report it");
}

/* What goes wrong: a crash, a broken promise, a disturbed minute. */
static void set_outcome(struct pb_sample *s, size_t a)
{
    const char *arm = a < NAMED ? named[a].name : "";
    if (strcmp(arm, "yarn") == 0 && strcmp(s->phase, "p1_resolve") == 0 && s->round == 2) {
        s->outcome = PB_OUTCOME_FAILED;
        s->reason = "exit code 1 after 3.1 s";
        s->exit_code = 1;
        s->output_tail = "➤ YN0035: │ left-pad@npm:^1.3.0: <404> \"not found\"\n"
                         "➤ YN0000: └ Completed in 2s 914ms\n➤ YN0000: · Failed with errors";
    } else if (strcmp(arm, "bun") == 0 && strcmp(s->phase, "p4_warm_link") == 0 && s->round == 3) {
        s->outcome = PB_OUTCOME_INVALID;
        s->reason = "no_tarball_fetched: 3 tarballs were fetched";
        s->checks[s->check_count++] =
            (struct pb_journal_check){"no_tarball_fetched", "3 tarballs were fetched"};
    } else if (strcmp(arm, "npm") == 0 && strcmp(s->phase, "p3_cold_install") == 0 &&
               s->round == 4) {
        s->outcome = PB_OUTCOME_CONTAMINATED;
        s->reason = "machine_quiet: another process used 38 % of a processor";
        s->checks[s->check_count++] =
            (struct pb_journal_check){"machine_quiet", "another process used 38 % of a processor"};
    }
}

static int write_sample(struct maker *m, size_t p, size_t a, int round, double weather)
{
    double factor = a < NAMED ? named[a].factor : 1 + 0.02 * (double)(a % 100);
    double wall = phase_seconds[p] * factor * weather * exp(0.02 * bell(m));
    if (chance(m) < 0.02) wall *= 1.25;
    struct pb_sample s = {
        .registry = "replay",
        .phase = phases[p],
        .arm = m->names[a],
        .round = round,
        .slot = (int)((a + (size_t)round) % m->size.arms),
        .started_wallclock_ns = 1769860800000000000LL + round * 60000000000LL,
        .tree_digest =
            a == 5 ? "b1946ac92492d2347c6235b4d2611184" : "a3f5c9d017e44b2f9d8c7b6a5f4e3d2c",
        .lock_digest = "6f5902ac237024bdd0c176cb93063dc4",
    };
    set_figures(m, &s, a, wall);
    set_outcome(&s, a);
    return pb_journal_write_sample(m->journal, &s, m->err);
}

/* One sample of each level that tells where the time went; slower arms wait more for locks. */
static int write_traced(struct maker *m, size_t p, size_t a)
{
    double wall = 1e9 * phase_seconds[p] * (a < NAMED ? named[a].factor : 1);
    char detail[512];
    struct pb_sample s = {.registry = "replay",
                          .phase = phases[p],
                          .arm = m->names[a],
                          .traced = true,
                          .detail_json = detail};
    set_figures(m, &s, a, wall / 1e9);
    s.trace = "timeline";
    snprintf(
        detail, sizeof detail,
        "{\"file\":\"trace/a\",\"wall\":{\"cpu_ns\":%.0f,\"run_queue_ns\":%.0f,\"disk_ns\":%.0f,"
        "\"network_ns\":%.0f,\"locks_ns\":%.0f,\"other_ns\":%.0f}}",
        0.6 * wall, 0.05 * wall, 0.1 * wall, 0.2 * wall, 0.04 * wall, 0.01 * wall);
    if (pb_journal_write_sample(m->journal, &s, m->err) < 0) return -1;
    s.trace = "sched";
    snprintf(detail, sizeof detail,
             "{\"off_cpu\":[{\"reason\":\"futex\",\"ns\":%.0f},{\"reason\":\"epoll\",\"ns\":%.0f},"
             "{\"reason\":\"disk\",\"ns\":%.0f}],\"run_queue\":{\"ns\":%.0f}}",
             (double)(a + 1) * wall, 0.7 * wall, 0.1 * wall, 0.2 * wall);
    return pb_journal_write_sample(m->journal, &s, m->err);
}

/* Deno cannot only resolve, and has no lock of the right kind for the second default phase. */
static int write_seeds(struct maker *m)
{
    struct pb_journal_seed cannot = {"replay", "p1_resolve", "deno", PB_OUTCOME_UNSUPPORTED,
                                     "deno cannot write a lock without installing"};
    struct pb_journal_seed no_seed = {"replay", "p3_cold_install", "deno", PB_OUTCOME_SEED_FAILED,
                                      "no deno.lock after 3 attempts: exit code 1"};
    if (m->size.arms < NAMED || m->size.phases < 3) return 0;
    if (pb_journal_write_seed(m->journal, &cannot, m->err) < 0) return -1;
    return pb_journal_write_seed(m->journal, &no_seed, m->err);
}

static bool is_left_out(const struct maker *m, size_t p, size_t a)
{
    return a == 8 && m->size.arms >= NAMED && m->size.phases >= 3 && (p == 1 || p == 2);
}

static int write_samples(struct maker *m)
{
    for (size_t p = 0; p < m->size.phases; p++)
        for (int round = 0; round <= m->size.rounds; round++) {
            double weather = exp(0.03 * bell(m)) * (1 + 0.002 * round);
            for (size_t a = 0; a < m->size.arms; a++)
                if (!is_left_out(m, p, a) && write_sample(m, p, a, round, weather) < 0) return -1;
        }
    for (size_t p = 0; p < m->size.phases; p++)
        for (size_t a = 0; a < m->size.arms; a++)
            if (!is_left_out(m, p, a) && write_traced(m, p, a) < 0) return -1;
    return 0;
}

static int write_all(struct maker *m)
{
    for (size_t a = 0; a < m->size.arms; a++) {
        if (a < NAMED)
            snprintf(m->names[a], sizeof m->names[a], "%s", named[a].name);
        else
            snprintf(m->names[a], sizeof m->names[a], "arm-%03zu", a);
    }
    if (write_run(m) < 0) return -1;
    for (size_t a = 0; a < m->size.arms; a++)
        if (write_arm(m, a) < 0) return -1;
    if (write_seeds(m) < 0 || write_samples(m) < 0) return -1;
    return pb_journal_write_end(m->journal, "finished", m->err);
}

int write_made_journal(const char *dir, struct made_size size, struct pb_err *err)
{
    struct maker m = {.size = size, .state = 88172645463325252ULL, .err = err};
    m.journal = pb_journal_open(dir, err);
    if (!m.journal) return -1;
    int rc = write_all(&m);
    pb_journal_close(m.journal);
    return rc;
}
