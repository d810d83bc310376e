/* SPDX-License-Identifier: MIT */
#ifndef PB_COLLECTOR_INTERNAL_H
#define PB_COLLECTOR_INTERNAL_H

#include "harness/probes/collector.h"
#include "harness/probes/collector_programs.h"
#include "harness/probes/timeline_writer.h"

/* What collector.c opens and collector_sample.c uses. */
struct pb_collector {
    struct pb_loss losses[PB_COLLECT_COUNT];
    struct btf *kernel;
    struct bpf_object *object;
    struct bpf_link *links[PB_COLLECTOR_PROGRAMS_MAX];
    struct pb_collector_control *control; /* shared with the programs; NULL: nothing is loaded */
    uint32_t sample;
    struct pb_timeline_writer *writer; /* of the sample that runs, or NULL */
};

/* File descriptor of a map, owned by the object. */
int pb_collector_map(const struct pb_collector *collector, const char *name);

static inline bool pb_collector_lost(const struct pb_collector *c, enum pb_collector_group group)
{
    return c->losses[group].cause[0] || c->losses[PB_COLLECT_PROCESS].cause[0];
}

#endif
