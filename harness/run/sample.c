/* SPDX-License-Identifier: MIT */
#include "harness/run/taking.h"

#include "base/clock.h"
#include "base/fs.h"
#include "harness/isolation/page_cache.h"
#include "harness/run/own_counts.h"
#include "harness/workspace/config_leak.h"
#include "harness/workspace/manifests.h"
#include "harness/workspace/project.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SETTLE_NS (100 * PB_NS_PER_MS)
#define TAIL_BYTES 2000
#define OWN_COUNTS_BYTES (64 << 10)

static bool binary_changed(const struct pb_taking *t)
{
    const struct stat *then = &t->run->binaries[t->arm - t->run->arms];
    struct stat now;
    return stat(t->arm->binary, &now) != 0 || now.st_ino != then->st_ino ||
           now.st_dev != then->st_dev || now.st_size != then->st_size ||
           now.st_mtim.tv_sec != then->st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != then->st_mtim.tv_nsec;
}

/* What cannot be read is no error of the run's: it differs from what was given. */
static void look_at_manifests(const struct pb_taking *t, char digest[65])
{
    struct pb_err ignored = PB_ERR_INIT;
    if (pb_manifests_digest(t->ws.project, digest, &ignored) != 0) digest[0] = '\0';
}

static int look_before(struct pb_taking *t, struct pb_err *err)
{
    struct pb_facts *f = &t->facts;
    *f = (struct pb_facts){.ws = &t->ws,
                           .arm = t->arm,
                           .phase = t->phase,
                           .registry_url = t->leg->url,
                           .account = &t->leg->account,
                           .instruments =
                               t->run->trace ? &t->run->trace->instruments : &t->run->instruments,
                           .package = t->run->options->package,
                           .expected_tree = t->cell->tree_digest,
                           .expected_manifests = t->run->manifests};
    struct pb_lock_fact *lock = &f->lock_before;
    lock->present = pb_project_lock_digest(t->arm, t->ws.project, lock->digest, &lock->bytes);
    if (!pb_config_leak_find(t->ws.project, t->leg->url, f->config_leak)) f->config_leak[0] = '\0';
    look_at_manifests(t, f->manifests_before);
    return pb_before_state_look(&t->ws, t->arm, t->leg->url, &f->before, err);
}

/* What was written so far must not be written back while the command runs. Only what is written
 * back can leave the page cache. */
static int settle(struct pb_taking *t, struct pb_err *err)
{
    PB_AUTO_FD int fd = pb_open_dir(AT_FDCWD, t->ws.root, err);
    if (fd < 0) return -1;
    if (syncfs(fd) != 0) return pb_err_sys(err, errno, "syncfs: %s", t->ws.root);
    if (t->run->isolation.cold_disk && pb_page_cache_drop(err) != 0) return -1;
    pb_machine_state_read(&t->facts.idle_from);
    pb_sleep_ns(SETTLE_NS);
    return 0;
}

static int pass_gate(void *arg, pid_t pid, struct pb_err *err)
{
    struct pb_taking *t = arg;
    return pb_probe_set_gate(t->run->probes, &t->facts, pid, err);
}

/* What was tried before belongs to nobody's sample. */
static int watch_outside(struct pb_taking *t, struct pb_err *err)
{
    if (t->leg->outside_fd < 0) return 0;
    return pb_outside_read(t->leg->outside_fd, &t->facts.outside, err);
}

static int measure(struct pb_taking *t, struct pb_err *err)
{
    struct pb_command command = {.ws = &t->ws,
                                 .arm = t->arm,
                                 .registry_url = t->leg->url,
                                 .namespaces = t->leg->namespaces,
                                 .action = t->phase->action,
                                 .trace_path = t->run->trace ? t->run->trace->spans_path : NULL,
                                 .gate = pass_gate,
                                 .gate_arg = t};
    if (look_before(t, err) != 0 || settle(t, err) != 0 || watch_outside(t, err) != 0 ||
        pb_probe_set_before(t->run->probes, &t->facts, err) != 0)
        return -1;
    t->sample.started_wallclock_ns = pb_wallclock_ns();
    if (pb_command_run(t->run, &command, &t->facts.launch, err) != 0 || watch_outside(t, err) != 0)
        return -1;
    t->facts.binary_changed = binary_changed(t);
    if (pb_probe_set_after(t->run->probes, &t->facts, &t->sample.metrics, err) != 0) return -1;
    look_at_manifests(t, t->facts.manifests_after);
    return 0;
}

/* The trace ends also when the command could not be run, and the first error stays. */
static int measure_traced(struct pb_taking *t, struct pb_err *err)
{
    if (!t->run->trace) return measure(t, err);
    if (pb_run_trace_begin(t->run, t->leg, t->arm, &t->sample, err) != 0) return -1;
    int rc = measure(t, err);
    return pb_run_trace_end(t->run, t->leg, &t->sample, err) != 0 ? -1 : rc;
}

