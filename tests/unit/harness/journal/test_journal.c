/* SPDX-License-Identifier: MIT */
#include "harness/journal/journal.h"

#include "base/buf.h"
#include "base/fs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>

static const struct pb_kv policy[] = {{"scripts", "off"}, {"linker", "hoisted"}};

static void write_all(const char *dir)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_journal *j = pb_journal_open(dir, &err);
    cr_assert_not_null(j, "%s", err.msg);
    struct pb_journal_run run = {.id = "r1",
                                 .project = "p\"x\n",
                                 .registries = {"replay"},
                                 .phases = {"p1_resolve"},
                                 .arms = {"a", "b"},
                                 .registry_count = 1,
                                 .phase_count = 1,
                                 .arm_count = 2,
                                 .cpus = 2,
                                 .rounds = 3};
    cr_assert_eq(pb_journal_write_run(j, &run, &err), 0, "%s", err.msg);
    struct pb_journal_arm arm = {.name = "a",
                                 .manager = "m",
                                 .version = "1.2.3",
                                 .policy = policy,
                                 .policy_count = 2,
                                 .env = policy,
                                 .env_count = 1};
    cr_assert_eq(pb_journal_write_arm(j, &arm, &err), 0, "%s", err.msg);
    struct pb_journal_seed seed = {"replay", "p1_resolve", "b", PB_OUTCOME_UNSUPPORTED, "cannot"};
    cr_assert_eq(pb_journal_write_seed(j, &seed, &err), 0, "%s", err.msg);
    static const char *const packages[] = {"a@1.0.0", "b@2.0.0"};
    struct pb_journal_tree tree = {"d1", packages, 2};
    cr_assert_eq(pb_journal_write_tree(j, &tree, &err), 0, "%s", err.msg);
    struct pb_sample sample = {.registry = "replay",
                               .phase = "p1_resolve",
                               .arm = "a",
                               .round = 1,
                               .outcome = PB_OUTCOME_INVALID,
                               .reason = "lock changed",
                               .checks = {{"lock_unchanged", "lock changed"}, {"noted", NULL}},
                               .check_count = 2,
                               .lock_digest = "abc"};
    pb_metric_set(&sample.metrics, PB_M_WALL, 123456789012345LL);
    pb_metric_missing(&sample.metrics, PB_M_RSS_TREE, "needs BPF");
    cr_assert_eq(pb_journal_write_sample(j, &sample, &err), 0, "%s", err.msg);
    cr_assert_eq(pb_journal_write_end(j, "finished", &err), 0, "%s", err.msg);
    pb_journal_close(j);
}

static char *make_dir(void)
{
    struct pb_err err = PB_ERR_INIT;
    char *dir;
    cr_assert_eq(pb_make_temp_dir("/tmp", "journal-", &dir, &err), 0, "%s", err.msg);
    return dir;
}

static void remove_dir(char *dir)
{
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(pb_remove_tree(AT_FDCWD, dir, &err), 0, "%s", err.msg);
    free(dir);
}

