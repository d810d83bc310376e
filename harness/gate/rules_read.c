/* SPDX-License-Identifier: MIT */
#include "harness/gate/rules.h"

#include "base/fs.h"
#include "base/json.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BIASES_MAX = 4096, NAME_MAX_BYTES = 128, FILE_MAX_BYTES = 1 << 20 };

static int add_name(const char **list, size_t *n, const char *name, const char *what,
                    struct pb_err *err)
{
    if (*n == PB_GATE_LIST_MAX)
        return pb_err_set(err, PB_E_LIMIT, "gate rules: more than %d %s", PB_GATE_LIST_MAX, what);
    list[(*n)++] = name;
    return 0;
}

static bool is_acceptable(const char *name)
{
    static const char *const others[] = {"tree_digest", "lock_digest", "inconclusive",
                                         "contaminated"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(name, others[i]) == 0) return true;
    return pb_metric_by_name(name) >= 0;
}

int pb_gate_rules_add_accept(struct pb_gate_rules *rules, const char *name, struct pb_err *err)
{
    if (!is_acceptable(name))
        return pb_err_set(err, PB_E_USAGE,
                          "accept %s: neither a metric (see phasebench list metrics) nor "
                          "tree_digest, lock_digest, inconclusive or contaminated",
                          name);
    return add_name(rules->accept, &rules->accept_count, name, "accepted names", err);
}

int pb_gate_rules_add_control(struct pb_gate_rules *rules, const char *phase, struct pb_err *err)
{
    return add_name(rules->controls, &rules->control_count, phase, "controls", err);
}

static int add_threshold(struct pb_gate_rules *rules, const char *phase, enum pb_metric metric,
                         double percent, struct pb_err *err)
{
    if (rules->threshold_count == PB_GATE_LIST_MAX)
        return pb_err_set(err, PB_E_LIMIT, "gate rules: more than %d thresholds", PB_GATE_LIST_MAX);
    rules->thresholds[rules->threshold_count++] =
        (struct pb_gate_threshold){phase, metric, log1p(percent / 100)};
    return 0;
}

static bool is_percent(double percent)
{
    return percent > 0 && percent <= PB_GATE_PERCENT_MAX;
}

int pb_gate_rules_add_threshold(struct pb_arena *arena, struct pb_gate_rules *rules,
                                const char *text, struct pb_err *err)
{
    struct pb_str rest = pb_str(text), before;
    const char *colon = strchr(text, ':'), *phase = NULL;
    if (colon) {
        pb_str_split(&rest, ':', &before);
        phase = pb_arena_cstr(arena, before);
    }
    pb_str_split(&rest, '=', &before);
    int metric = pb_metric_by_name(pb_arena_cstr(arena, before));
    char *end;
    const char *number = pb_arena_cstr(arena, rest);
    double percent = strtod(number, &end);
    if (*end == '%') end++;
    if (metric >= 0 && *number && !*end && is_percent(percent))
        return add_threshold(rules, phase, (enum pb_metric)metric, percent, err);
    return pb_err_set(err, PB_E_USAGE,
                      "threshold %s: write METRIC=PERCENT or PHASE:METRIC=PERCENT, as in "
                      "p4:wall_ns=5 (see phasebench list metrics)",
                      text);
}

static int metric_of(const struct pb_json *doc, const cJSON *object, struct pb_err *err)
{
    const char *name = pb_json_cstr(object, "metric");
    int metric = name ? pb_metric_by_name(name) : -1;
    if (metric >= 0) return metric;
    const cJSON *node = pb_json_get(object, "metric");
    return pb_json_err(doc, node ? node : object, err,
                       "\"metric\" must be one of phasebench list metrics");
}

static int read_thresholds(struct pb_arena *arena, const struct pb_json *doc,
                           struct pb_gate_rules *out, struct pb_err *err)
{
    static const char *const keys[] = {"metric", "phase", "percent", NULL};
    const cJSON *list = pb_json_get(doc->root, "thresholds"), *item;
    if (list && !cJSON_IsArray(list))
        return pb_json_err(doc, list, err, "\"thresholds\" must be a list");
    cJSON_ArrayForEach (item, list) {
        if (!cJSON_IsObject(item)) return pb_json_err(doc, item, err, "must be an object");
        const char *phase = pb_json_cstr(item, "phase");
        double percent = pb_json_num(item, "percent", 0);
        int metric = metric_of(doc, item, err);
        if (metric < 0 || pb_json_only_keys(doc, item, keys, err) != 0) return -1;
        if (!is_percent(percent))
            return pb_json_err(doc, item, err, "\"percent\" must be above 0 and at most %.0f",
                               PB_GATE_PERCENT_MAX);
        if (pb_json_get(item, "phase") && !phase)
            return pb_json_err(doc, item, err, "\"phase\" must be a text");
        if (add_threshold(out, phase ? pb_arena_cstr(arena, pb_str(phase)) : NULL,
                          (enum pb_metric)metric, percent, err) != 0)
            return -1;
    }
    return 0;
}

