/* SPDX-License-Identifier: MIT */
/* Writing of journal.jsonl: each line is built whole, written by one write() and synced. */
#include "harness/journal/journal.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/fs.h"
#include "base/mem.h"
#include "harness/journal/run_fields.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 8 << 20 };

struct pb_journal {
    int fd;
    char *path;
    struct pb_buf line;
};

static const char *const outcome_names[] = {
    [PB_OUTCOME_OK] = "ok",
    [PB_OUTCOME_FAILED] = "failed",
    [PB_OUTCOME_INVALID] = "invalid",
    [PB_OUTCOME_CONTAMINATED] = "contaminated",
    [PB_OUTCOME_SEED_FAILED] = "seed-failed",
    [PB_OUTCOME_UNSUPPORTED] = "unsupported",
};

const char *pb_outcome_name(enum pb_outcome outcome)
{
    return outcome_names[outcome];
}

/* A line that a killed run cut is ended, so that the next one stands alone. */
static int end_cut_line(struct pb_journal *j, struct pb_err *err)
{
    struct stat st;
    char last = '\n';
    if (fstat(j->fd, &st) < 0 || (st.st_size > 0 && pread(j->fd, &last, 1, st.st_size - 1) != 1))
        return pb_err_sys(err, errno, "cannot read the journal: %s", j->path);
    return last == '\n' ? 0 : pb_write_all(j->fd, "\n", 1, err);
}

