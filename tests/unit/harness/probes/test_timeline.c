/* SPDX-License-Identifier: MIT */
#include "harness/probes/timeline.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/timeline-XXXXXX";

static void make_path(void)
{
    int fd = mkstemp(path);
    cr_assert(fd >= 0);
    close(fd);
}

static void remove_path(void)
{
    unlink(path);
}

TestSuite(timeline, .init = make_path, .fini = remove_path);

static const struct pb_timeline_header good = {.magic = {'P', 'B', 'T', 'I', 'M', 'E', 'L', 'N'},
                                               .version = PB_TIMELINE_VERSION,
                                               .header_bytes = sizeof good,
                                               .event_bytes = sizeof(struct pb_timeline_event),
                                               .events = 1,
                                               .lost = 7};

static void put(const void *data, size_t n, const char *mode)
{
    FILE *f = fopen(path, mode);
    cr_assert(f);
    cr_assert_eq(fwrite(data, 1, n, f), n);
    fclose(f);
}

Test(timeline, events_are_read_to_the_last_whole_one)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_timeline_event event = {.time_ns = 5, .kind = PB_TIMELINE_NAME}, got;
    char name[17];
    memcpy(&event.duration_ns, "sixteen ", 8);
    memcpy(&event.value, "letters!", 8);
    put(&good, sizeof good, "wb");
    put(&event, sizeof event, "ab");
    put(&event, sizeof event - 1, "ab"); /* cut by a kill */
    struct pb_timeline_reader *r = pb_timeline_open(path, &err);
    cr_assert(r, "%s", err.msg);
    cr_expect_eq(pb_timeline_header(r)->lost, 7);
    cr_assert_eq(pb_timeline_next(r, &got, &err), 1);
    cr_expect_eq(got.time_ns, 5);
    pb_timeline_name(&got, name);
    cr_expect_str_eq(name, "sixteen letters!");
    cr_expect_eq(pb_timeline_next(r, &got, &err), 0);
    pb_timeline_close(r);
}

/* Sums of times must not overflow in what reads them. */
Test(timeline, events_without_a_sound_time_are_an_error)
{
    static const struct {
        struct pb_timeline_event event;
        int rc;
    } rows[] = {
        {{.kind = PB_TIMELINE_RUN, .time_ns = PB_TIMELINE_NS_MAX}, 1},
        {{.kind = PB_TIMELINE_RUN, .time_ns = PB_TIMELINE_NS_MAX + 1}, -1},
        {{.kind = PB_TIMELINE_RUN, .duration_ns = PB_TIMELINE_NS_MAX + 1}, -1},
        {{.kind = PB_TIMELINE_RUN, .value = PB_TIMELINE_NS_MAX + 1}, 1},
        {{.kind = PB_TIMELINE_SLEEP, .value = PB_TIMELINE_NS_MAX + 1}, -1},
        {{.kind = PB_TIMELINE_NAME, .duration_ns = UINT64_MAX, .value = UINT64_MAX}, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pb_err err = PB_ERR_INIT;
        struct pb_timeline_event got;
        put(&good, sizeof good, "wb");
        put(&rows[i].event, sizeof rows[i].event, "ab");
        struct pb_timeline_reader *r = pb_timeline_open(path, &err);
        cr_assert(r, "%s", err.msg);
        cr_expect_eq(pb_timeline_next(r, &got, &err), rows[i].rc, "row %zu", i);
        cr_expect_eq(err.code, rows[i].rc < 0 ? PB_E_BAD_INPUT : 0, "row %zu", i);
        pb_timeline_close(r);
    }
}

Test(timeline, other_files_are_refused)
{
    struct pb_timeline_header headers[] = {good, good, good, good, good};
    headers[0].magic[0] = 'x';
    headers[1].version++;
    headers[2].header_bytes = 8;
    headers[3].event_bytes = 0;
    headers[4].started_ns = UINT64_MAX;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct pb_err err = PB_ERR_INIT;
        put(&headers[i], sizeof *headers, "wb");
        cr_expect_null(pb_timeline_open(path, &err), "row %zu", i);
        cr_expect_eq(err.code, PB_E_BAD_INPUT);
    }
    struct pb_err err = PB_ERR_INIT;
    put(&good, 10, "wb");
    cr_expect_null(pb_timeline_open(path, &err));
    remove_path();
    pb_err_clear(&err);
    cr_expect_null(pb_timeline_open(path, &err));
    cr_expect_eq(err.code, PB_E_NOT_FOUND);
}
