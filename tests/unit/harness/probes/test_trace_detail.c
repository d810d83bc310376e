/* SPDX-License-Identifier: MIT */
#include "harness/probes/trace_detail.h"
#include "harness/probes/trace_names.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/syscall.h>

enum { REGULAR = 8, PIPE = 1, SOCKET = 12 };

static const struct {
    uint32_t key;
    const char *reason;
} reasons[] = {{PB_OFF_KEY(SYS_futex, 0, 0), "futex"},
               {PB_OFF_KEY(SYS_epoll_pwait, 0, 0), "epoll"},
               {PB_OFF_KEY(SYS_read, SOCKET, 0), "socket"},
               {PB_OFF_KEY(SYS_read, PIPE, 0), "pipe"},
               {PB_OFF_KEY(SYS_read, REGULAR, 0), "file"},
               {PB_OFF_KEY(SYS_read, REGULAR, 1), "disk"},
               {PB_OFF_KEY(SYS_fsync, REGULAR, 0), "sync"},
               {PB_OFF_KEY(SYS_wait4, PIPE, 0), "child"}, /* a pid that looks like a file */
               {PB_OFF_KEY(SYS_io_uring_enter, 0, 0), "io_uring"},
               {PB_OFF_KEY(SYS_getuid, 0, 0), "other"},
               {PB_OFF_KEY(PB_OFF_NO_SYSCALL, 0, 0), "page fault"},
               {PB_OFF_KEY(PB_OFF_WORKER, 0, 0), "io_uring worker"},
               {PB_OFF_RUNNABLE, "runnable"}};

Test(trace_names, reason_of_a_wait)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        cr_expect_str_eq(pb_off_reason(reasons[i].key), reasons[i].reason, "row %zu", i);
}

Test(trace_names, numbers_are_those_of_the_headers)
{
    cr_expect_str_eq(pb_syscall_name(SYS_openat), "openat");
    cr_expect_str_eq(pb_syscall_name(SYS_exit_group), "exit_group");
    cr_expect_null(pb_syscall_name(PB_SYSCALLS_MAX));
    cr_expect_str_eq(pb_ring_opcode_name(0), "nop");
    cr_expect_str_eq(pb_ring_opcode_name(18), "openat"); /* io_uring_enter(2) */
    cr_expect_null(pb_ring_opcode_name(PB_RING_OPCODES_MAX));
}

static void expect_text(struct pb_buf *out, const char *wanted)
{
    pb_buf_add_char(out, '\0');
    cr_expect_str_eq(out->p, wanted);
}

#define NO_GAPS "\"gaps\":{\"arrivals_rebuilt\":0,\"wakeups_unseen\":0,\"departures_unseen\":0}"

Test(trace_detail, sched_merges_keys_of_a_reason_and_sorts)
{
    struct pb_off_cpu_figure figures[] = {{PB_OFF_KEY(SYS_read, PIPE, 0), {10, 1}},
                                          {PB_OFF_KEY(SYS_futex, 0, 0), {30, 2}},
                                          {PB_OFF_KEY(SYS_write, PIPE, 0), {25, 3}}};
    struct pb_sched_figures sched = {
        figures, 3, {.ns = 5000, .count = 4, .buckets = {[0] = 3, [2] = 1}}, {3, 2, 1}};
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 16);
    pb_trace_sched_detail(&sched, &out);
    expect_text(&out, "{\"off_cpu\":[{\"reason\":\"pipe\",\"ns\":35,\"count\":4},"
                      "{\"reason\":\"futex\",\"ns\":30,\"count\":2}],"
                      "\"run_queue\":{\"ns\":5000,\"count\":4,\"p50_us\":2,\"p99_us\":8,"
                      "\"at_least_us\":[[0,3],[4,1]]},\"gaps\":{\"arrivals_rebuilt\":3,"
                      "\"wakeups_unseen\":2,\"departures_unseen\":1}}");
}

