/* SPDX-License-Identifier: MIT */
#ifndef PB_GATE_RULES_H
#define PB_GATE_RULES_H

#include "base/arena.h"
#include "base/err.h"
#include "harness/gate/verdict.h"
#include "harness/journal/metric.h"

/*
 * What counts as a change, per phase and metric, and what of it makes a gate red. From options and
 * a small JSON file:
 *   {
 *     "thresholds": [{"metric": "wall_ns", "phase": "p4_warm_link", "percent": 5},
 *                    {"metric": "rss_max_bytes", "percent": 5}],
 *     "phases": ["p0_full_cold"],          the gated ones; left out: all of the run
 *     "controls": ["p4_warm_link"],        phases that the change cannot touch
 *     "accept": ["lock_digest", "inconclusive"]
 *   }
 * The wall time is always gated; further timed metrics when a threshold names them. Later
 * thresholds win over earlier ones, those with a phase over those without. Counted metrics are
 * compared by equality; a threshold allows that much more. "accept": metrics and digests that may
 * differ; "inconclusive", "contaminated": what does not hold a gate up.
 */
enum { PB_GATE_LIST_MAX = 64 };

/* The largest threshold of a rules file. */
#define PB_GATE_PERCENT_MAX 1000.0

struct pb_gate_threshold {
    const char *phase; /* NULL: every phase */
    enum pb_metric metric;
    double log_change; /* ln(1 + percent / 100) */
};

/* What identical arms showed in a cell: the bias that the method itself has there. */
struct pb_gate_bias {
    const char *registry, *phase; /* registry NULL: any */
    enum pb_metric metric;
    double estimate, low, high; /* log units; without an interval low = high = 0 */
};

struct pb_gate_rules {
    struct pb_gate_threshold thresholds[PB_GATE_LIST_MAX];
    size_t threshold_count;
    const char *phases[PB_GATE_LIST_MAX], *controls[PB_GATE_LIST_MAX], *accept[PB_GATE_LIST_MAX];
    size_t phase_count, control_count, accept_count;
    const struct pb_gate_bias *biases;
    size_t bias_count;
    double precision; /* as in struct pb_gate_rule */
    bool unconfirmed; /* a change that was seen once is enough */
};

/* Adds what the text says; strings live in the arena. Errors are "<name>:<line>: ...". */
int pb_gate_rules_parse(struct pb_arena *arena, struct pb_str text, const char *name,
                        struct pb_gate_rules *out, struct pb_err *err) PB_MUST_CHECK;
/* "METRIC=PERCENT" or "PHASE:METRIC=PERCENT" of a command line. */
int pb_gate_rules_add_threshold(struct pb_arena *arena, struct pb_gate_rules *rules,
                                const char *text, struct pb_err *err) PB_MUST_CHECK;
int pb_gate_rules_add_accept(struct pb_gate_rules *rules, const char *name,
                             struct pb_err *err) PB_MUST_CHECK;
int pb_gate_rules_add_control(struct pb_gate_rules *rules, const char *phase,
                              struct pb_err *err) PB_MUST_CHECK;

/* The biases that `phasebench doctor --aa` found on this machine, schema "phasebench-aa/1":
 *   {"schema": "phasebench-aa/1",
 *    "cells": [{"registry": "replay", "phase": "p1_resolve", "metric": "wall_ns",
 *               "change": 0.004, "low": -0.01, "high": 0.02}]}
 * with relative changes (0.01 = +1 %); registry, low and high may be left out, other keys are
 * skipped. Adds to what is there. */
int pb_gate_floor_parse(struct pb_arena *arena, struct pb_str text, const char *name,
                        struct pb_gate_rules *out, struct pb_err *err) PB_MUST_CHECK;

/* Read a file of that kind and add it; the text as read goes into *text, for a journal. */
int pb_gate_rules_load(struct pb_arena *arena, const char *path, struct pb_gate_rules *out,
                       const char **text, struct pb_err *err) PB_MUST_CHECK;
int pb_gate_floor_load(struct pb_arena *arena, const char *path, struct pb_gate_rules *out,
                       const char **text, struct pb_err *err) PB_MUST_CHECK;

/* Phases may be named by their key or by what precedes its first "_" ("p4"). */
bool pb_gate_is_gated(const struct pb_gate_rules *rules, const char *phase);
bool pb_gate_is_control(const struct pb_gate_rules *rules, const char *phase);
bool pb_gate_accepts(const struct pb_gate_rules *rules, const char *name);
/* The threshold of a metric in log units; false when none names it (the wall time has one). */
bool pb_gate_threshold_of(const struct pb_gate_rules *rules, const char *phase,
                          enum pb_metric metric, double *out);
/* The known bias of largest size, or NULL. */
const struct pb_gate_bias *pb_gate_bias_of(const struct pb_gate_rules *rules, const char *registry,
                                           const char *phase, enum pb_metric metric);

#endif
