/* SPDX-License-Identifier: MIT */
#ifndef SCHED_MODEL_H
#define SCHED_MODEL_H

#include "installer/scheduler/scheduler.h"

/*
 * What the scheduler's rules say, kept apart from the scheduler: a plan of packages and places with
 * the outcome of each job decided beforehand, and a record of what was asked, started and answered.
 * Every action is judged when it comes out. A broken rule ends the process with the seed.
 */
enum { MAX_PKGS = 48, MAX_PLACES = 96, MAX_TOKENS = 256 };

struct model_pkg {
    pl_pkg id;
    char key[24], label[24];
    uint64_t expected_bytes, received_bytes;
    bool in_store_at_start, is_extracted_by_other;
    bool download_fails, extract_fails; /* each fetch */
    unsigned damage_left;               /* clones that find it damaged; 2: also after the refetch */
    /* record */
    bool requested, demanded, ready, failed, dropped;
    enum { IDLE, QUEUED, DOWNLOADING, EXTRACT_QUEUED, EXTRACTING } work;
    unsigned fetches_started, refetches;
};

struct model_place {
    pl_place id;
    char target[32];
    int pkg;    /* index */
    int parent; /* index or -1 */
    bool clone_fails;
    /* record */
    bool commanded, cloning, done, failed;
    unsigned refetches_at_start;
    bool follows; /* it is cloned right after its package was extracted */
};

struct model_token {
    int place;
    bool answered;
};

struct model {
    struct pl_sched *sched;
    struct pl_sched_caps caps;
    struct model_pkg pkgs[MAX_PKGS];
    struct model_place places[MAX_PLACES];
    struct model_token tokens[MAX_TOKENS];
    int pkg_count, place_count, token_count;
    bool closed, aborted;
    unsigned cloning;                  /* places */
    struct pl_install_counts expected; /* the counts that do not depend on limits */
};

extern uint64_t model_seed; /* of the run under way, for messages */
uint32_t model_random(uint32_t below);
_Noreturn void model_fail(const char *fmt, ...) PB_PRINTF(1, 2);
#define MODEL_CHECK(cond)                                                                          \
    do {                                                                                           \
        if (!(cond)) model_fail("line %d of %s: %s", __LINE__, __FILE__, #cond);                   \
    } while (0)

void model_init(struct model *m, uint64_t seed);
/* Commands, given to the scheduler and recorded. */
void model_prefetch(struct model *m, int pkg);
void model_clone(struct model *m, int place); /* with its missing parents */
void model_wait(struct model *m, int place);
void model_close(struct model *m);
void model_abort(struct model *m);
/* Judges and records one action. */
void model_take(struct model *m, const struct pl_act *act);
/* Ends a random job that is under way; false when there is none. */
bool model_complete_one(struct model *m);
/* The state after everything ended. */
void model_check_end(struct model *m);

/* Between the model's files. */
void model_fail_pkg(struct model *m, struct model_pkg *p);
void model_fail_place(struct model *m, int place); /* with what hangs below it */
bool model_may_start(const struct model *m, const struct model_place *place);
/* Places whose package failed fail as soon as their parent stands. */
void model_settle_failures(struct model *m);

#endif
