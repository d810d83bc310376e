/* SPDX-License-Identifier: MIT */
/* Reading of journal.jsonl, line by line: a journal cut at any byte still gives what it holds. */
#include "harness/journal/journal.h"

#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "harness/journal/run_fields.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINE_MAX_BYTES = 8 << 20 };

struct reader {
    struct pb_journal_data *out;
    struct pb_map texts; /* repeated texts (arm names, reasons) are kept once */
    size_t arm_cap, seed_cap, tree_cap, sample_cap, problem_cap;
    size_t line;
};

static const char *keep(struct reader *r, const char *text)
{
    if (!text) return NULL;
    const char *kept = pb_map_get(&r->texts, pb_str(text));
    if (kept) return kept;
    char *copy = pb_arena_cstr(&r->out->arena, pb_str(text));
    pb_map_put(&r->texts, pb_str(copy), copy);
    return copy;
}

static const char *text_of(struct reader *r, const cJSON *object, const char *key)
{
    return keep(r, pb_json_cstr(object, key));
}

__attribute__((format(printf, 2, 3))) static void problem(struct reader *r, const char *fmt, ...)
{
    struct pb_journal_data *out = r->out;
    va_list ap;
    va_start(ap, fmt);
    const char *text = pb_arena_vprintf(&out->arena, fmt, ap);
    va_end(ap);
    PB_GROW(out->problems, r->problem_cap, out->problem_count + 1);
    out->problems[out->problem_count++] = text;
}

/* A whole number within int64_t; fallback otherwise. */
static int64_t number_of(const cJSON *object, const char *key, int64_t fallback)
{
    double value = pb_json_num(object, key, NAN);
    return isfinite(value) && fabs(value) < 9e18 ? (int64_t)value : fallback;
}

static size_t list_of(struct reader *r, const cJSON *object, const char *key, const char **out,
                      size_t max)
{
    size_t n = 0;
    const cJSON *item;
    cJSON_ArrayForEach (item, pb_json_get(object, key))
        if (cJSON_IsString(item) && n < max) out[n++] = keep(r, item->valuestring);
    return n;
}

/* Members with a text, in order. */
static size_t pairs_of(struct reader *r, const cJSON *object, struct pb_kv *out, size_t max)
{
    size_t n = 0;
    const cJSON *item;
    if (!cJSON_IsObject(object)) return 0;
    cJSON_ArrayForEach (item, object)
        if (cJSON_IsString(item) && item->string && n < max)
            out[n++] = (struct pb_kv){keep(r, item->string), keep(r, item->valuestring)};
    return n;
}

static void read_run(struct reader *r, const cJSON *o)
{
    struct pb_journal_run *run = &r->out->run;
    const char *schema = pb_json_cstr(o, "schema");
    if (!schema || strcmp(schema, "phasebench/1") != 0)
        problem(r, "line %zu: schema %s is not phasebench/1: some figures may be missing", r->line,
                schema ? schema : "(none)");
    for (size_t i = 0; i < pb_run_field_count; i++)
        pb_run_field_set(run, &pb_run_fields[i], text_of(r, o, pb_run_fields[i].key));
    run->registry_count = list_of(r, o, "registries", run->registries,
                                  sizeof run->registries / sizeof *run->registries);
    run->phase_count =
        list_of(r, o, "phases", run->phases, sizeof run->phases / sizeof *run->phases);
    run->arm_count = list_of(r, o, "arms", run->arms, sizeof run->arms / sizeof *run->arms);
    run->gate_rules = text_of(r, o, "gate_rules");
    run->gate_floor = text_of(r, o, "gate_floor");
    run->candidate_count = list_of(r, o, "candidates", run->candidates,
                                   sizeof run->candidates / sizeof *run->candidates);
    run->cpus = (unsigned)number_of(o, "cpus", 0);
    run->rounds = (unsigned)number_of(o, "rounds", 0);
    run->memory_bytes = number_of(o, "memory_bytes", 0);
    run->isolation_count =
        pairs_of(r, pb_json_get(o, "isolation"), run->isolation, PB_JOURNAL_ISOLATION_MAX);
}

static const struct pb_kv *kvs_of(struct reader *r, const cJSON *o, const char *key, size_t *n)
{
    const cJSON *object = pb_json_get(o, key);
    size_t most = cJSON_IsObject(object) ? (size_t)cJSON_GetArraySize(object) : 0;
    struct pb_kv *kvs = PB_ARENA_ARRAY(&r->out->arena, struct pb_kv, most);
    *n = pairs_of(r, object, kvs, most);
    return kvs;
}

