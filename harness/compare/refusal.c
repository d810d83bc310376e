/* SPDX-License-Identifier: MIT */
#include "harness/compare/compare.h"

#include "harness/journal/run_fields.h"
#include "harness/probes/groups.h"

#include <string.h>

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static const char *shown(const char *text)
{
    return text ? text : "unknown";
}

static const char *differ(struct pb_arena *arena, const char *what, const char *a, const char *b)
{
    return same(a, b) ? NULL : pb_arena_printf(arena, "%s: %s and %s", what, shown(a), shown(b));
}

static const char *other_machine(struct pb_arena *arena, const struct pb_journal_run *a,
                                 const struct pb_journal_run *b)
{
    for (size_t i = 0; i < pb_run_field_count; i++) {
        const struct pb_run_field *f = &pb_run_fields[i];
        if (!f->of_machine || same(pb_run_field_get(a, f), pb_run_field_get(b, f))) continue;
        return differ(arena, pb_arena_printf(arena, "another machine: %s", f->key),
                      pb_run_field_get(a, f), pb_run_field_get(b, f));
    }
    if (a->cpus == b->cpus) return NULL;
    return pb_arena_printf(arena, "another machine: cpus: %u and %u", a->cpus, b->cpus);
}

static const struct pb_journal_arm *find_arm(const struct pb_journal_data *j, const char *name)
{
    for (size_t i = 0; i < j->arm_count; i++)
        if (strcmp(j->arms[i].name, name) == 0) return &j->arms[i];
    return NULL;
}

static const char *policy_of(const struct pb_journal_arm *arm, const char *key)
{
    for (size_t i = 0; i < arm->policy_count; i++)
        if (strcmp(arm->policy[i].key, key) == 0) return arm->policy[i].value;
    return NULL;
}

static const char *note_of(const struct pb_journal_run *run, const char *key)
{
    for (size_t i = 0; i < run->isolation_count; i++)
        if (strcmp(run->isolation[i].key, key) == 0) return run->isolation[i].value;
    return NULL;
}

/* Network, link, file system, page cache, processors: what both runs tell of and only one has. */
static const char *other_isolation(struct pb_arena *arena, const struct pb_journal_run *a,
                                   const struct pb_journal_run *b)
{
    for (int swap = 0; swap < 2; swap++) {
        const struct pb_journal_run *x = swap ? b : a, *y = swap ? a : b;
        for (size_t i = 0; i < x->isolation_count; i++) {
            const char *key = x->isolation[i].key, *p = note_of(a, key), *q = note_of(b, key);
            if (swap && note_of(y, key)) continue; /* looked at before */
            if (!same(p, q))
                return pb_arena_printf(arena, "other isolation: %s: %s and %s", key, p ? p : "none",
                                       q ? q : "none");
        }
    }
    return NULL;
}

/* The hash is over all arms and the isolation; the tables say which one it is. */
static const char *other_policy(struct pb_arena *arena, const struct pb_journal_data *a,
                                const struct pb_journal_data *b)
{
    if (same(a->run.policy_hash, b->run.policy_hash)) return NULL;
    for (size_t i = 0; i < a->arm_count; i++) {
        const struct pb_journal_arm *x = &a->arms[i], *y = find_arm(b, x->name);
        for (size_t k = 0; y && k < x->policy_count; k++) {
            const char *key = x->policy[k].key, *value = policy_of(y, key);
            if (!same(x->policy[k].value, value))
                return differ(arena,
                              pb_arena_printf(arena, "other policies: %s of %s", key, x->name),
                              x->policy[k].value, value);
        }
    }
    const char *isolation = other_isolation(arena, &a->run, &b->run);
    return isolation ? isolation
                     : "other policies: the runs have other arms, or arms with other flags or "
                       "environments";
}

static const char *difference(struct pb_arena *arena, const struct pb_journal_data *a,
                              const struct pb_journal_data *b, enum pb_metric metric,
                              const char *which)
{
    const struct pb_journal_run *x = &a->run, *y = &b->run;
    if (strcmp(which, "machine") == 0) return other_machine(arena, x, y);
    if (strcmp(which, "project") == 0)
        return differ(arena, "another project", x->project, y->project);
    if (strcmp(which, "snapshot") == 0)
        return differ(arena, "another snapshot", x->snapshot_digest, y->snapshot_digest);
    if (strcmp(which, "probes") == 0) {
        const char *why = NULL;
        (void)pb_levels_share(arena, x->probe_level, y->probe_level, metric, &why);
        return why ? pb_arena_printf(arena, "other probes: %s", why) : NULL;
    }
    return other_policy(arena, a, b);
}

const char *pb_compare_refusal(struct pb_arena *arena, const struct pb_journal_data *a,
                               const struct pb_journal_data *b, enum pb_metric metric,
                               const char *const *allowed, size_t allowed_count, const char **which)
{
    static const char *const kinds[] = {"machine", "project", "snapshot", "probes", "policy"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        bool is_allowed = false;
        for (size_t k = 0; k < allowed_count; k++)
            is_allowed = is_allowed || strcmp(allowed[k], kinds[i]) == 0;
        const char *why = is_allowed ? NULL : difference(arena, a, b, metric, kinds[i]);
        *which = kinds[i];
        if (why) return why;
    }
    *which = NULL;
    return NULL;
}
