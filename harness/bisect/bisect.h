/* SPDX-License-Identifier: MIT */
#ifndef PB_BISECT_H
#define PB_BISECT_H

#include "harness/gate/gate.h"
#include "harness/run/run.h"

/*
 * Which of a row of programs brought a regression. Each one is measured against the good end, in
 * paired rounds, and judged by the gate's rule with half of the whole effect as its threshold: it
 * is bad when it is confirmed slower than that, good when the interval lies below it, and else
 * undecided after as many rounds as are allowed. Everything is kept in a folder and found again
 * there: programs by name, finished measurements by their journals. So a search can be ended at any
 * time and gone on with.
 */
enum pb_bisect_answer { PB_BISECT_GOOD, PB_BISECT_BAD, PB_BISECT_UNDECIDED };
const char *pb_bisect_answer_name(enum pb_bisect_answer answer);

struct pb_bisect {
    const char *dir;           /* holds programs/NAME and steps/NAME/journal.jsonl; absolute */
    struct pb_run_options run; /* project, snapshot, one phase, most rounds, timeouts */
    const char *manager;       /* that the programs are versions of */
    enum pb_metric metric;     /* timed, or counted */
    const char *good, *bad;    /* names of the ends: commits, or programs */
    const char *build,
        *binary; /* of commits: shell command, and what it makes; in the repository */
    const char *repository, *original; /* of commits: absolute, and what was checked out before */
    bool has_effect;                   /* the ends were measured */
    double effect;                     /* of a timed metric: log units */
    double good_value, bad_value;      /* of a counted one */
};

/* bisect.json of the folder. Strings live in the arena. NOT_FOUND when there is none. */
int pb_bisect_save(const struct pb_bisect *b, struct pb_err *err) PB_MUST_CHECK;
int pb_bisect_load(struct pb_arena *arena, const char *dir, struct pb_bisect *out,
                   struct pb_err *err) PB_MUST_CHECK;

/* Where the program of that name is kept. */
const char *pb_bisect_program(struct pb_arena *arena, const struct pb_bisect *b, const char *name);
/* Copies a program there, as a whole or not at all; nothing when it is there. */
int pb_bisect_keep_program(struct pb_arena *arena, const struct pb_bisect *b, const char *name,
                           const char *path, struct pb_err *err) PB_MUST_CHECK;

/* Measures the ends against each other and keeps the effect. CONFLICT when the bad one is not
 * worse: there is nothing to search for. */
int pb_bisect_measure_ends(struct pb_arena *arena, struct pb_bisect *b,
                           struct pb_err *err) PB_MUST_CHECK;
/* CANCELLED when b->run.cancel was set meanwhile. `why` gets one line on the measurement. */
int pb_bisect_judge(struct pb_arena *arena, const struct pb_bisect *b, const char *name,
                    enum pb_bisect_answer *answer, const char **why,
                    struct pb_err *err) PB_MUST_CHECK;

/* Searches names[0..n-1], the first good, the last bad. On return the first bad one is in
 * names[*first..*last]; *first == *last unless undecided ones lie between. */
typedef int (*pb_bisect_judge_fn)(void *arg, const char *name, enum pb_bisect_answer *answer,
                                  struct pb_err *err);
int pb_bisect_search(const char *const *names, size_t n, pb_bisect_judge_fn judge, void *arg,
                     size_t *first, size_t *last, struct pb_err *err) PB_MUST_CHECK;

/* Commits, by `git bisect run`. `self` is the program whose "bisect step DIR" judges one commit. */
/* Full hash of a revision of the repository. */
const char *pb_bisect_commit(struct pb_arena *arena, const char *repository, const char *revision,
                             struct pb_err *err);
/* The folder of its git data, absolute. */
const char *pb_bisect_git_dir(struct pb_arena *arena, const char *repository, struct pb_err *err);
/* What is checked out: a branch's name, or a commit. */
const char *pb_bisect_checkout(struct pb_arena *arena, const char *repository, struct pb_err *err);
/* The program of what is checked out now: built unless kept already. CHILD: it does not build. */
int pb_bisect_build(struct pb_arena *arena, const struct pb_bisect *b, const char *commit,
                    struct pb_err *err) PB_MUST_CHECK;
/* Builds and measures the ends, starts or goes on with the bisection, and puts the checkout back.
 * *found: the first bad commit, or NULL when undecided ones are left (they are in *log, git's own
 * account). CANCELLED when interrupted; calling it again goes on. */
int pb_bisect_commits(struct pb_arena *arena, struct pb_bisect *b, const char *self,
                      const char **found, const char **log, struct pb_err *err) PB_MUST_CHECK;

#endif