static void read_arm(struct reader *r, const cJSON *o)
{
    struct pb_journal_data *out = r->out;
    struct pb_journal_arm arm = {
        .name = text_of(r, o, "name"),
        .manager = text_of(r, o, "manager"),
        .binary = text_of(r, o, "binary"),
        .version = text_of(r, o, "version"),
        .binary_sha256 = text_of(r, o, "binary_sha256"),
        .baseline_of = text_of(r, o, "baseline_of"),
    };
    arm.policy = kvs_of(r, o, "policy", &arm.policy_count);
    arm.env = kvs_of(r, o, "env", &arm.env_count);
    if (!arm.name) {
        problem(r, "line %zu: an arm without a name", r->line);
        return;
    }
    PB_GROW(out->arms, r->arm_cap, out->arm_count + 1);
    out->arms[out->arm_count++] = arm;
}

static void read_tree(struct reader *r, const cJSON *o)
{
    struct pb_journal_data *out = r->out;
    const cJSON *list = pb_json_get(o, "packages");
    size_t most = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;
    const char **packages = PB_ARENA_ARRAY(&out->arena, const char *, most);
    struct pb_journal_tree tree = {.digest = text_of(r, o, "digest"), .packages = packages};
    tree.package_count = list_of(r, o, "packages", packages, most);
    if (!tree.digest) {
        problem(r, "line %zu: a tree without a digest", r->line);
        return;
    }
    PB_GROW(out->trees, r->tree_cap, out->tree_count + 1);
    out->trees[out->tree_count++] = tree;
}

static enum pb_outcome outcome_of(const cJSON *o)
{
    const char *name = pb_json_cstr(o, "outcome");
    for (enum pb_outcome i = PB_OUTCOME_OK; name && i <= PB_OUTCOME_UNSUPPORTED; i++)
        if (strcmp(pb_outcome_name(i), name) == 0) return i;
    return PB_OUTCOME_INVALID;
}

static void read_seed(struct reader *r, const cJSON *o)
{
    struct pb_journal_data *out = r->out;
    struct pb_journal_seed seed = {
        .registry = text_of(r, o, "registry"),
        .phase = text_of(r, o, "phase"),
        .arm = text_of(r, o, "arm"),
        .outcome = outcome_of(o),
        .reason = text_of(r, o, "reason"),
    };
    if (!seed.registry || !seed.phase || !seed.arm) {
        problem(r, "line %zu: a seed without registry, phase or arm", r->line);
        return;
    }
    PB_GROW(out->seeds, r->seed_cap, out->seed_count + 1);
    out->seeds[out->seed_count++] = seed;
}

static void read_metrics(struct reader *r, const cJSON *o, struct pb_metric_values *out)
{
    const cJSON *missing = pb_json_get(o, "missing"), *item;
    cJSON_ArrayForEach (item, pb_json_get(o, "metrics")) {
        int m = item->string ? pb_metric_by_name(item->string) : -1;
        if (m >= 0 && cJSON_IsNumber(item) && fabs(item->valuedouble) < 9e18)
            pb_metric_set(out, (enum pb_metric)m, (int64_t)item->valuedouble);
    }
    for (int m = 0; m < PB_METRIC_COUNT; m++) {
        if (out->has[m]) continue;
        const char *why = text_of(r, missing, pb_metric_table[m].name);
        out->reason[m] = why ? why : "not in the journal";
    }
}

static void read_checks(struct reader *r, const cJSON *o, struct pb_sample *sample)
{
    const cJSON *item;
    cJSON_ArrayForEach (item, pb_json_get(o, "checks")) {
        if (!item->string || sample->check_count == sizeof sample->checks / sizeof *sample->checks)
            break;
        sample->checks[sample->check_count++] = (struct pb_journal_check){
            keep(r, item->string), cJSON_IsString(item) ? keep(r, item->valuestring) : NULL};
    }
}

static enum pb_stage stage_of(const cJSON *o)
{
    const char *name = pb_json_cstr(o, "stage");
    return name && strcmp(name, "confirm") == 0 ? PB_STAGE_CONFIRM : PB_STAGE_SCREEN;
}

static const char *json_of(struct reader *r, const cJSON *o, const char *key)
{
    const cJSON *value = pb_json_get(o, key);
    if (!cJSON_IsObject(value)) return NULL;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(LINE_MAX_BYTES);
    pb_json_print(value, &text);
    return pb_buf_ok(&text) ? pb_arena_cstr(&r->out->arena, pb_buf_str(&text)) : NULL;
}

