/* SPDX-License-Identifier: MIT */
#ifndef PL_STAGES_INTERNAL_H
#define PL_STAGES_INTERNAL_H

#include "base/arena.h"
#include "installer/stages/download.h"
#include "installer/stages/stages.h"
#include "installer/store/place.h"

/* One package on its way: indexed by pl_pkg, each allocated alone so that jobs may point to it. */
struct pkg_work {
    struct pl_stages *st;
    pl_pkg id;
    struct pl_source source; /* texts in the arena */
    struct pb_str store_key; /* canonical SRI; empty until known */
    struct pl_body body;     /* between download and extract */
    bool tried_other_url;
    int64_t download_start_ns; /* for the trace */
};

struct pl_stages {
    struct pl_stages_options options;
    struct pb_arena arena;
    struct pl_sched *sched;
    struct pl_downloader *downloader; /* NULL until the first download */
    struct pkg_work **works;
    size_t work_count, work_cap;
    int *place_dirfds; /* per pl_place: the folder that its target is relative to */
    size_t place_cap;
};

/* stages.c */
void pl_stage_set_key(struct pkg_work *work, const char *sri_text);

/* One per lane: start the work; its end becomes a scheduler event. An extraction clones the first
 * place that waits for it. */
void pl_stage_download(struct pkg_work *work);              /* stage_download.c */
void pl_stage_extract(struct pkg_work *work);               /* stage_extract.c */
void pl_stage_clone(struct pkg_work *work, pl_place place); /* stage_clone.c */

/* One clone: prepared on the loop thread, made on a worker, told to the scheduler. */
struct pl_clone {
    struct pkg_work *work;
    pl_place place; /* 0: none */
    int dirfd;
    const char *target; /* below it; zero-terminated, lives as long as the scheduler */
    struct pl_place_result result;
    struct pb_err err;
};
struct pl_clone pl_clone_prepare(struct pkg_work *work, pl_place place);
void pl_clone_make(struct pl_clone *clone);
void pl_clone_tell(const struct pl_clone *clone);

#endif
