/* SPDX-License-Identifier: MIT */
#include "harness/probes/stacks/perf_record.h"

#include <linux/perf_event.h>

/* What is left of a record; a read past its end gives zeros and spoils it. */
struct cursor {
    struct pb_str rest;
    bool ok;
};

static struct pb_str take(struct cursor *c, uint64_t n)
{
    if (n > c->rest.n) {
        c->ok = false;
        return pb_strn("", 0);
    }
    struct pb_str out = pb_strn(c->rest.p, (size_t)n);
    c->rest = pb_str_skip(c->rest, (size_t)n);
    return out;
}

static uint64_t u64(struct cursor *c)
{
    uint64_t value = 0;
    struct pb_str bytes = take(c, sizeof value);
    if (bytes.n) memcpy(&value, bytes.p, sizeof value);
    return value;
}

static uint32_t u32(struct cursor *c)
{
    uint32_t value = 0;
    struct pb_str bytes = take(c, sizeof value);
    if (bytes.n) memcpy(&value, bytes.p, sizeof value);
    return value;
}

static void read_task(struct cursor *c, struct pb_perf_record *out)
{
    out->pid = u32(c);
    out->tid = u32(c);
}

static struct pb_str text(struct cursor *c)
{
    const char *end = c->rest.n ? memchr(c->rest.p, '\0', c->rest.n) : NULL;
    if (!end) c->ok = false;
    return take(c, end ? (uint64_t)(end - c->rest.p) : 0);
}

static void read_registers(struct cursor *c, struct pb_registers *out)
{
    static const unsigned char numbers[PB_REG_COUNT] = PB_PERF_REGISTER_ORDER;
    uint64_t abi = u64(c);
    if (abi == PERF_SAMPLE_REGS_ABI_NONE) return;
    for (size_t i = 0; i < PB_REG_COUNT; i++)
        pb_register_set(out, numbers[i], u64(c));
    if (abi != PERF_SAMPLE_REGS_ABI_64 || !c->ok) out->known = 0;
}

static void read_stack(struct cursor *c, struct pb_perf_record *out)
{
    uint64_t size = u64(c);
    if (size == 0) return;
    struct pb_str dump = take(c, size);
    uint64_t filled = u64(c);
    if (filled > dump.n) c->ok = false;
    if (c->ok) out->stack = pb_strn(dump.p, (size_t)filled);
}

/* A switch is told from the clock by its period: it counts single events. */
static void read_sample(struct cursor *c, struct pb_perf_record *out)
{
    read_task(c, out);
    out->time_ns = u64(c);
    out->period_ns = u64(c);
    out->kind = out->period_ns == 1 ? PB_PERF_SWITCH_OUT : PB_PERF_CPU;
    uint64_t frames = u64(c);
    if (frames > PB_PERF_RECORD_MAX_BYTES / 8) c->ok = false;
    out->kernel_chain = c->ok ? take(c, frames * 8) : pb_strn("", 0);
    read_registers(c, &out->registers);
    read_stack(c, out);
}

static void read_map(struct cursor *c, struct pb_perf_record *out)
{
    out->kind = PB_PERF_MAP;
    read_task(c, out);
    out->address = u64(c);
    out->bytes = u64(c);
    out->file_offset = u64(c);
    take(c, 4 + 4 + 8 + 8); /* device, inode and its generation */
    take(c, 4 + 4);         /* protection and flags */
    out->name = text(c);
    if (out->bytes > UINT64_MAX - out->address) c->ok = false;
}

static void read_fork(struct cursor *c, enum pb_perf_kind kind, struct pb_perf_record *out)
{
    out->kind = kind;
    out->pid = u32(c);
    out->parent_pid = u32(c);
    out->tid = u32(c);
    out->parent_tid = u32(c);
}

/* All but samples end with the task and the time. */
static void read_other(struct cursor *c, const struct perf_event_header *header, struct pb_str tail,
                       struct pb_perf_record *out)
{
    struct cursor end = {tail, true};
    read_task(&end, out);
    out->time_ns = u64(&end);
    switch (header->type) {
    case PERF_RECORD_MMAP2:
        read_map(c, out);
        break;
    case PERF_RECORD_COMM:
        out->kind = PB_PERF_COMM;
        out->is_exec = header->misc & PERF_RECORD_MISC_COMM_EXEC;
        read_task(c, out);
        out->name = text(c);
        break;
    case PERF_RECORD_FORK:
        read_fork(c, PB_PERF_FORK, out);
        break;
    case PERF_RECORD_EXIT:
        read_fork(c, PB_PERF_EXIT, out);
        break;
    case PERF_RECORD_SWITCH:
        out->kind = PB_PERF_SWITCH;
        out->is_out = header->misc & PERF_RECORD_MISC_SWITCH_OUT;
        out->is_preempted = header->misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT;
        break;
    case PERF_RECORD_LOST:
        out->kind = PB_PERF_LOST;
        u64(c); /* the event's number */
        out->lost_count = u64(c);
        break;
    default:
        break;
    }
}

static bool read_header(struct pb_str data, struct perf_event_header *out)
{
    if (data.n < PB_PERF_RECORD_MIN_BYTES || data.n > PB_PERF_RECORD_MAX_BYTES) return false;
    memcpy(out, data.p, sizeof *out);
    return out->size == data.n;
}

bool pb_perf_record_parse(struct pb_str data, struct pb_perf_record *out)
{
    struct perf_event_header header;
    *out = (struct pb_perf_record){.kind = PB_PERF_OTHER};
    if (!read_header(data, &header)) return false;
    struct pb_str body = pb_str_skip(data, sizeof header);
    struct cursor c = {body, true};
    if (header.type == PERF_RECORD_SAMPLE) {
        read_sample(&c, out);
    } else {
        c.rest.n -= 16;
        read_other(&c, &header, pb_str_skip(body, c.rest.n), out);
    }
    return c.ok;
}

bool pb_perf_record_time(struct pb_str data, uint64_t *time_ns)
{
    struct perf_event_header header;
    if (!read_header(data, &header)) return false;
    size_t at = header.type == PERF_RECORD_SAMPLE ? sizeof header + 8 : data.n - 8;
    memcpy(time_ns, data.p + at, sizeof *time_ns);
    return true;
}
