/* SPDX-License-Identifier: MIT */
#include "harness/run/plan.h"

#include "base/clock.h"
#include "base/digest.h"
#include "fixtures/registry/snapshot.h"
#include "harness/probes/groups.h"
#include "harness/run/machine.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static void add_string(struct pb_digest *d, const char *text)
{
    pb_digest_add(d, text, strlen(text) + 1);
}

const char *pb_run_policy_hash(struct pb_run *run)
{
    struct pb_digest *d = pb_digest_new(PB_SHA256);
    for (size_t i = 0; i < run->arm_count; i++) {
        const struct pb_arm *arm = &run->arms[i];
        add_string(d, arm->name);
        for (size_t k = 0; k < arm->manager->policy_count; k++) {
            add_string(d, arm->manager->policy[k].key);
            add_string(d, arm->manager->policy[k].value);
        }
        for (size_t k = 0; k < arm->env_count; k++) {
            add_string(d, arm->env[k].key);
            add_string(d, arm->env[k].value);
        }
    }
    for (size_t i = 0; i < run->isolation.note_count; i++) {
        add_string(d, run->isolation.notes[i].key);
        add_string(d, run->isolation.notes[i].state);
    }
    uint8_t raw[PB_DIGEST_MAX];
    char text[2 * PB_DIGEST_MAX + 1];
    size_t n = pb_digest_finish(d, raw);
    pb_digest_free(d);
    pb_hex(raw, n, text);
    return pb_arena_cstr(&run->arena, pb_str(text));
}

static int describe_snapshot(struct pb_run *run, struct pb_journal_run *line, struct pb_err *err)
{
    struct pb_snapshot snapshot = PB_SNAPSHOT_INIT;
    if (!run->snapshot) return 0;
    int rc = pb_snapshot_open(&snapshot, run->snapshot, err);
    if (rc == 0) {
        line->snapshot = pb_arena_cstr(&run->arena, pb_str(snapshot.name));
        line->snapshot_digest = pb_arena_cstr(&run->arena, pb_str(snapshot.digest));
    }
    pb_snapshot_close(&snapshot);
    return rc;
}

static void describe_isolation(struct pb_run *run, struct pb_journal_run *line)
{
    for (size_t i = 0; i < run->isolation.note_count; i++) {
        const struct pb_isolation_note *note = &run->isolation.notes[i];
        const char *text = note->state;
        if (note->why) text = pb_arena_printf(&run->arena, "%s: %s", note->state, note->why);
        line->isolation[line->isolation_count++] = (struct pb_kv){note->key, text};
    }
}

static const char *probe_level(struct pb_run *run)
{
    const struct pb_probe_group *groups;
    size_t n = pb_instruments_groups(&run->arena, &run->instruments, &groups);
    return pb_probe_level(&run->arena, groups, n);
}

static int write_run_line(struct pb_run *run, struct pb_err *err)
{
    char started[32];
    pb_format_utc(pb_wallclock_ns(), started);
    struct pb_arena *arena = &run->arena;
    const struct pb_run_options *o = run->options;
    struct pb_journal_run line = {
        .id = pb_arena_printf(arena, "%s-%d", started, (int)getpid()),
        .title = o->title,
        .project = run->project_name,
        .started_utc = started,
        .version = PB_VERSION,
        .command_line = o->command_line,
        .order_seed = pb_arena_printf(arena, "%" PRIu64, o->seed),
        .registry_count = run->leg_count,
        .phase_count = run->phase_count,
        .arm_count = run->arm_count,
        .rounds = (unsigned)o->rounds,
        .probe_level = probe_level(run),
        .policy_hash = pb_run_policy_hash(run),
        .gate_rules = run->rules_text,
        .gate_floor = run->floor_text,
        .candidate_count = run->candidate_count,
    };
    for (size_t i = 0; i < run->leg_count; i++)
        line.registries[i] = run->legs[i].label;
    for (size_t i = 0; i < run->phase_count; i++)
        line.phases[i] = run->phases[i]->key;
    for (size_t i = 0; i < run->arm_count; i++)
        line.arms[i] = run->arms[i].name;
    for (size_t i = 0; i < run->candidate_count; i++)
        line.candidates[i] = run->arms[run->candidates[i]].name;
    pb_machine_describe(arena, run->work_dir, &line);
    describe_isolation(run, &line);
    if (describe_snapshot(run, &line, err) != 0) return -1;
    return pb_journal_write_run(run->journal, &line, err);
}

/* A baseline names its first candidate. */
static const char *baseline_of(const struct pb_run *run, size_t arm)
{
    bool is_baseline = run->is_paired && arm == run->baseline;
    return is_baseline ? run->arms[run->candidates[0]].name : NULL;
}

int pb_run_plan_journal(struct pb_run *run, struct pb_err *err)
{
    if (write_run_line(run, err) != 0) return -1;
    for (size_t i = 0; i < run->arm_count; i++) {
        const struct pb_arm *arm = &run->arms[i];
        struct pb_journal_arm line = {.name = arm->name,
                                      .manager = arm->manager->name,
                                      .binary = arm->binary,
                                      .version = arm->version,
                                      .binary_sha256 = arm->sha256,
                                      .baseline_of = baseline_of(run, i),
                                      .policy = arm->manager->policy,
                                      .policy_count = arm->manager->policy_count,
                                      .env = arm->env,
                                      .env_count = arm->env_count};
        if (pb_journal_write_arm(run->journal, &line, err) != 0) return -1;
    }
    return 0;
}