static void read_sample(struct reader *r, const cJSON *o)
{
    struct pb_journal_data *out = r->out;
    struct pb_sample *sample = PB_ARENA_NEW(&out->arena, struct pb_sample);
    *sample = (struct pb_sample){
        .registry = text_of(r, o, "registry"),
        .phase = text_of(r, o, "phase"),
        .arm = text_of(r, o, "arm"),
        .stage = stage_of(o),
        .round = (int)number_of(o, "round", 0),
        .slot = (int)number_of(o, "slot", 0),
        .traced = pb_json_bool(o, "traced", false),
        .started_wallclock_ns = number_of(o, "started_wallclock_ns", 0),
        .outcome = outcome_of(o),
        .reason = text_of(r, o, "reason"),
        .exit_code = (int)number_of(o, "exit_code", -1),
        .signal = (int)number_of(o, "signal", 0),
        .timed_out = pb_json_bool(o, "timed_out", false),
        .tree_digest = text_of(r, o, "tree_digest"),
        .lock_digest = text_of(r, o, "lock_digest"),
        .output_tail = text_of(r, o, "output_tail"),
        .trace = text_of(r, o, "trace"),
        .detail_json = json_of(r, o, "detail"),
        .counts_json = text_of(r, o, "counts"),
    };
    read_metrics(r, o, &sample->metrics);
    read_checks(r, o, sample);
    if (!sample->registry || !sample->phase || !sample->arm) {
        problem(r, "line %zu: a sample without registry, phase or arm", r->line);
        return;
    }
    PB_GROW(out->samples, r->sample_cap, out->sample_count + 1);
    out->samples[out->sample_count++] = sample;
}

static void read_event(struct reader *r, const cJSON *o)
{
    const char *kind = pb_json_cstr(o, "kind");
    /* A resumed run goes on behind the end line of the interrupted one. */
    if (kind && strcmp(kind, "resumed") == 0) r->out->ended = false;
}

static void read_end(struct reader *r, const cJSON *o)
{
    const char *how = pb_json_cstr(o, "how");
    r->out->ended = how && strcmp(how, "finished") == 0;
}

static const struct {
    const char *type;
    void (*read)(struct reader *r, const cJSON *o);
} line_types[] = {
    {"run", read_run},       {"arm", read_arm},     {"seed", read_seed}, {"tree", read_tree},
    {"sample", read_sample}, {"event", read_event}, {"end", read_end},
};

static void read_line(struct reader *r, const char *line, size_t n)
{
    cJSON *o = cJSON_ParseWithLength(line, n);
    const char *type = pb_json_cstr(o, "type");
    if (!type) problem(r, "line %zu is damaged and was left out", r->line);
    for (size_t i = 0; type && i < sizeof line_types / sizeof *line_types; i++)
        if (strcmp(line_types[i].type, type) == 0) line_types[i].read(r, o);
    cJSON_Delete(o);
}

static int read_lines(struct reader *r, FILE *file, const char *path, struct pb_err *err)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    while ((n = getline(&line, &cap, file)) > 0) {
        r->line++;
        if (line[n - 1] != '\n')
            problem(r, "the last line is cut: the sample in flight was lost");
        else if (n > LINE_MAX_BYTES)
            problem(r, "line %zu is over %d bytes and was left out", r->line, LINE_MAX_BYTES);
        else if (n > 1)
            read_line(r, line, (size_t)n);
    }
    free(line);
    return ferror(file) ? pb_err_sys(err, errno, "cannot read the journal: %s", path) : 0;
}

int pb_journal_read(const char *dir, struct pb_journal_data *out, struct pb_err *err)
{
    *out = (struct pb_journal_data){.arena = PB_ARENA_INIT};
    const char *path = pb_arena_printf(&out->arena, "%s/journal.jsonl", dir);
    FILE *file = fopen(path, "re");
    if (!file) return pb_err_sys(err, errno, "cannot read the journal: %s", path);
    struct reader reader = {.out = out};
    int rc = read_lines(&reader, file, path, err);
    fclose(file);
    if (rc == 0 && !out->run.id)
        problem(&reader, "there is no line that describes the run: was it cut at the very start?");
    if (rc == 0 && !out->ended)
        problem(&reader, "the run did not finish: some samples are missing");
    pb_map_release(&reader.texts);
    return rc;
}

const struct pb_journal_tree *pb_journal_tree_find(const struct pb_journal_data *data,
                                                   const char *digest)
{
    for (size_t i = 0; i < data->tree_count; i++)
        if (strcmp(data->trees[i].digest, digest) == 0) return &data->trees[i];
    return NULL;
}

void pb_journal_data_release(struct pb_journal_data *data)
{
    free(data->arms);
    free(data->seeds);
    free(data->trees);
    free(data->samples);
    free(data->problems);
    pb_arena_release(&data->arena);
}
