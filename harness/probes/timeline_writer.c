/* SPDX-License-Identifier: MIT */
#include "harness/probes/timeline_writer.h"

#include "base/clock.h"
#include "base/mem.h"
#include "harness/probes/collector.h"
#include "harness/probes/timeline.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRAIN_NS (5 * PB_NS_PER_MS)

struct pb_timeline_writer {
    struct ring_buffer *ring;
    FILE *file;
    char *path;
    pthread_t thread;
    bool stop; /* atomic */
    struct pb_timeline_header header;
    int write_errno;
};

static int on_event(void *arg, void *data, size_t n)
{
    struct pb_timeline_writer *w = arg;
    if (n != sizeof(struct pb_timeline_event)) return 0;
    if (w->file && fwrite(data, n, 1, w->file) == 1)
        w->header.events++;
    else if (w->file && !w->write_errno)
        w->write_errno = errno;
    return 0;
}

static void *drain(void *arg)
{
    struct pb_timeline_writer *w = arg;
    while (!__atomic_load_n(&w->stop, __ATOMIC_ACQUIRE)) {
        ring_buffer__consume(w->ring);
        pb_sleep_ns(DRAIN_NS);
    }
    ring_buffer__consume(w->ring);
    return NULL;
}

static void free_writer(struct pb_timeline_writer *w)
{
    if (w->file) fclose(w->file);
    ring_buffer__free(w->ring);
    free(w->path);
    free(w);
}

static bool open_file(struct pb_timeline_writer *w, struct pb_err *err)
{
    w->header = (struct pb_timeline_header){.version = PB_TIMELINE_VERSION,
                                            .header_bytes = sizeof w->header,
                                            .event_bytes = sizeof(struct pb_timeline_event),
                                            .machine = pb_timeline_machine(),
                                            .started_ns = (__u64)pb_now_ns(),
                                            .wallclock_ns = (__u64)pb_wallclock_ns()};
    memcpy(w->header.magic, PB_TIMELINE_MAGIC, sizeof w->header.magic);
    w->file = fopen(w->path, "wbe");
    if (w->file && fwrite(&w->header, sizeof w->header, 1, w->file) == 1) return true;
    pb_err_sys(err, errno, "write the timeline %s", w->path);
    return false;
}

struct pb_timeline_writer *pb_timeline_writer_start(int ring_fd, const char *path,
                                                    struct pb_err *err)
{
    struct pb_timeline_writer *w = pb_calloc(1, sizeof *w);
    w->path = pb_strdup(path);
    w->ring = ring_buffer__new(ring_fd, on_event, w, NULL);
    if (!w->ring) {
        pb_err_sys(err, errno, "open the ring buffer of the timeline");
    } else {
        ring_buffer__consume(w->ring); /* no file yet: thrown away */
        int rc = open_file(w, err) ? pthread_create(&w->thread, NULL, drain, w) : -1;
        if (rc == 0) return w;
        if (rc > 0) pb_err_sys(err, rc, "start the thread of the timeline");
    }
    free_writer(w);
    return NULL;
}

static int complete(struct pb_timeline_writer *w, struct pb_err *err)
{
    if (!w->write_errno && fseek(w->file, 0, SEEK_SET) == 0 &&
        fwrite(&w->header, sizeof w->header, 1, w->file) == 1 && fflush(w->file) == 0)
        return 0;
    return pb_err_sys(err, w->write_errno ? w->write_errno : errno, "write the timeline %s",
                      w->path);
}

int pb_timeline_writer_stop(struct pb_timeline_writer *w, struct pb_timeline_summary *out,
                            struct pb_err *err)
{
    if (!w) return 0;
    __atomic_store_n(&w->stop, true, __ATOMIC_RELEASE);
    pthread_join(w->thread, NULL);
    if (out) w->header.lost = out->lost;
    if (out) out->events = w->header.events;
    int rc = complete(w, err);
    free_writer(w);
    return rc;
}
