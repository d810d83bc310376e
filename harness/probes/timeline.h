/* SPDX-License-Identifier: MIT */
#ifndef PB_TIMELINE_H
#define PB_TIMELINE_H

#include "base/err.h"

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/probes/bpf/shared.h"

/*
 * The file of a timeline: one header, then events of equal size up to its end, all little endian.
 * The order is that in which they reached the ring buffer: roughly by the end of each, so a reader
 * that wants them by begin sorts. Event kinds: enum pb_timeline_kind in bpf/shared.h. System call
 * numbers in the keys of sleeps are those of `machine`; pb_off_reason() in trace_names.h names
 * them.
 *
 * `lost` events did not fit into the ring buffer; a reader must show the number. A header with
 * `events` 0 and a longer file is that of a run that was killed: what is there is good.
 */
#define PB_TIMELINE_MAGIC "PBTIMELN"
enum { PB_TIMELINE_VERSION = 1 };

struct pb_timeline_header {
    char magic[8];
    __u32 version, header_bytes, event_bytes;
    __u32 machine;      /* e_machine of elf(5): 62 x86-64, 183 AArch64 */
    __u64 started_ns;   /* CLOCK_MONOTONIC, the clock of the events */
    __u64 wallclock_ns; /* at the same time */
    __u64 events, lost;
};

/* No moment or stretch of a sound file is longer (73 years): sums of a few do not overflow. */
#define PB_TIMELINE_NS_MAX ((__u64)1 << 61)

/* Reads one file from begin to end; the size of everything is checked before it is used. */
struct pb_timeline_reader;
struct pb_timeline_reader *pb_timeline_open(const char *path, struct pb_err *err);
void pb_timeline_close(struct pb_timeline_reader *reader);
const struct pb_timeline_header *pb_timeline_header(const struct pb_timeline_reader *reader);
/* 1: an event; 0: the end; -1: the file cannot be read, or an event has a time above
 * PB_TIMELINE_NS_MAX. A cut last event is left out. */
int pb_timeline_next(struct pb_timeline_reader *reader, struct pb_timeline_event *out,
                     struct pb_err *err) PB_MUST_CHECK;

/* The machine of this program, as in the header. */
uint32_t pb_timeline_machine(void);

/* The text of a NAME event, always terminated. */
void pb_timeline_name(const struct pb_timeline_event *event, char out[17]);

#endif
