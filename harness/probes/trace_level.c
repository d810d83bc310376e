/* SPDX-License-Identifier: MIT */
#include "harness/probes/trace_level.h"

#include "harness/probes/trace_detail.h"

#include <string.h>

#define DETAIL_MAX_BYTES (1u << 20)

enum { NOT_OF_BPF = -1 };

static const struct {
    const char *name;
    int group; /* of the collector */
} levels[PB_TRACE_COUNT] = {[PB_TRACE_SCHED] = {"sched", PB_COLLECT_SCHED},
                            [PB_TRACE_SYSCALLS] = {"syscalls", PB_COLLECT_SYSCALLS},
                            [PB_TRACE_TIMELINE] = {"timeline", PB_COLLECT_TIMELINE},
                            [PB_TRACE_STACKS] = {"stacks", NOT_OF_BPF}};

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

const char *pb_trace_names(void)
{
    return "sched, syscalls, timeline, stacks";
}

unsigned pb_trace_groups(enum pb_trace_level level)
{
    int group = levels[level].group;
    return PB_COLLECT_DEFAULT | (group == NOT_OF_BPF ? 0 : 1u << group);
}

bool pb_trace_is_lost(const struct pb_instruments *instruments, enum pb_trace_level level,
                      struct pb_loss *out)
{
    int group = levels[level].group;
    *out = (struct pb_loss){0};
    if (group == NOT_OF_BPF) {
        pb_stack_trace_try(out);
    } else {
        const struct pb_loss *loss =
            pb_collector_loss(instruments->collector, (enum pb_collector_group)group);
        if (loss) *out = *loss;
    }
    return out->cause[0] != '\0';
}

static int begin_stacks(struct pb_instruments *instruments, struct pb_err *err)
{
    instruments->stacks = pb_stack_trace_new(err);
    return instruments->stacks ? 0 : -1;
}

int pb_trace_begin(struct pb_instruments *instruments, enum pb_trace_level level,
                   const struct pb_trace_files *files, struct pb_err *err)
{
    if (level == PB_TRACE_TIMELINE)
        return pb_collector_timeline_begin(instruments->collector, files->timeline_path, err);
    return level == PB_TRACE_STACKS ? begin_stacks(instruments, err) : 0;
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

static int add_stacks(struct pb_instruments *instruments, const struct pb_trace_files *files,
                      struct pb_buf *out, struct pb_err *err)
{
    struct pb_stack_summary summary;
    int rc = pb_stack_trace_end(instruments->stacks, files->cpu_stacks_path,
                                files->off_cpu_stacks_path, &summary, err);
    pb_stack_trace_free(instruments->stacks);
    instruments->stacks = NULL;
    if (rc == 0) pb_trace_stacks_detail(files, &summary, out);
    return rc;
}

static int add_detail(struct pb_instruments *instruments, enum pb_trace_level level,
                      const struct pb_trace_files *files, struct pb_buf *out, struct pb_err *err)
{
    switch (level) {
    case PB_TRACE_SCHED:
        return add_sched(instruments, out, err);
    case PB_TRACE_SYSCALLS:
        return add_syscalls(instruments, out, err);
    case PB_TRACE_TIMELINE:
        return add_timeline(instruments, files, out, err);
    case PB_TRACE_STACKS:
        return add_stacks(instruments, files, out, err);
    case PB_TRACE_COUNT:
        break;
    }
    PB_BUG("no such trace level: %d", (int)level);
}

const char *pb_trace_end(struct pb_arena *arena, struct pb_instruments *instruments,
                         enum pb_trace_level level, const struct pb_trace_files *files,
                         struct pb_err *err)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(DETAIL_MAX_BYTES);
    if (add_detail(instruments, level, files, &text, err) != 0) return NULL;
    if (pb_buf_ok(&text)) return pb_arena_cstr(arena, pb_buf_str(&text));
    pb_err_set(err, PB_E_LIMIT, "keep the trace: over %u bytes", DETAIL_MAX_BYTES);
    return NULL;
}
