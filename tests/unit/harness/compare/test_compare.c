/* SPDX-License-Identifier: MIT */
#include "../gate/gate_journal.h"
#include "harness/compare/compare.h"

#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct pb_kv hoisted[] = {{"linker", "hoisted"}},
                          isolated[] = {{"linker", "isolated"}};

static void make(struct pb_journal_data *journal, double change)
{
    gate_journal_make(journal);
    gate_journal_add(journal, "p1_resolve", PB_STAGE_SCREEN, 10, change);
    journal->run.kernel = "6.1";
    journal->run.project = "p";
    journal->run.snapshot_digest = "s";
    journal->run.probe_level = "base";
    journal->run.policy_hash = "h";
    journal->arms[0].binary_sha256 = "same";
    journal->arms[1].binary_sha256 = change == 0 ? "old" : "new";
    journal->arms[1].policy = hoisted;
    journal->arms[1].policy_count = 1;
}

static void other_kernel(struct pb_journal_data *j)
{
    j->run.kernel = "6.2";
}
static void other_cpus(struct pb_journal_data *j)
{
    j->run.cpus = 9;
}
static void other_project(struct pb_journal_data *j)
{
    j->run.project = "q";
}
static void other_snapshot(struct pb_journal_data *j)
{
    j->run.snapshot_digest = NULL;
}
static void other_policy(struct pb_journal_data *j)
{
    j->run.policy_hash = "i";
    j->arms[1].policy = isolated;
}
static void other_environment(struct pb_journal_data *j)
{
    j->run.policy_hash = "i";
}

static void on_a_link(struct pb_journal_data *j)
{
    j->run.policy_hash = "i";
    j->run.isolation[0] = (struct pb_kv){"link", "20 ms, 100 Mbit/s"};
    j->run.isolation_count = 1;
}

static const struct {
    void (*change)(struct pb_journal_data *j);
    const char *why, *which;
} refusals[] = {
    {NULL, NULL, NULL},
    {other_kernel, "another machine: kernel: 6.1 and 6.2", "machine"},
    {other_cpus, "another machine: cpus: 0 and 9", "machine"},
    {other_project, "another project: p and q", "project"},
    {other_snapshot, "another snapshot: s and unknown", "snapshot"},
    {other_policy, "other policies: linker of head: hoisted and isolated", "policy"},
    {other_environment,
     "other policies: the runs have other arms, or arms with other flags or environments",
     "policy"},
    {on_a_link, "other isolation: link: none and 20 ms, 100 Mbit/s", "policy"},
};

Test(compare, what_cannot_be_compared_is_refused_by_name)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct pb_journal_data a, b;
        const char *which;
        make(&a, 0);
        make(&b, 0);
        if (refusals[i].change) refusals[i].change(&b);
        const char *why = pb_compare_refusal(&a.arena, &a, &b, PB_M_WALL, NULL, 0, &which);
        if (refusals[i].why) {
            cr_assert_not_null(why, "%s", refusals[i].why);
            cr_expect_str_eq(why, refusals[i].why);
            cr_expect_str_eq(which, refusals[i].which);
            const char *allowed = which;
            cr_expect_null(pb_compare_refusal(&a.arena, &a, &b, PB_M_WALL, &allowed, 1, &which));
        } else {
            cr_expect_null(why);
        }
        pb_journal_data_release(&a);
        pb_journal_data_release(&b);
    }
}

static const struct {
    enum pb_metric metric;
    const char *level_a, *level_b, *why;
} shares[] = {
    {PB_M_WALL, "launcher", "process launcher", NULL},
    {PB_M_RSS_MAX, "process launcher", "cgroup process launcher", NULL},
    {PB_M_CPU, "cgroup launcher", "process launcher", NULL},
    {PB_M_RSS_MAX, "launcher", "process launcher",
     "other probes: rss_max_bytes was taken by launcher in one result and by process in the other"},
    {PB_M_RSS_TREE, "launcher", "process memory launcher",
     "other probes: rss_tree_peak_bytes was not taken in one of the results"},
};

