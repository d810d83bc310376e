/* SPDX-License-Identifier: MIT */
#ifndef PB_ARM_H
#define PB_ARM_H

#include "harness/plan/manager.h"
#include "harness/plan/template.h"

/*
 * An arm: a manager as measured. Its text is
 *   NAME[@VERSION]                               the manager NAME (as fetched in that version)
 *   NAME=MANAGER[@VERSION][:BINARY][,KEY=VALUE]  another binary and extra environment
 * The binary is looked for: as given; among the fetched ones (<cache>/managers/<name>-<version>/);
 * beside phasebench itself (plumb); on PATH. Symbolic links are resolved, so that no version
 * manager's shim is measured.
 */
struct pb_arm {
    const char *name;
    const struct pb_manager *manager;
    const char *binary;           /* absolute; NULL: not found, see `missing` */
    const char *missing;          /* why there is no binary, and what to do */
    const char *node;             /* absolute path of node for managers that need it, else NULL */
    const char *version, *sha256; /* of the binary */
    const char *asked_version;    /* that the arm's text or the manager's file names, else NULL */
    const char *unknown_variable; /* of `env`, which the program cannot read; else NULL */
    const char *plan;             /* file for {plan}; NULL: not asked for, or not made yet */
    const struct pb_kv *env;      /* extra environment */
    size_t env_count;
};

/* A missing binary is no error; a malformed text or an unknown manager is. */
int pb_arm_make(struct pb_arena *arena, const char *text, const struct pb_manager *managers,
                size_t n, const char *cache_dir, struct pb_arm *out,
                struct pb_err *err) PB_MUST_CHECK;

/* The whole argv of an action (argv[0] absolute), or NULL when the manager cannot; *why says why.
 * Where the manager offers them it asks for its own counts, and with vars->trace for stage spans.
 */
const char *const *pb_arm_argv(struct pb_arena *arena, const struct pb_arm *arm,
                               enum pb_action action, const struct pb_template_vars *vars,
                               const char **why);

/* The first variable of arm->env that the program cannot be reading: its name is not in the file,
 * nor of a family that the manager's file lists in "reads_env". Arms that run on node are not
 * looked at: their programs are many files. NULL: none, or the file cannot be read. */
const char *pb_arm_unknown_variable(const struct pb_arm *arm);

/* The variable that the manager's file fills with {plan}, or NULL; *given is what the arm's own
 * environment sets it to, or NULL. */
const char *pb_arm_plan_variable(const struct pb_arm *arm, const char **given);

/* Where `managers fetch` puts a version: <cache>/managers/<name>-<version>. */
const char *pb_arm_fetched_dir(struct pb_arena *arena, const char *cache_dir,
                               const struct pb_manager *manager, const char *version);

#endif
