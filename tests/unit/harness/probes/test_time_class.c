/* SPDX-License-Identifier: MIT */
#include "harness/probes/time_class.h"

#include "harness/probes/timeline.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MS UINT64_C(1000000)

static void write_timeline(char *path, const struct pb_timeline_event *events, size_t n)
{
    const struct pb_timeline_header header = {.magic = {'P', 'B', 'T', 'I', 'M', 'E', 'L', 'N'},
                                              .version = PB_TIMELINE_VERSION,
                                              .header_bytes = sizeof header,
                                              .event_bytes = sizeof *events};
    FILE *f = fdopen(mkstemp(path), "wb");
    cr_assert(f);
    cr_assert_eq(fwrite(&header, sizeof header, 1, f), 1);
    if (n) cr_assert_eq(fwrite(events, sizeof *events, n, f), n);
    fclose(f);
}

Test(time_class, each_moment_belongs_to_the_first_class)
{
    const uint32_t futex = PB_OFF_KEY(SYS_futex, 0, 0), epoll = PB_OFF_KEY(SYS_epoll_wait, 0, 0),
                   disk = PB_OFF_KEY(SYS_read, 8, 1);
    const struct pb_timeline_event events[] = {
        /* a parked worker for the whole time; an event loop: runs, waits, queues, runs */
        {0 * MS, 100 * MS, 0, 1, 2, PB_TIMELINE_SLEEP, 0, futex},
        {0 * MS, 10 * MS, 0, 1, 1, PB_TIMELINE_RUN, 0, 0},
        {10 * MS, 40 * MS, 5 * MS, 1, 1, PB_TIMELINE_SLEEP, 0, epoll},
        {55 * MS, 5 * MS, 0, 1, 1, PB_TIMELINE_RUN, 0, 0},
        /* another one on the disk from 20 to 30, and running beside the first from 57 to 70 */
        {20 * MS, 10 * MS, 0, 1, 3, PB_TIMELINE_SLEEP, 0, disk},
        {57 * MS, 13 * MS, 0, 1, 3, PB_TIMELINE_RUN, 1, 0},
        /* nothing tells what happens from 100 to 110 */
        {110 * MS, 1 * MS, 0, 1, 1, PB_TIMELINE_RUN, 0, 0},
        {110 * MS, 0, 64, 1, 1, PB_TIMELINE_RSS, 0, 0},
    };
    const uint64_t expected[PB_TIME_CLASSES] = {10 + 15 + 1, 5, 10, 30, 30, 10};
    char path[] = "/tmp/time-class-XXXXXX";
    struct pb_err err = PB_ERR_INIT;
    uint64_t ns[PB_TIME_CLASSES];
    write_timeline(path, events, sizeof events / sizeof *events);
    cr_assert_eq(pb_timeline_split(path, ns, &err), 0, "%s", err.msg);
    for (int i = 0; i < PB_TIME_CLASSES; i++)
        cr_expect_eq(ns[i], expected[i] * MS, "%s: %llu", pb_time_class_name(i),
                     (unsigned long long)ns[i]);
    unlink(path);
    cr_expect_lt(pb_timeline_split(path, ns, &err), 0, "there is no such file");
}

Test(time_class, a_timeline_without_stretches_has_no_time)
{
    char path[] = "/tmp/time-class-XXXXXX";
    struct pb_err err = PB_ERR_INIT;
    uint64_t ns[PB_TIME_CLASSES];
    write_timeline(path, NULL, 0);
    cr_assert_eq(pb_timeline_split(path, ns, &err), 0, "%s", err.msg);
    for (int i = 0; i < PB_TIME_CLASSES; i++)
        cr_expect_eq(ns[i], 0);
    unlink(path);
}

Test(time_class, reasons_have_classes)
{
    static const struct {
        const char *reason;
        enum pb_time_class time_class;
    } rows[] = {
        {"disk", PB_TIME_DISK},
        {"sync", PB_TIME_DISK},
        {"file", PB_TIME_DISK},
        {"epoll", PB_TIME_NETWORK},
        {"socket", PB_TIME_NETWORK},
        {"futex", PB_TIME_LOCKS},
        {"memory", PB_TIME_LOCKS},
        {"child", PB_TIME_OTHER},
        {"never heard of", PB_TIME_OTHER},
        {"runnable", PB_TIME_RUN_QUEUE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(pb_time_class_of_reason(rows[i].reason), rows[i].time_class, "%s",
                     rows[i].reason);
}
