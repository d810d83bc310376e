/* SPDX-License-Identifier: MIT */
/*
 * Requests to block devices. They belong to the task that made them; a busy queue issues them
 * later, in anybody's name, so where the kernel has no block_io_start (before 6.5) some are missed.
 * Write-back by the kernel's own threads has no owner and counts as "other".
 *
 * Bytes and requests count when they are given to the device. Their end gives the time only: it
 * comes in the name of the task that is interrupted, and where the kernel runs no programs in the
 * name of some process (struct pb_switch_gaps), ends are missed.
 */
#define REQUESTS_MAX 8192
#define REQ_OP_MASK 0xff
#define REQ_OP_READ 0
#define REQ_OP_WRITE 1

struct block_request {
    __u64 issued_ns;
    __u64 owner; /* process and thread; 0: not of the tree */
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, REQUESTS_MAX);
    __type(key, __u64);
    __type(value, struct block_request);
} block_requests SEC(".maps");

static __always_inline __u64 owner(void)
{
    return current_is_in_tree() ? bpf_get_current_pid_tgid() : 0;
}

/* Made and owned. A request structure is used again and again: earlier notes are void. */
PB_TRACEPOINT(block_io_start)
int BPF_PROG(on_block_io_start, struct request *rq)
{
    if (!control.sample) return 0;
    struct block_request r = {.owner = owner()};
    __u64 key = (__u64)rq;
    bpf_map_update_elem(&block_requests, &key, &r, BPF_ANY);
    return 0;
}

static __always_inline void count(const struct request *rq, __u64 owner_of)
{
    struct pb_tree_counters *c = tree_counters();
    unsigned int op = rq->cmd_flags & REQ_OP_MASK;
    if (!c || (op != REQ_OP_READ && op != REQ_OP_WRITE)) return;
    if (!owner_of) {
        c->block_other_bytes += rq->__data_len;
        return;
    }
    c->block_requests++;
    if (op == REQ_OP_READ)
        c->block_read_bytes += rq->__data_len;
    else
        c->block_write_bytes += rq->__data_len;
}

/* Given to the device, with what was merged into it. One that is queued again counts once. */
PB_TRACEPOINT(block_rq_issue)
int BPF_PROG(on_block_rq_issue, struct request *rq)
{
    if (!control.sample) return 0;
    __u64 key = (__u64)rq, now = bpf_ktime_get_ns();
    struct block_request *known = bpf_map_lookup_elem(&block_requests, &key);
    if (known) {
        if (!known->issued_ns) count(rq, known->owner);
        if (!known->issued_ns) known->issued_ns = now;
        return 0;
    }
    struct block_request r = {.issued_ns = now, .owner = owner()};
    count(rq, r.owner);
    bpf_map_update_elem(&block_requests, &key, &r, BPF_ANY);
    return 0;
}

/* May complete a part alone. */
PB_TRACEPOINT(block_rq_complete)
int BPF_PROG(on_block_rq_complete, struct request *rq, unsigned char error, unsigned int bytes)
{
    __u64 key = (__u64)rq;
    struct block_request *r = bpf_map_lookup_elem(&block_requests, &key);
    struct pb_tree_counters *c = tree_counters();
    if (!r || !c || bytes < rq->__data_len) return 0;
    struct pb_timeline_event event = {.time_ns = r->issued_ns,
                                      .duration_ns = bpf_ktime_get_ns() - r->issued_ns,
                                      .value = bytes,
                                      .pid = (__u32)(r->owner >> 32),
                                      .tid = (__u32)r->owner,
                                      .kind = PB_TIMELINE_BLOCK,
                                      .key = rq->cmd_flags & REQ_OP_MASK};
    if (r->owner && r->issued_ns) {
        c->block_ends++;
        c->block_wait_ns += event.duration_ns;
        tell(&event);
    }
    bpf_map_delete_elem(&block_requests, &key);
    return 0;
}