Test(trace_detail, nothing_is_an_empty_list)
{
    struct pb_sched_figures sched = {0};
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 16);
    pb_trace_sched_detail(&sched, &out);
    expect_text(&out,
                "{\"off_cpu\":[],\"run_queue\":{\"ns\":0,\"count\":0,\"at_least_us\":[]}," NO_GAPS
                "}");
}

Test(trace_detail, files_are_successes_and_ring_requests)
{
    static struct pb_syscall_figures f;
    f.syscalls[SYS_openat] = (struct pb_syscall_count){10, 4, 100};
    f.syscalls[SYS_linkat] = (struct pb_syscall_count){3, 0, 200};
    f.syscalls[SYS_renameat2] = (struct pb_syscall_count){2, 2, 5};
    f.ring_opcodes[18] = 7;
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 16);
    pb_trace_syscalls_detail(&f, &out);
    expect_text(&out, "{\"syscalls\":[{\"name\":\"linkat\",\"count\":3,\"errors\":0,\"ns\":200},"
                      "{\"name\":\"openat\",\"count\":10,\"errors\":4,\"ns\":100},"
                      "{\"name\":\"renameat2\",\"count\":2,\"errors\":2,\"ns\":5}],"
                      "\"io_uring\":[{\"name\":\"openat\",\"count\":7}],"
                      "\"files\":{\"opened\":13,\"inspected\":0,\"listed\":0,\"folders_made\":0,"
                      "\"hard_links\":3,\"symbolic_links\":0,\"cloned\":0,\"renamed\":0,"
                      "\"removed\":0,\"synced\":0}}");
}

Test(trace_detail, timeline_names_its_file_and_losses)
{
    struct pb_timeline_summary summary = {.events = 5, .lost = 2};
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 16);
    struct pb_trace_files files = {.timeline = "trace/a \"b\""};
    struct pb_trace_wall wall = {.missing = "too \"long\""};
    pb_trace_timeline_detail(&files, &summary, &wall, &out);
    expect_text(&out,
                "{\"file\":\"trace/a \\\"b\\\"\",\"events\":5,\"lost\":2," NO_GAPS ",\"wall\":null,"
                "\"wall_missing\":\"too \\\"long\\\"\"}");
    pb_buf_clear(&out);
    files = (struct pb_trace_files){.timeline = "t", .requests = "r", .spans = "s"};
    wall = (struct pb_trace_wall){.ns = {1, 2, 3, 4, 5, 6}};
    pb_trace_timeline_detail(&files, &summary, &wall, &out);
    expect_text(&out, "{\"file\":\"t\",\"events\":5,\"lost\":2," NO_GAPS ",\"wall\":{\"cpu_ns\":1,"
                      "\"run_queue_ns\":2,\"disk_ns\":3,\"network_ns\":4,\"locks_ns\":5,"
                      "\"other_ns\":6},\"requests\":\"r\",\"spans\":\"s\"}");
}

Test(trace_detail, stacks_name_their_files_and_how_far_they_can_be_trusted)
{
    const struct pb_trace_files files = {.cpu_stacks = "trace/a.cpu.folded",
                                         .off_cpu_stacks = "trace/a.off-cpu.folded"};
    const struct pb_stack_summary summary = {
        .cpu = {.ns = 10, .samples = 2, .cut = 1, .frames = 9, .named = 8},
        .off_cpu = {.ns = 20, .samples = 3},
        .waits = 7,
        .lost = 4};
    PB_AUTO_BUF struct pb_buf out = PB_BUF_INIT(1 << 16);
    pb_trace_stacks_detail(&files, &summary, &out);
    expect_text(&out, "{\"cpu\":{\"file\":\"trace/a.cpu.folded\",\"ns\":10,\"samples\":2,"
                      "\"stacks_cut\":1,\"frames\":9,\"frames_named\":8},"
                      "\"off_cpu\":{\"file\":\"trace/a.off-cpu.folded\",\"ns\":20,"
                      "\"samples\":3,\"stacks_cut\":0,\"frames\":0,\"frames_named\":0},"
                      "\"waits\":7,\"lost\":4}");
}
