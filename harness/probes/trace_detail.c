/* SPDX-License-Identifier: MIT */
#include "harness/probes/trace_detail.h"

#include "base/mem.h"
#include "harness/probes/trace_names.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct line {
    const char *name;
    uint64_t ns, count, errors;
};

static int by_falling_time(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (x->ns != y->ns) return x->ns < y->ns ? 1 : -1;
    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    return strcmp(x->name, y->name);
}

static void separate(struct pb_buf *out)
{
    char before = out->p[out->n - 1];
    if (before != '[' && before != '{') pb_buf_add_char(out, ',');
}

/* Keys of the same reason are one line. */
static size_t merge_reasons(const struct pb_sched_figures *figures, struct line *lines)
{
    size_t n = 0;
    for (size_t i = 0; i < figures->off_cpu_count; i++) {
        const struct pb_off_cpu_figure *f = &figures->off_cpu[i];
        const char *reason = pb_off_reason(f->key);
        size_t at = 0;
        while (at < n && strcmp(lines[at].name, reason) != 0)
            at++;
        if (at == n) lines[n++] = (struct line){.name = reason};
        lines[at].ns += f->sum.ns;
        lines[at].count += f->sum.count;
    }
    return n;
}

/* Upper bound of the bucket in which the fraction falls. */
static uint64_t percentile_us(const struct pb_run_queue *q, unsigned percent)
{
    uint64_t below = 0;
    for (int i = 0; i < PB_RUN_QUEUE_BUCKETS; i++) {
        below += q->buckets[i];
        if (below * 100 >= q->count * percent) return UINT64_C(2) << i;
    }
    return UINT64_C(2) << (PB_RUN_QUEUE_BUCKETS - 1);
}

static void add_run_queue(const struct pb_run_queue *q, struct pb_buf *out)
{
    pb_buf_printf(out, "\"run_queue\":{\"ns\":%llu,\"count\":%llu", (unsigned long long)q->ns,
                  (unsigned long long)q->count);
    if (q->count)
        pb_buf_printf(out, ",\"p50_us\":%" PRIu64 ",\"p99_us\":%" PRIu64, percentile_us(q, 50),
                      percentile_us(q, 99));
    pb_buf_add_cstr(out, ",\"at_least_us\":[");
    for (int i = 0; i < PB_RUN_QUEUE_BUCKETS; i++) {
        if (!q->buckets[i]) continue;
        separate(out);
        pb_buf_printf(out, "[%llu,%llu]", i ? 1ull << i : 0, (unsigned long long)q->buckets[i]);
    }
    pb_buf_add_cstr(out, "]}");
}

static void add_gaps(struct pb_buf *out, const struct pb_switch_gaps *gaps)
{
    pb_buf_printf(out,
                  ",\"gaps\":{\"arrivals_rebuilt\":%llu,\"wakeups_unseen\":%llu,"
                  "\"departures_unseen\":%llu}",
                  (unsigned long long)gaps->arrivals_rebuilt,
                  (unsigned long long)gaps->wakeups_unseen,
                  (unsigned long long)gaps->departures_unseen);
}

void pb_trace_sched_detail(const struct pb_sched_figures *figures, struct pb_buf *out)
{
    struct line *lines = pb_calloc(figures->off_cpu_count + 1, sizeof *lines);
    size_t n = merge_reasons(figures, lines);
    qsort(lines, n, sizeof *lines, by_falling_time);
    pb_buf_add_cstr(out, "{\"off_cpu\":[");
    for (size_t i = 0; i < n; i++) {
        separate(out);
        pb_buf_printf(out, "{\"reason\":\"%s\",\"ns\":%" PRIu64 ",\"count\":%" PRIu64 "}",
                      lines[i].name, lines[i].ns, lines[i].count);
    }
    pb_buf_add_cstr(out, "],");
    add_run_queue(&figures->run_queue, out);
    add_gaps(out, &figures->gaps);
    pb_buf_add_char(out, '}');
    free(lines);
}

/* Operations on files by whatever way they are asked for; lists as in trace_names.c. */
static const struct {
    const char *operation, *syscalls, *opcodes;
} file_operations[] = {
    {"opened", " open openat openat2 creat ", " openat openat2 "},
    {"inspected", " stat lstat fstat newfstatat statx access faccessat faccessat2 ", " statx "},
    {"listed", " getdents getdents64 ", " "},
    {"folders_made", " mkdir mkdirat ", " mkdirat "},
    {"hard_links", " link linkat ", " linkat "},
    {"symbolic_links", " symlink symlinkat ", " symlinkat "},
    {"cloned", " copy_file_range ", " "},
    {"renamed", " rename renameat renameat2 ", " renameat "},
    {"removed", " unlink unlinkat rmdir ", " unlinkat "},
    {"synced", " fsync fdatasync syncfs sync ", " fsync "},
};

static bool is_in(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = list; (at = strstr(at, name)) != NULL; at += n)
        if (at[-1] == ' ' && at[n] == ' ') return true; /* lists begin with a space */
    return false;
}

