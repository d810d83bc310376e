/* SPDX-License-Identifier: MIT */
/* Reading of journal.jsonl, line by line: a journal cut at any byte still gives what it holds. */
#include "harness/journal/reader.h"

#include "base/json.h"
#include "base/mem.h"
#include "harness/journal/run_fields.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *pb_reader_keep(struct pb_reader *r, const char *text)
{
    if (!text) return NULL;
    const char *kept = pb_map_get(&r->texts, pb_str(text));
    if (kept) return kept;
    char *copy = pb_arena_cstr(&r->out->arena, pb_str(text));
    pb_map_put(&r->texts, pb_str(copy), copy);
    return copy;
}

const char *pb_reader_text(struct pb_reader *r, const cJSON *object, const char *key)
{
    return pb_reader_keep(r, pb_json_cstr(object, key));
}

void pb_reader_problem(struct pb_reader *r, const char *fmt, ...)
{
    struct pb_journal_data *out = r->out;
    va_list ap;
    va_start(ap, fmt);
    const char *text = pb_arena_vprintf(&out->arena, fmt, ap);
    va_end(ap);
    PB_GROW(out->problems, r->problem_cap, out->problem_count + 1);
    out->problems[out->problem_count++] = text;
}

int64_t pb_reader_number(const cJSON *object, const char *key, int64_t fallback)
{
    double value = pb_json_num(object, key, NAN);
    return isfinite(value) && fabs(value) < 9e18 ? (int64_t)value : fallback;
}

static size_t list_of(struct pb_reader *r, const cJSON *object, const char *key, const char **out,
                      size_t max)
{
    size_t n = 0;
    const cJSON *item;
    cJSON_ArrayForEach (item, pb_json_get(object, key))
        if (cJSON_IsString(item) && n < max) out[n++] = pb_reader_keep(r, item->valuestring);
    return n;
}

/* Members with a text, in order. */
static size_t pairs_of(struct pb_reader *r, const cJSON *object, struct pb_kv *out, size_t max)
{
    size_t n = 0;
    const cJSON *item;
    if (!cJSON_IsObject(object)) return 0;
    cJSON_ArrayForEach (item, object)
        if (cJSON_IsString(item) && item->string && n < max)
            out[n++] = (struct pb_kv){pb_reader_keep(r, item->string),
                                      pb_reader_keep(r, item->valuestring)};
    return n;
}

static void read_run(struct pb_reader *r, const cJSON *o)
{
    struct pb_journal_run *run = &r->out->run;
    const char *schema = pb_json_cstr(o, "schema");
    if (!schema || strcmp(schema, "phasebench/1") != 0)
        pb_reader_problem(r, "line %zu: schema %s is not phasebench/1: some figures may be missing",
                          r->line, schema ? schema : "(none)");
    for (size_t i = 0; i < pb_run_field_count; i++)
        pb_run_field_set(run, &pb_run_fields[i], pb_reader_text(r, o, pb_run_fields[i].key));
    run->registry_count = list_of(r, o, "registries", run->registries,
                                  sizeof run->registries / sizeof *run->registries);
    run->phase_count =
        list_of(r, o, "phases", run->phases, sizeof run->phases / sizeof *run->phases);
    run->arm_count = list_of(r, o, "arms", run->arms, sizeof run->arms / sizeof *run->arms);
    run->gate_rules = pb_reader_text(r, o, "gate_rules");
    run->gate_floor = pb_reader_text(r, o, "gate_floor");
    run->candidate_count = list_of(r, o, "candidates", run->candidates,
                                   sizeof run->candidates / sizeof *run->candidates);
    run->cpus = (unsigned)pb_reader_number(o, "cpus", 0);
    run->rounds = (unsigned)pb_reader_number(o, "rounds", 0);
    run->memory_bytes = pb_reader_number(o, "memory_bytes", 0);
    run->isolation_count =
        pairs_of(r, pb_json_get(o, "isolation"), run->isolation, PB_JOURNAL_ISOLATION_MAX);
}

static const struct pb_kv *kvs_of(struct pb_reader *r, const cJSON *o, const char *key, size_t *n)
{
    const cJSON *object = pb_json_get(o, key);
    size_t most = cJSON_IsObject(object) ? (size_t)cJSON_GetArraySize(object) : 0;
    struct pb_kv *kvs = PB_ARENA_ARRAY(&r->out->arena, struct pb_kv, most);
    *n = pairs_of(r, object, kvs, most);
    return kvs;
}