static int read_names(struct pb_arena *arena, const struct pb_json *doc, const char *key,
                      const char **out, size_t *n, struct pb_err *err)
{
    const cJSON *list = pb_json_get(doc->root, key), *item;
    if (list && !cJSON_IsArray(list))
        return pb_json_err(doc, list, err, "\"%s\" must be a list of texts", key);
    cJSON_ArrayForEach (item, list) {
        if (!cJSON_IsString(item) || !*item->valuestring ||
            strlen(item->valuestring) > NAME_MAX_BYTES)
            return pb_json_err(doc, item, err, "\"%s\" must be a list of names", key);
        if (strcmp(key, "accept") == 0 && !is_acceptable(item->valuestring))
            return pb_json_err(doc, item, err,
                               "cannot accept \"%s\": it is neither a metric nor tree_digest, "
                               "lock_digest, inconclusive or contaminated",
                               item->valuestring);
        if (add_name(out, n, pb_arena_cstr(arena, pb_str(item->valuestring)), key, err) != 0)
            return -1;
    }
    return 0;
}

int pb_gate_rules_parse(struct pb_arena *arena, struct pb_str text, const char *name,
                        struct pb_gate_rules *out, struct pb_err *err)
{
    static const char *const keys[] = {"thresholds", "phases", "controls", "accept", NULL};
    struct pb_json doc;
    if (pb_json_parse(&doc, text, name, err) != 0) return -1;
    int rc = cJSON_IsObject(doc.root) ? pb_json_only_keys(&doc, doc.root, keys, err)
                                      : pb_json_err(&doc, doc.root, err, "must be an object");
    if (rc == 0) rc = read_thresholds(arena, &doc, out, err);
    if (rc == 0) rc = read_names(arena, &doc, "phases", out->phases, &out->phase_count, err);
    if (rc == 0) rc = read_names(arena, &doc, "controls", out->controls, &out->control_count, err);
    if (rc == 0) rc = read_names(arena, &doc, "accept", out->accept, &out->accept_count, err);
    pb_json_free(&doc);
    return rc;
}

static bool is_change(double relative)
{
    return relative > -1 && relative < 1e6;
}

static int read_bias(struct pb_arena *arena, const struct pb_json *doc, const cJSON *item,
                     struct pb_gate_bias *out, struct pb_err *err)
{
    const char *registry = pb_json_cstr(item, "registry"), *phase = pb_json_cstr(item, "phase");
    double change = pb_json_num(item, "change", NAN);
    double low = pb_json_num(item, "low", 0), high = pb_json_num(item, "high", 0);
    int metric = metric_of(doc, item, err);
    if (metric < 0) return -1;
    if (!phase || !is_change(change) || !is_change(low) || !is_change(high))
        return pb_json_err(doc, item, err, "needs a \"phase\" and a relative \"change\" above -1");
    *out = (struct pb_gate_bias){
        .registry = registry ? pb_arena_cstr(arena, pb_str(registry)) : NULL,
        .phase = pb_arena_cstr(arena, pb_str(phase)),
        .metric = (enum pb_metric)metric,
        .estimate = log1p(change),
        .low = log1p(low),
        .high = log1p(high),
    };
    return 0;
}

static int read_floor(struct pb_arena *arena, const struct pb_json *doc, struct pb_gate_rules *out,
                      struct pb_err *err)
{
    const char *schema = pb_json_cstr(doc->root, "schema");
    const cJSON *cells = pb_json_get(doc->root, "cells"), *item;
    if (!schema || strcmp(schema, "phasebench-aa/1") != 0 || !cJSON_IsArray(cells))
        return pb_json_err(doc, doc->root, err,
                           "not what phasebench doctor --aa writes (phasebench-aa/1)");
    size_t n = (size_t)cJSON_GetArraySize(cells), at = out->bias_count;
    if (n > BIASES_MAX) return pb_json_err(doc, cells, err, "more than %d cells", BIASES_MAX);
    struct pb_gate_bias *biases = PB_ARENA_ARRAY(arena, struct pb_gate_bias, at + n);
    if (at) memcpy(biases, out->biases, at * sizeof *biases);
    cJSON_ArrayForEach (item, cells)
        if (read_bias(arena, doc, item, &biases[at++], err) != 0) return -1;
    out->biases = biases;
    out->bias_count = at;
    return 0;
}

int pb_gate_floor_parse(struct pb_arena *arena, struct pb_str text, const char *name,
                        struct pb_gate_rules *out, struct pb_err *err)
{
    struct pb_json doc;
    if (pb_json_parse(&doc, text, name, err) != 0) return -1;
    int rc = read_floor(arena, &doc, out, err);
    pb_json_free(&doc);
    return rc;
}

static int load(struct pb_arena *arena, const char *path, const char **text, struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf buf = PB_BUF_INIT(FILE_MAX_BYTES);
    if (pb_read_file(AT_FDCWD, path, &buf, err) != 0) return -1;
    *text = pb_arena_cstr(arena, pb_buf_str(&buf));
    return 0;
}

int pb_gate_rules_load(struct pb_arena *arena, const char *path, struct pb_gate_rules *out,
                       const char **text, struct pb_err *err)
{
    if (load(arena, path, text, err) != 0) return pb_err_wrap(err, "read the gate rules");
    return pb_gate_rules_parse(arena, pb_str(*text), path, out, err);
}

int pb_gate_floor_load(struct pb_arena *arena, const char *path, struct pb_gate_rules *out,
                       const char **text, struct pb_err *err)
{
    if (load(arena, path, text, err) != 0) return pb_err_wrap(err, "read the A/A floor");
    return pb_gate_floor_parse(arena, pb_str(*text), path, out, err);
}