Test(compare, other_probes_refuse_what_they_do_not_share)
{
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        struct pb_journal_data a, b;
        const char *which;
        make(&a, 0);
        make(&b, 0);
        a.run.probe_level = shares[i].level_a;
        b.run.probe_level = shares[i].level_b;
        const char *why = pb_compare_refusal(&a.arena, &a, &b, shares[i].metric, NULL, 0, &which);
        cr_expect(!why == !shares[i].why, "row %zu: %s", i, why ? why : "compared");
        if (why && shares[i].why) cr_expect_str_eq(why, shares[i].why);
        if (why) cr_expect_str_eq(which, "probes");
        pb_journal_data_release(&a);
        pb_journal_data_release(&b);
    }
}

Test(compare, arms_of_both_runs)
{
    struct pb_journal_data a, b;
    struct pb_compared *cells;
    make(&a, 0);
    make(&b, 0.25);
    b.run.phase_count = 1;
    size_t n = pb_compare_cells(&a.arena, &a, &b, PB_M_WALL, &cells);
    cr_assert_eq(n, 3);
    cr_expect_str_eq(cells[0].arm, "base");
    cr_expect(cells[0].same_program && !cells[0].missing);
    cr_expect_float_eq(cells[0].shift.estimate, 0, 1e-9);
    cr_expect_str_eq(cells[1].arm, "head");
    cr_expect_not(cells[1].same_program);
    cr_expect_float_eq(cells[1].shift.estimate, log(1.25), 1e-6);
    cr_expect(cells[1].shift.low > 0.15 && cells[1].shift.high < 0.3);
    cr_expect_str_eq(cells[2].missing, "no sample was taken");
    pb_journal_data_release(&a);
    pb_journal_data_release(&b);
}

static struct pb_sample *sample_of(struct pb_journal_data *j, const char *arm, int round)
{
    for (size_t i = 0; i < j->sample_count; i++)
        if (strcmp(j->samples[i]->arm, arm) == 0 && j->samples[i]->round == round)
            return j->samples[i];
    cr_assert(false, "no round %d of %s", round, arm);
    return NULL;
}

/* What a run's own checks refuse is refused here, too. */
Test(compare, a_cell_without_warm_up_is_invalid)
{
    struct pb_journal_data a, b;
    struct pb_compared *cells;
    make(&a, 0);
    make(&b, 0);
    sample_of(&b, "head", 0)->round = 11;
    cr_assert_eq(pb_compare_cells(&a.arena, &a, &b, PB_M_WALL, &cells), 6);
    cr_expect_null(cells[0].missing);
    cr_expect_str_eq(cells[1].missing, "warmed_up: it was measured without a warm-up round");
    pb_journal_data_release(&a);
    pb_journal_data_release(&b);
}

static void disturb(struct pb_journal_data *j)
{
    for (int round = 1; round <= 5; round++) {
        sample_of(j, "head", round)->outcome = PB_OUTCOME_CONTAMINATED;
        sample_of(j, "head", round)->reason = "others ran";
    }
}

static void interrupt(struct pb_journal_data *j)
{
    static const char *problems[] = {"the run did not finish: some samples are missing"};
    j->ended = false;
    j->problems = problems;
    j->problem_count = 1;
}

static const struct {
    void (*change)(struct pb_journal_data *j);
    enum pb_metric metric;
    const char *doubt;
} doubtful[] = {
    {NULL, PB_M_WALL, NULL},
    {interrupt, PB_M_WALL, "the run did not finish: some samples are missing"},
    {interrupt, PB_M_REQUESTS_METADATA, "the run did not finish: some samples are missing"},
    {disturb, PB_M_WALL,
     "mostly_undisturbed: 5 of 20 samples were disturbed (first: others ran): measure again when "
     "it is quiet"},
    {disturb, PB_M_REQUESTS_METADATA, NULL},
};

Test(compare, runs_that_are_doubtful_as_a_whole_say_why)
{
    for (size_t i = 0; i < sizeof doubtful / sizeof *doubtful; i++) {
        struct pb_journal_data j;
        const char **doubts;
        make(&j, 0);
        if (doubtful[i].change) doubtful[i].change(&j);
        size_t n = pb_compare_doubts(&j.arena, &j, doubtful[i].metric, &doubts);
        cr_assert_eq(n, doubtful[i].doubt ? 1 : 0, "row %zu", i);
        if (n) cr_expect_str_eq(doubts[0], doubtful[i].doubt);
        j.problems = NULL; /* not of the heap */
        pb_journal_data_release(&j);
    }
}

