/* SPDX-License-Identifier: MIT */
#ifndef SCENARIO_SCRIPT_H
#define SCENARIO_SCRIPT_H

#include "mock_registry.h"

#include <sys/types.h>

#define SCENARIO_ENV_MAX 8

/*
 * A scenario: lines of a .scn file, carried out in order in a fresh folder (README.md lists them).
 * The first that does not hold ends it with file:line and what was seen.
 */
struct scenario {
    const char *plumb; /* the program */
    const char *file;  /* for messages */
    unsigned line;
    struct pb_arena arena;
    char *dir; /* fresh; project/, store/, cache/ and home/ below */
    int dirfd, projectfd;
    struct mock_registry *registry;
    const char *env[SCENARIO_ENV_MAX]; /* "NAME=value" that the scenario adds */
    size_t n_env;
    /* of the last run */
    struct pb_buf out, err;
    int exit_code;
    pid_t running; /* started in the background, or 0 */
    struct mock_counts counts_before;
    struct pb_str kept_lock; /* text of package-lock.json at "keep-lock" */
    const char *mounted;     /* to be unmounted, or NULL */
    bool skipped;            /* needs what this machine does not allow */
    char skip_reason[256];
};

int scenario_open(struct scenario *s, struct pb_err *err) PB_MUST_CHECK;
void scenario_close(struct scenario *s);
/* All lines. Errors begin with "file:line: ". */
int scenario_play(struct scenario *s, struct pb_str text, struct pb_err *err) PB_MUST_CHECK;

/* play_run.c: running plumb and what it printed */
int step_run(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_env(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_shell(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_start(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_kill(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_exit(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_out(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_err(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_requests(struct scenario *s, struct pb_str args, struct pb_err *err);

/* play_files.c: the project's files */
int step_file(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_symlink(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_remove(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_replace(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_exists(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_missing(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_wait_for(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_has(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_lacks(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_version(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_link(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_read_only(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_small_disk(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_damage_store(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_keep_lock(struct scenario *s, struct pb_str args, struct pb_err *err);
int step_lock_unchanged(struct scenario *s, struct pb_str args, struct pb_err *err);

/* The first word off the front of *args, which is then trimmed. */
struct pb_str take_word(struct pb_str *args);

#endif