Test(journal, what_was_written_is_read)
{
    char *dir = make_dir();
    write_all(dir);
    struct pb_journal_data data;
    struct pb_err err = PB_ERR_INIT;
    cr_assert_eq(pb_journal_read(dir, &data, &err), 0, "%s", err.msg);
    cr_expect_eq(data.problem_count, 0);
    cr_expect(data.ended);
    cr_expect_str_eq(data.run.project, "p\"x\n");
    cr_expect_eq(data.run.arm_count, 2);
    cr_expect_str_eq(data.run.arms[1], "b");
    cr_expect_eq(data.run.rounds, 3);
    cr_assert_eq(data.arm_count, 1);
    cr_expect_eq(data.arms[0].policy_count, 2);
    cr_expect_str_eq(data.arms[0].policy[1].value, "hoisted");
    cr_assert_eq(data.arms[0].env_count, 1);
    cr_expect_str_eq(data.arms[0].env[0].value, "off");
    const struct pb_journal_tree *tree = pb_journal_tree_find(&data, "d1");
    cr_assert(tree && tree->package_count == 2);
    cr_expect_str_eq(tree->packages[1], "b@2.0.0");
    cr_expect_null(pb_journal_tree_find(&data, "d2"));
    cr_assert_eq(data.seed_count, 1);
    cr_expect_eq(data.seeds[0].outcome, PB_OUTCOME_UNSUPPORTED);
    cr_assert_eq(data.sample_count, 1);
    const struct pb_sample *s = data.samples[0];
    cr_expect_eq(s->outcome, PB_OUTCOME_INVALID);
    cr_expect_str_eq(s->reason, "lock changed");
    cr_expect_eq(s->metrics.value[PB_M_WALL], 123456789012345LL);
    cr_expect_not(s->metrics.has[PB_M_RSS_TREE]);
    cr_expect_str_eq(s->metrics.reason[PB_M_RSS_TREE], "needs BPF");
    cr_assert_eq(s->check_count, 2);
    cr_expect_null(s->checks[1].reason);
    pb_journal_data_release(&data);
    remove_dir(dir);
}

Test(journal, a_journal_cut_at_any_byte_still_reads)
{
    char *dir = make_dir();
    write_all(dir);
    struct pb_err err = PB_ERR_INIT;
    int fd = pb_open_dir(AT_FDCWD, dir, &err);
    PB_AUTO_BUF struct pb_buf whole = PB_BUF_INIT(1 << 20);
    cr_assert_eq(pb_read_file(fd, "journal.jsonl", &whole, &err), 0, "%s", err.msg);
    for (size_t n = 0; n < whole.n; n++) {
        struct pb_journal_data data;
        cr_assert_eq(pb_write_file(fd, "journal.jsonl", pb_strn(whole.p, n), 0644, &err), 0);
        cr_assert_eq(pb_journal_read(dir, &data, &err), 0, "cut at %zu: %s", n, err.msg);
        cr_expect(data.problem_count > 0, "cut at %zu: nothing said to be missing", n);
        cr_expect_leq(data.sample_count, 1);
        pb_journal_data_release(&data);
    }
    pb_cleanup_close(&fd);
    remove_dir(dir);
}

Test(journal, a_resumed_run_ends_the_cut_line)
{
    char *dir = make_dir();
    struct pb_err err = PB_ERR_INIT;
    int fd = pb_open_dir(AT_FDCWD, dir, &err);
    cr_assert_eq(pb_write_file(fd, "journal.jsonl", PB_LIT("{\"type\":\"sam"), 0644, &err), 0);
    write_all(dir);
    struct pb_journal_data data;
    cr_assert_eq(pb_journal_read(dir, &data, &err), 0, "%s", err.msg);
    cr_expect_eq(data.sample_count, 1);
    cr_expect_eq(data.problem_count, 1);
    pb_journal_data_release(&data);
    pb_cleanup_close(&fd);
    remove_dir(dir);
}

Test(journal, two_runs_cannot_write_one_journal)
{
    char *dir = make_dir();
    struct pb_err err = PB_ERR_INIT;
    struct pb_journal *first = pb_journal_open(dir, &err);
    cr_assert_not_null(first);
    cr_expect_null(pb_journal_open(dir, &err));
    cr_expect_eq(err.code, PB_E_CONFLICT);
    pb_journal_close(first);
    remove_dir(dir);
}

Test(journal, a_missing_journal_names_its_path)
{
    struct pb_journal_data data;
    struct pb_err err = PB_ERR_INIT;
    cr_expect_eq(pb_journal_read("/nonexistent", &data, &err), -1);
    cr_expect(strstr(err.msg, "/nonexistent/journal.jsonl"), "%s", err.msg);
    pb_journal_data_release(&data);
}
