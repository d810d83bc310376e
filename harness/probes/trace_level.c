/* SPDX-License-Identifier: MIT */
#include "harness/probes/trace_level.h"

#include "harness/probes/trace_detail.h"

#include <string.h>

#define DETAIL_MAX_BYTES (1u << 20)

static const struct {
    const char *name;
    enum pb_collector_group group;
} levels[PB_TRACE_COUNT] = {[PB_TRACE_SCHED] = {"sched", PB_COLLECT_SCHED},
                            [PB_TRACE_SYSCALLS] = {"syscalls", PB_COLLECT_SYSCALLS},
                            [PB_TRACE_TIMELINE] = {"timeline", PB_COLLECT_TIMELINE}};

const char *pb_trace_name(enum pb_trace_level level)
{
    return levels[level].name;
}

bool pb_trace_by_name(const char *name, enum pb_trace_level *out)
{
    for (int i = 0; i < PB_TRACE_COUNT; i++) {
        if (strcmp(levels[i].name, name) != 0) continue;
        *out = (enum pb_trace_level)i;
        return true;
    }
    return false;
}

enum pb_collector_group pb_trace_group(enum pb_trace_level level)
{
    return levels[level].group;
}

int pb_trace_begin(struct pb_instruments *instruments, enum pb_trace_level level,
                   const char *timeline_path, struct pb_err *err)
{
    return level == PB_TRACE_TIMELINE
               ? pb_collector_timeline_begin(instruments->collector, timeline_path, err)
               : 0;
}

static int add_sched(struct pb_instruments *instruments, struct pb_buf *out, struct pb_err *err)
{
    struct pb_arena arena = PB_ARENA_INIT;
    struct pb_sched_figures figures;
    int rc = pb_collector_read_sched(instruments->collector, &arena, &figures, err);
    if (rc == 0) pb_trace_sched_detail(&figures, out);
    pb_arena_release(&arena);
    return rc;
}

static int add_syscalls(struct pb_instruments *instruments, struct pb_buf *out, struct pb_err *err)
{
    struct pb_syscall_figures figures;
    int rc = pb_collector_read_syscalls(instruments->collector, &figures, err);
    if (rc == 0) pb_trace_syscalls_detail(&figures, out);
    return rc;
}

static int add_timeline(struct pb_instruments *instruments, const struct pb_trace_files *files,
                        struct pb_buf *out, struct pb_err *err)
{
    struct pb_timeline_summary summary;
    int rc = pb_collector_timeline_end(instruments->collector, &summary, err);
    if (rc != 0) return rc;
    struct pb_trace_wall wall = {0};
    struct pb_err unsplit = PB_ERR_INIT;
    if (pb_timeline_split(files->timeline_path, wall.ns, &unsplit) != 0) wall.missing = unsplit.msg;
    pb_trace_timeline_detail(files, &summary, &wall, out);
    return 0;
}

const char *pb_trace_end(struct pb_arena *arena, struct pb_instruments *instruments,
                         enum pb_trace_level level, const struct pb_trace_files *files,
                         struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(DETAIL_MAX_BYTES);
    int rc = level == PB_TRACE_SCHED      ? add_sched(instruments, &text, err)
             : level == PB_TRACE_SYSCALLS ? add_syscalls(instruments, &text, err)
                                          : add_timeline(instruments, files, &text, err);
    if (rc != 0) return NULL;
    if (pb_buf_ok(&text)) return pb_arena_cstr(arena, pb_buf_str(&text));
    pb_err_set(err, PB_E_LIMIT, "keep the trace: over %u bytes", DETAIL_MAX_BYTES);
    return NULL;
}