static const struct pb_moved *find(const struct pb_moved *moved, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(moved[i].name, name) == 0) return &moved[i];
    return NULL;
}

Test(explain, what_moved_is_ranked)
{
    struct pb_journal_data journal;
    struct pb_moved *moved;
    make(&journal, 0.25);
    for (size_t i = 0; i < journal.sample_count; i++) {
        struct pb_sample *s = journal.samples[i];
        bool head = strcmp(s->arm, "head") == 0;
        pb_metric_set(&s->metrics, PB_M_REQUESTS_METADATA, head ? 80 : 40);
        pb_metric_set(&s->metrics, PB_M_FAULTS_MAJOR, head ? 7 : 0);
        pb_metric_set(&s->metrics, PB_M_FAULTS_MINOR, 1000 + (head == (s->round % 2)) * 200);
        s->counts_json =
            head ? "{\"cloned\":30,\"same\":5,\"list\":[{\"reason\":\"futex\",\"ns\":4}]}"
                 : "{\"cloned\":10,\"same\":5,\"list\":[{\"reason\":\"futex\",\"ns\":8}]}";
    }
    size_t n =
        pb_explain(&journal.arena, &journal, ".", "replay", "p1_resolve", "head", "base", &moved);
    cr_assert_geq(n, 5);
    cr_expect_str_eq(moved[0].name, "faults_major", "from nothing");
    cr_expect(isinf(moved[0].change));
    cr_expect_str_eq(moved[1].name, "requests_metadata");
    cr_expect_str_eq(moved[2].name, "wall_ns");
    cr_expect_eq(moved[2].paired.positive, 10);
    cr_expect(moved[2].q < 0.05);
    cr_expect_null(find(moved, n, "rss_max_bytes"), "it did not move");
    cr_expect_null(find(moved, n, "faults_minor"), "it moves both ways");
    const struct pb_moved *cloned = find(moved, n, "cloned"),
                          *futex = find(moved, n, "list.futex.ns");
    cr_assert(cloned && futex);
    cr_expect(cloned->traced && cloned < futex, "traces come last, the most moved first");
    cr_expect_float_eq(futex->change, log(0.5), 1e-12);
    cr_expect_null(find(moved, n, "same"));
    pb_journal_data_release(&journal);
}

Test(explain, counts_of_one_arm_alone_or_damaged_say_nothing)
{
    struct pb_journal_data journal;
    struct pb_moved *moved;
    make(&journal, 0);
    for (size_t i = 0; i < journal.sample_count; i++)
        journal.samples[i]->counts_json =
            strcmp(journal.samples[i]->arm, "head") == 0 ? "{\"cloned\":30}" : "{cut";
    cr_expect_eq(
        pb_explain(&journal.arena, &journal, ".", "replay", "p1_resolve", "head", "base", &moved),
        0);
    pb_journal_data_release(&journal);
}

static void make_traced(struct pb_sample *s, const char *level, const char *detail)
{
    s->traced = true;
    s->trace = level;
    s->detail_json = detail;
}

/* Each level is a sample of its own: its figures are not divided by the others' number. */
Test(explain, waits_and_system_calls_of_traced_samples_are_named)
{
    struct pb_journal_data journal;
    struct pb_moved *moved;
    make(&journal, 0);
    for (size_t i = 0; i < journal.sample_count; i++) {
        struct pb_sample *s = journal.samples[i];
        bool head = strcmp(s->arm, "head") == 0;
        if (s->round == 1)
            make_traced(s, "sched",
                        head ? "{\"off_cpu\":[{\"reason\":\"disk\",\"ns\":900}]}"
                             : "{\"off_cpu\":[{\"reason\":\"disk\",\"ns\":300}]}");
        if (s->round == 2)
            make_traced(s, "syscalls",
                        head ? "{\"syscalls\":[{\"name\":\"openat\",\"count\":20}]}"
                             : "{\"syscalls\":[{\"name\":\"openat\",\"count\":10}]}");
        if (s->round == 3) make_traced(s, "timeline", "{\"events\":5,\"lost\":0}");
    }
    size_t n =
        pb_explain(&journal.arena, &journal, ".", "replay", "p1_resolve", "head", "base", &moved);
    const struct pb_moved *disk = find(moved, n, "off_cpu.disk.ns"),
                          *opens = find(moved, n, "syscalls.openat.count");
    cr_assert(disk && opens);
    cr_expect_float_eq(disk->candidate, 900, 1e-9);
    cr_expect_float_eq(opens->candidate, 20, 1e-9);
    cr_expect_null(find(moved, n, "events"));
    pb_journal_data_release(&journal);
}