struct pb_journal *pb_journal_open(const char *dir, struct pb_err *err)
{
    struct pb_journal *j = pb_calloc(1, sizeof *j);
    j->line = PB_BUF_INIT(LINE_MAX_BYTES);
    j->fd = -1;
    if (asprintf(&j->path, "%s/journal.jsonl", dir) < 0) {
        j->path = NULL;
        pb_err_set(err, PB_E_SYSTEM, "cannot open the journal: %s: out of memory", dir);
        goto fail;
    }
    j->fd = open(j->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    if (j->fd < 0) {
        pb_err_sys(err, errno, "cannot open the journal: %s", j->path);
        goto fail;
    }
    if (flock(j->fd, LOCK_EX | LOCK_NB) < 0) {
        pb_err_set(err, PB_E_CONFLICT, "cannot open the journal: %s: another run writes it",
                   j->path);
        goto fail;
    }
    if (end_cut_line(j, err) == 0) return j;
fail:
    pb_journal_close(j);
    return NULL;
}

void pb_journal_close(struct pb_journal *j)
{
    if (!j) return;
    if (j->fd >= 0) close(j->fd);
    pb_buf_release(&j->line);
    free(j->path);
    free(j);
}

static void begin(struct pb_journal *j, const char *type)
{
    pb_buf_clear(&j->line);
    pb_buf_printf(&j->line, "{\"type\":\"%s\"", type);
}

static void add_key(struct pb_buf *line, const char *key)
{
    char before = line->p[line->n - 1];
    if (before != '{' && before != '[') pb_buf_add_char(line, ',');
    pb_buf_add_json(line, pb_str(key));
    pb_buf_add_char(line, ':');
}

/* NULL is left out. */
static void add_text(struct pb_buf *line, const char *key, const char *value)
{
    if (!value) return;
    add_key(line, key);
    pb_buf_add_json(line, pb_str(value));
}

/* A value that is JSON already. */
static void add_raw(struct pb_buf *line, const char *key, const char *json)
{
    if (!json) return;
    add_key(line, key);
    pb_buf_add_cstr(line, json);
}

static void add_number(struct pb_buf *line, const char *key, int64_t value)
{
    add_key(line, key);
    pb_buf_printf(line, "%lld", (long long)value);
}

static void add_bool(struct pb_buf *line, const char *key, bool value)
{
    add_key(line, key);
    pb_buf_add_cstr(line, value ? "true" : "false");
}

static void add_list(struct pb_buf *line, const char *key, const char *const *items, size_t n)
{
    add_key(line, key);
    pb_buf_add_char(line, '[');
    for (size_t i = 0; i < n; i++) {
        if (i) pb_buf_add_char(line, ',');
        pb_buf_add_json(line, pb_str(items[i]));
    }
    pb_buf_add_char(line, ']');
}

static void add_kvs(struct pb_buf *line, const char *key, const struct pb_kv *kvs, size_t n)
{
    add_key(line, key);
    pb_buf_add_char(line, '{');
    for (size_t i = 0; i < n; i++)
        add_text(line, kvs[i].key, kvs[i].value);
    pb_buf_add_char(line, '}');
}

static int finish(struct pb_journal *j, struct pb_err *err)
{
    pb_buf_add_cstr(&j->line, "}\n");
    if (!pb_buf_ok(&j->line))
        return pb_err_set(err, PB_E_LIMIT, "cannot write the journal: %s: a line of over %d bytes",
                          j->path, LINE_MAX_BYTES);
    if (pb_write_all(j->fd, j->line.p, j->line.n, err) < 0)
        return pb_err_wrap(err, "cannot write the journal: %s", j->path);
    if (fdatasync(j->fd) < 0 && errno != EINVAL)
        return pb_err_sys(err, errno, "cannot write the journal: %s", j->path);
    return 0;
}

int pb_journal_write_run(struct pb_journal *j, const struct pb_journal_run *run, struct pb_err *err)
{
    struct pb_buf *line = &j->line;
    begin(j, "run");
    add_text(line, "schema", "phasebench/1");
    for (size_t i = 0; i < pb_run_field_count; i++)
        add_text(line, pb_run_fields[i].key, pb_run_field_get(run, &pb_run_fields[i]));
    add_text(line, "gate_rules", run->gate_rules);
    add_text(line, "gate_floor", run->gate_floor);
    add_list(line, "registries", run->registries, run->registry_count);
    add_list(line, "phases", run->phases, run->phase_count);
    add_list(line, "arms", run->arms, run->arm_count);
    if (run->candidate_count) add_list(line, "candidates", run->candidates, run->candidate_count);
    add_number(line, "cpus", run->cpus);
    add_number(line, "rounds", run->rounds);
    add_number(line, "memory_bytes", run->memory_bytes);
    add_kvs(line, "isolation", run->isolation, run->isolation_count);
    return finish(j, err);
}

int pb_journal_write_arm(struct pb_journal *j, const struct pb_journal_arm *arm, struct pb_err *err)
{
    struct pb_buf *line = &j->line;
    begin(j, "arm");
    add_text(line, "name", arm->name);
    add_text(line, "manager", arm->manager);
    add_text(line, "binary", arm->binary);
    add_text(line, "version", arm->version);
    add_text(line, "binary_sha256", arm->binary_sha256);
    add_text(line, "baseline_of", arm->baseline_of);
    add_kvs(line, "policy", arm->policy, arm->policy_count);
    add_kvs(line, "env", arm->env, arm->env_count);
    return finish(j, err);
}

int pb_journal_write_tree(struct pb_journal *j, const struct pb_journal_tree *tree,
                          struct pb_err *err)
{
    begin(j, "tree");
    add_text(&j->line, "digest", tree->digest);
    add_list(&j->line, "packages", tree->packages, tree->package_count);
    return finish(j, err);
}

int pb_journal_write_seed(struct pb_journal *j, const struct pb_journal_seed *seed,
                          struct pb_err *err)
{
    struct pb_buf *line = &j->line;
    begin(j, "seed");
    add_text(line, "registry", seed->registry);
    add_text(line, "phase", seed->phase);
    add_text(line, "arm", seed->arm);
    add_text(line, "outcome", pb_outcome_name(seed->outcome));
    add_text(line, "reason", seed->reason);
    return finish(j, err);
}

static void add_metrics(struct pb_buf *line, const struct pb_metric_values *metrics)
{
    bool missing = false;
    add_key(line, "metrics");
    pb_buf_add_char(line, '{');
    for (int m = 0; m < PB_METRIC_COUNT; m++) {
        if (metrics->has[m]) {
            add_number(line, pb_metric_table[m].name, metrics->value[m]);
            continue;
        }
        add_key(line, pb_metric_table[m].name);
        pb_buf_add_cstr(line, "null");
        missing = true;
    }
    pb_buf_add_char(line, '}');
    if (!missing) return;
    add_key(line, "missing");
    pb_buf_add_char(line, '{');
    for (int m = 0; m < PB_METRIC_COUNT; m++)
        if (!metrics->has[m])
            add_text(line, pb_metric_table[m].name,
                     metrics->reason[m] ? metrics->reason[m] : "no probe of this run takes it");
    pb_buf_add_char(line, '}');
}

static void add_checks(struct pb_buf *line, const struct pb_sample *sample)
{
    add_key(line, "checks");
    pb_buf_add_char(line, '{');
    for (size_t i = 0; i < sample->check_count; i++) {
        if (sample->checks[i].reason) {
            add_text(line, sample->checks[i].name, sample->checks[i].reason);
            continue;
        }
        add_key(line, sample->checks[i].name);
        pb_buf_add_cstr(line, "null");
    }
    pb_buf_add_char(line, '}');
}

int pb_journal_write_sample(struct pb_journal *j, const struct pb_sample *sample,
                            struct pb_err *err)
{
    struct pb_buf *line = &j->line;
    begin(j, "sample");
    add_text(line, "registry", sample->registry);
    add_text(line, "phase", sample->phase);
    add_text(line, "arm", sample->arm);
    if (sample->stage == PB_STAGE_CONFIRM) add_text(line, "stage", "confirm");
    add_number(line, "round", sample->round);
    add_number(line, "slot", sample->slot);
    if (sample->traced) add_bool(line, "traced", true);
    add_number(line, "started_wallclock_ns", sample->started_wallclock_ns);
    add_text(line, "outcome", pb_outcome_name(sample->outcome));
    add_text(line, "reason", sample->reason);
    add_number(line, "exit_code", sample->exit_code);
    add_number(line, "signal", sample->signal);
    add_bool(line, "timed_out", sample->timed_out);
    add_metrics(line, &sample->metrics);
    add_checks(line, sample);
    add_text(line, "tree_digest", sample->tree_digest);
    add_text(line, "lock_digest", sample->lock_digest);
    add_text(line, "output_tail", sample->output_tail);
    add_text(line, "trace", sample->trace);
    add_raw(line, "detail", sample->detail_json);
    add_text(line, "counts", sample->counts_json);
    return finish(j, err);
}

int pb_journal_write_event(struct pb_journal *j, const char *kind, const char *text,
                           struct pb_err *err)
{
    begin(j, "event");
    add_text(&j->line, "kind", kind);
    add_text(&j->line, "text", text);
    add_number(&j->line, "wallclock_ns", pb_wallclock_ns());
    return finish(j, err);
}

int pb_journal_write_end(struct pb_journal *j, const char *how, struct pb_err *err)
{
    begin(j, "end");
    add_text(&j->line, "how", how);
    add_number(&j->line, "wallclock_ns", pb_wallclock_ns());
    return finish(j, err);
}