static void note_own_counts(struct pb_taking *t)
{
    struct pb_arena arena = PB_ARENA_INIT;
    if (!t->arm->manager->counts) return;
    t->sample.counts_json = pb_own_counts_find(
        &t->run->arena, pb_str(pb_output_tail(&arena, t->ws.output, OWN_COUNTS_BYTES)));
    pb_arena_release(&arena);
}

static void judge(struct pb_taking *t)
{
    struct pb_sample *s = &t->sample;
    const struct pb_facts *f = &t->facts;
    s->exit_code = f->launch.exit_code;
    s->signal = f->launch.signal;
    s->timed_out = f->launch.timed_out;
    s->tree_digest = f->inventory.digest;
    s->lock_digest = f->lock_after.present ? f->lock_after.digest : NULL;
    pb_checks_judge(&t->run->arena, f, s);
    if (s->outcome == PB_OUTCOME_FAILED)
        s->output_tail = pb_output_tail(&t->run->arena, t->ws.output, TAIL_BYTES);
    if (s->outcome == PB_OUTCOME_OK && f->disturbance[0]) {
        s->outcome = t->run->options->strict ? PB_OUTCOME_INVALID : PB_OUTCOME_CONTAMINATED;
        s->reason = f->disturbance;
    }
}

/* A command that cannot be executed or a before-state that cannot be made is this cell's failure;
 * anything else (disk full, registry gone) is the run's. */
static bool is_cell_failure(const struct pb_err *err)
{
    return err->code == PB_E_CHILD || err->code == PB_E_TIMEOUT || err->code == PB_E_UNSUPPORTED;
}

static int fail_cell(struct pb_taking *t, struct pb_err *err)
{
    struct pb_sample *s = &t->sample;
    s->outcome = PB_OUTCOME_FAILED;
    s->reason = pb_arena_cstr(&t->run->arena, pb_str(err->msg));
    s->exit_code = -1;
    for (int m = 0; m < PB_METRIC_COUNT; m++)
        pb_metric_missing(&s->metrics, (enum pb_metric)m, "the command did not run");
    pb_err_clear(err);
    return pb_journal_write_sample(t->run->journal, s, err);
}

static bool sample_holds(const struct pb_sample *s)
{
    return s->outcome == PB_OUTCOME_OK || s->outcome == PB_OUTCOME_CONTAMINATED;
}

/* An extra sample is in no figure, so its failure ends no cell. */
static void account(struct pb_taking *t)
{
    if (t->run->trace) {
        t->cell->traced[t->run->trace->level]++;
        return;
    }
    const struct pb_sample *s = &t->sample;
    bool holds = sample_holds(s);
    t->run->summary.samples++;
    t->run->summary.samples_contaminated += s->outcome == PB_OUTCOME_CONTAMINATED;
    if (!holds) t->cell->dead = true;
    t->cell->done[s->stage][s->round] = true;
    t->progress->taken++;
    t->progress->spent_ns += pb_now_ns() - t->began_ns;
    if (holds && s->round > 0) {
        t->progress->counted++;
        t->progress->wall_ns_sum += (double)s->metrics.value[PB_M_WALL];
    }
    if (holds && !t->cell->tree_digest)
        t->cell->tree_digest = pb_arena_cstr(&t->run->arena, pb_str(s->tree_digest));
}

int pb_sample_take(struct pb_run *run, size_t leg, size_t phase, size_t arm, int round, int slot,
                   struct pb_err *err)
{
    struct pb_taking t = {.run = run,
                          .leg = &run->legs[leg],
                          .phase = run->phases[phase],
                          .arm = &run->arms[arm],
                          .seed = pb_run_seed(run, leg, arm),
                          .cell = pb_run_cell(run, leg, phase, arm),
                          .progress = pb_run_progress(run, leg, phase, arm),
                          .began_ns = pb_now_ns(),
                          .sample = {.registry = run->legs[leg].label,
                                     .phase = run->phases[phase]->key,
                                     .arm = run->arms[arm].name,
                                     .stage = run->stage,
                                     .round = round,
                                     .traced = run->trace != NULL,
                                     .slot = slot}};
    int rc = pb_run_isolation_check(&run->isolation, err);
    if (rc == 0) rc = pb_sample_put_before_state(&t, err);
    if (rc == 0) rc = measure_traced(&t, err);
    if (rc == 0) {
        note_own_counts(&t);
        judge(&t);
        if (sample_holds(&t.sample)) rc = pb_run_note_tree(run, &t.facts.inventory, err);
        if (rc == 0) rc = pb_journal_write_sample(run->journal, &t.sample, err);
    } else if (is_cell_failure(err)) {
        rc = fail_cell(&t, err);
    }
    if (rc == 0) account(&t);
    pb_facts_release(&t.facts);
    return rc;
}