static void read_arm(struct pb_reader *r, const cJSON *o)
{
    struct pb_journal_data *out = r->out;
    struct pb_journal_arm arm = {
        .name = pb_reader_text(r, o, "name"),
        .manager = pb_reader_text(r, o, "manager"),
        .binary = pb_reader_text(r, o, "binary"),
        .version = pb_reader_text(r, o, "version"),
        .binary_sha256 = pb_reader_text(r, o, "binary_sha256"),
        .baseline_of = pb_reader_text(r, o, "baseline_of"),
    };
    arm.policy = kvs_of(r, o, "policy", &arm.policy_count);
    arm.env = kvs_of(r, o, "env", &arm.env_count);
    if (!arm.name) {
        pb_reader_problem(r, "line %zu: an arm without a name", r->line);
        return;
    }
    PB_GROW(out->arms, r->arm_cap, out->arm_count + 1);
    out->arms[out->arm_count++] = arm;
}

static void read_tree(struct pb_reader *r, const cJSON *o)
{
    struct pb_journal_data *out = r->out;
    const cJSON *list = pb_json_get(o, "packages");
    size_t most = cJSON_IsArray(list) ? (size_t)cJSON_GetArraySize(list) : 0;
    const char **packages = PB_ARENA_ARRAY(&out->arena, const char *, most);
    struct pb_journal_tree tree = {.digest = pb_reader_text(r, o, "digest"), .packages = packages};
    tree.package_count = list_of(r, o, "packages", packages, most);
    if (!tree.digest) {
        pb_reader_problem(r, "line %zu: a tree without a digest", r->line);
        return;
    }
    PB_GROW(out->trees, r->tree_cap, out->tree_count + 1);
    out->trees[out->tree_count++] = tree;
}

enum pb_outcome pb_reader_outcome(const cJSON *o)
{
    const char *name = pb_json_cstr(o, "outcome");
    for (enum pb_outcome i = PB_OUTCOME_OK; name && i <= PB_OUTCOME_UNSUPPORTED; i++)
        if (strcmp(pb_outcome_name(i), name) == 0) return i;
    return PB_OUTCOME_INVALID;
}

static void read_seed(struct pb_reader *r, const cJSON *o)
{
    struct pb_journal_data *out = r->out;
    struct pb_journal_seed seed = {
        .registry = pb_reader_text(r, o, "registry"),
        .phase = pb_reader_text(r, o, "phase"),
        .arm = pb_reader_text(r, o, "arm"),
        .outcome = pb_reader_outcome(o),
        .reason = pb_reader_text(r, o, "reason"),
    };
    if (!seed.registry || !seed.phase || !seed.arm) {
        pb_reader_problem(r, "line %zu: a seed without registry, phase or arm", r->line);
        return;
    }
    PB_GROW(out->seeds, r->seed_cap, out->seed_count + 1);
    out->seeds[out->seed_count++] = seed;
}

static void read_event(struct pb_reader *r, const cJSON *o)
{
    const char *kind = pb_json_cstr(o, "kind");
    /* A resumed run goes on behind the end line of the interrupted one. */
    if (kind && strcmp(kind, "resumed") == 0) r->out->ended = false;
}

static void read_end(struct pb_reader *r, const cJSON *o)
{
    const char *how = pb_json_cstr(o, "how");
    r->out->ended = how && strcmp(how, "finished") == 0;
}

static const struct {
    const char *type;
    void (*read)(struct pb_reader *r, const cJSON *o);
} line_types[] = {
    {"run", read_run},          {"arm", read_arm},     {"seed", read_seed}, {"tree", read_tree},
    {"sample", pb_read_sample}, {"event", read_event}, {"end", read_end},
};

static void read_line(struct pb_reader *r, const char *line, size_t n)
{
    cJSON *o = cJSON_ParseWithLength(line, n);
    const char *type = pb_json_cstr(o, "type");
    if (!type) pb_reader_problem(r, "line %zu is damaged and was left out", r->line);
    for (size_t i = 0; type && i < sizeof line_types / sizeof *line_types; i++)
        if (strcmp(line_types[i].type, type) == 0) line_types[i].read(r, o);
    cJSON_Delete(o);
}

static int read_lines(struct pb_reader *r, FILE *file, const char *path, struct pb_err *err)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    while ((n = getline(&line, &cap, file)) > 0) {
        r->line++;
        if (line[n - 1] != '\n')
            pb_reader_problem(r, "the last line is cut: the sample in flight was lost");
        else if (n > PB_JOURNAL_LINE_MAX_BYTES)
            pb_reader_problem(r, "line %zu is over %d bytes and was left out", r->line,
                              PB_JOURNAL_LINE_MAX_BYTES);
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
    struct pb_reader reader = {.out = out};
    int rc = read_lines(&reader, file, path, err);
    fclose(file);
    if (rc == 0 && !out->run.id)
        pb_reader_problem(&reader,
                          "there is no line that describes the run: was it cut at the very start?");
    if (rc == 0 && !out->ended)
        pb_reader_problem(&reader, "the run did not finish: some samples are missing");
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
