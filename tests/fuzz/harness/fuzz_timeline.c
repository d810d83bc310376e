/* SPDX-License-Identifier: MIT */
/* A timeline file from begin to end and through what reports make of it: never more events than
 * there are bytes for, and a flame graph whose stacks add up to no more than its whole. */
#include "reports/trace/flame.h"
#include "reports/trace/tracks.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put_tracks(const struct pb_trace_timeline *timeline)
{
    struct pb_chrome_out out;
    struct pb_err err = PB_ERR_INIT;
    const struct pb_trace_round_place place = {.prefix = "",
                                               .zero_ns = (int64_t)timeline->header.started_ns};
    pb_chrome_open(&out, -1);
    pb_trace_put_timeline(&out, &place, timeline);
    if (pb_chrome_close(&out, &err) != 0) PB_INVARIANT(pb_err_is_set(&err));
    pb_buf_release(&out.buf);
}

static void put_flame(const struct pb_trace_timeline *timeline)
{
    struct pb_flame flame = PB_FLAME_INIT;
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(64 << 20);
    int64_t sum_ns = 0;
    pb_flame_add_waits(&flame, timeline);
    for (const struct pb_flame_node *c = flame.root.child; c; c = c->next)
        sum_ns += c->total_ns;
    PB_INVARIANT(sum_ns == flame.root.total_ns);
    pb_flame_folded(&flame, &text);
    pb_flame_svg(&flame, "fuzz", NULL, &text);
    pb_flame_release(&flame);
}

static void read_timeline(const char *path, size_t size)
{
    struct pb_trace_timeline timeline;
    struct pb_err err = PB_ERR_INIT;
    if (pb_trace_timeline_read(&timeline, path, &err) == 0) {
        PB_INVARIANT(timeline.event_count <= size / sizeof(struct pb_timeline_event));
        PB_INVARIANT(timeline.thread_count <= timeline.event_count);
        put_tracks(&timeline);
        put_flame(&timeline);
    } else {
        PB_INVARIANT(pb_err_is_set(&err));
    }
    pb_trace_timeline_release(&timeline);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    int fd = memfd_create("timeline", MFD_CLOEXEC);
    PB_INVARIANT(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    read_timeline(path, size);
    close(fd);
    return 0;
}