static void write_spans(const char *dir, const char *name, const char *events)
{
    struct pb_err err = PB_ERR_INIT;
    char path[512], text[1024];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    snprintf(text, sizeof text, "{\"traceEvents\":[%s]}", events);
    cr_assert_eq(pb_write_file(AT_FDCWD, path, pb_str(text), 0600, &err), 0, "%s", err.msg);
}

/* extract: 30 and 20 us against 25; fetch: pairs that overlap; open: it never ended. */
Test(explain, stages_of_timelines_are_named)
{
    char dir[] = "/tmp/pb-explain-XXXXXX";
    struct pb_journal_data journal;
    struct pb_moved *moved;
    cr_assert_not_null(mkdtemp(dir));
    write_spans(
        dir, "head.json",
        "{\"ph\":\"X\",\"name\":\"extract\",\"ts\":5,\"dur\":30},"
        "{\"ph\":\"X\",\"name\":\"extract\",\"ts\":9,\"dur\":20},"
        "{\"ph\":\"b\",\"name\":\"fetch\",\"ts\":1},{\"ph\":\"b\",\"name\":\"fetch\",\"ts\":2},"
        "{\"ph\":\"e\",\"name\":\"fetch\",\"ts\":9},{\"ph\":\"e\",\"name\":\"fetch\",\"ts\":4},"
        "{\"ph\":\"b\",\"name\":\"open\",\"ts\":1},"
        "{\"ph\":\"M\",\"name\":\"thread_name\"},7");
    write_spans(
        dir, "base.json",
        "{\"ph\":\"X\",\"name\":\"extract\",\"ts\":5,\"dur\":25},"
        "{\"ph\":\"b\",\"name\":\"fetch\",\"ts\":1},{\"ph\":\"e\",\"name\":\"fetch\",\"ts\":6}");
    make(&journal, 0);
    for (size_t i = 0; i < journal.sample_count; i++) {
        struct pb_sample *s = journal.samples[i];
        bool head = strcmp(s->arm, "head") == 0;
        if (s->round == 1)
            make_traced(s, "timeline",
                        head ? "{\"spans\":\"head.json\"}" : "{\"spans\":\"base.json\"}");
        if (s->round == 2) make_traced(s, "timeline", "{\"spans\":\"../head.json\"}");
        if (s->round == 3) make_traced(s, "timeline", "{\"spans\":\"gone.json\"}");
    }
    size_t n =
        pb_explain(&journal.arena, &journal, dir, "replay", "p1_resolve", "head", "base", &moved);
    const struct pb_moved *extract = find(moved, n, "stages.extract.ns"),
                          *extracts = find(moved, n, "stages.extract.count"),
                          *fetch = find(moved, n, "stages.fetch.ns");
    cr_assert(extract && extracts && fetch);
    cr_expect_eq(extract->source, PB_FIGURE_STAGES);
    cr_expect_float_eq(extract->candidate, 50000, 1e-6);
    cr_expect_float_eq(extract->baseline, 25000, 1e-6);
    cr_expect_float_eq(extracts->change, log(2), 1e-12);
    cr_expect_float_eq(fetch->candidate, 10000, 1e-6);
    cr_expect_float_eq(fetch->baseline, 5000, 1e-6);
    cr_expect_null(find(moved, n, "stages.open.ns"));
    pb_journal_data_release(&journal);
    cr_assert_eq(pb_remove_tree(AT_FDCWD, dir, NULL), 0);
}