static uint64_t count_operation(const struct pb_syscall_figures *f, size_t row)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < PB_SYSCALLS_MAX; i++) {
        const char *name = pb_syscall_name(i);
        if (name && f->syscalls[i].count && is_in(file_operations[row].syscalls, name))
            sum += f->syscalls[i].count - f->syscalls[i].errors;
    }
    for (uint32_t i = 0; i < PB_RING_OPCODES_MAX; i++) {
        const char *name = pb_ring_opcode_name(i);
        if (name && f->ring_opcodes[i] && is_in(file_operations[row].opcodes, name))
            sum += f->ring_opcodes[i];
    }
    return sum;
}

static void add_files(const struct pb_syscall_figures *figures, struct pb_buf *out)
{
    pb_buf_add_cstr(out, "\"files\":{");
    for (size_t i = 0; i < sizeof file_operations / sizeof *file_operations; i++) {
        separate(out);
        pb_buf_printf(out, "\"%s\":%" PRIu64, file_operations[i].operation,
                      count_operation(figures, i));
    }
    pb_buf_add_char(out, '}');
}

static void add_syscalls(const struct pb_syscall_figures *figures, struct pb_buf *out)
{
    static const char unnamed[] = "unknown";
    struct line lines[PB_SYSCALLS_MAX];
    size_t n = 0;
    for (uint32_t i = 0; i < PB_SYSCALLS_MAX; i++) {
        const struct pb_syscall_count *c = &figures->syscalls[i];
        const char *name = pb_syscall_name(i);
        if (c->count) lines[n++] = (struct line){name ? name : unnamed, c->ns, c->count, c->errors};
    }
    qsort(lines, n, sizeof *lines, by_falling_time);
    pb_buf_add_cstr(out, "\"syscalls\":[");
    for (size_t i = 0; i < n; i++) {
        separate(out);
        pb_buf_printf(out,
                      "{\"name\":\"%s\",\"count\":%" PRIu64 ",\"errors\":%" PRIu64
                      ",\"ns\":%" PRIu64 "}",
                      lines[i].name, lines[i].count, lines[i].errors, lines[i].ns);
    }
    pb_buf_add_cstr(out, "],");
}

void pb_trace_syscalls_detail(const struct pb_syscall_figures *figures, struct pb_buf *out)
{
    pb_buf_add_char(out, '{');
    add_syscalls(figures, out);
    pb_buf_add_cstr(out, "\"io_uring\":[");
    for (uint32_t i = 0; i < PB_RING_OPCODES_MAX; i++) {
        const char *name = pb_ring_opcode_name(i);
        if (!figures->ring_opcodes[i]) continue;
        separate(out);
        pb_buf_printf(out, "{\"name\":\"%s\",\"count\":%" PRIu64 "}", name ? name : "unknown",
                      figures->ring_opcodes[i]);
    }
    pb_buf_add_cstr(out, "],");
    add_files(figures, out);
    pb_buf_add_char(out, '}');
}

static void add_file(struct pb_buf *out, const char *key, const char *name)
{
    if (!name) return;
    pb_buf_printf(out, ",\"%s\":", key);
    pb_buf_add_json(out, pb_str(name));
}

static void add_wall(struct pb_buf *out, const struct pb_trace_wall *wall)
{
    if (wall->missing) {
        pb_buf_add_cstr(out, ",\"wall\":null,\"wall_missing\":");
        pb_buf_add_json(out, pb_str(wall->missing));
        return;
    }
    pb_buf_add_cstr(out, ",\"wall\":{");
    for (int i = 0; i < PB_TIME_CLASSES; i++) {
        separate(out);
        pb_buf_printf(out, "\"%s_ns\":%" PRIu64, pb_time_class_name((enum pb_time_class)i),
                      wall->ns[i]);
    }
    pb_buf_add_char(out, '}');
}

void pb_trace_timeline_detail(const struct pb_trace_files *files,
                              const struct pb_timeline_summary *summary,
                              const struct pb_trace_wall *wall, struct pb_buf *out)
{
    pb_buf_add_cstr(out, "{\"file\":");
    pb_buf_add_json(out, pb_str(files->timeline));
    pb_buf_printf(out, ",\"events\":%" PRIu64 ",\"lost\":%" PRIu64, summary->events, summary->lost);
    add_gaps(out, &summary->gaps);
    add_wall(out, wall);
    add_file(out, "requests", files->requests);
    add_file(out, "spans", files->spans);
    pb_buf_add_char(out, '}');
}

static void add_stack_sum(struct pb_buf *out, const char *key, const char *file,
                          const struct pb_stack_sum *sum)
{
    pb_buf_printf(out, "\"%s\":{\"file\":", key);
    pb_buf_add_json(out, pb_str(file));
    pb_buf_printf(out,
                  ",\"ns\":%" PRIu64 ",\"samples\":%" PRIu64 ",\"stacks_cut\":%" PRIu64
                  ",\"frames\":%" PRIu64 ",\"frames_named\":%" PRIu64 "},",
                  sum->ns, sum->samples, sum->cut, sum->frames, sum->named);
}

void pb_trace_stacks_detail(const struct pb_trace_files *files,
                            const struct pb_stack_summary *summary, struct pb_buf *out)
{
    pb_buf_add_char(out, '{');
    add_stack_sum(out, "cpu", files->cpu_stacks, &summary->cpu);
    add_stack_sum(out, "off_cpu", files->off_cpu_stacks, &summary->off_cpu);
    pb_buf_printf(out, "\"waits\":%" PRIu64 ",\"lost\":%" PRIu64 "}", summary->waits,
                  summary->lost);
}
