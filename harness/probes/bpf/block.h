/* SPDX-License-Identifier: MIT */
/*
 * Requests to block devices. They belong to the task that made them; a busy queue issues them
 * later, in anybody's name, so where the kernel has no block_io_start (before 6.5) some are missed.
 * Write-back by the kernel's own threads has no owner and counts as "other".
 */
#define REQUESTS_MAX 8192
#define REQ_OP_MASK 0xff
#define REQ_OP_READ 0
#define REQ_OP_WRITE 1

struct block_request {
    __u64 issued_ns;
    __u64 of_tree;
};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, REQUESTS_MAX);
    __type(key, __u64);
    __type(value, struct block_request);
} block_requests SEC(".maps");

/* Made and owned. A request structure is used again and again: earlier notes are void. */
PB_TRACEPOINT(block_io_start)
int BPF_PROG(on_block_io_start, struct request *rq)
{
    if (!control.sample) return 0;
    struct block_request r = {.of_tree = tree_current() != 0};
    __u64 key = (__u64)rq;
    bpf_map_update_elem(&block_requests, &key, &r, BPF_ANY);
    return 0;
}

/* Given to the device. One that is queued again keeps its first time. */
PB_TRACEPOINT(block_rq_issue)
int BPF_PROG(on_block_rq_issue, struct request *rq)
{
    if (!control.sample) return 0;
    __u64 key = (__u64)rq;
    struct block_request *known = bpf_map_lookup_elem(&block_requests, &key);
    if (known) {
        if (!known->issued_ns) known->issued_ns = bpf_ktime_get_ns();
        return 0;
    }
    struct block_request r = {.issued_ns = bpf_ktime_get_ns(), .of_tree = tree_current() != 0};
    bpf_map_update_elem(&block_requests, &key, &r, BPF_ANY);
    return 0;
}

PB_TRACEPOINT(block_rq_complete)
int BPF_PROG(on_block_rq_complete, struct request *rq, unsigned char error, unsigned int bytes)
{
    __u64 key = (__u64)rq;
    struct block_request *r = bpf_map_lookup_elem(&block_requests, &key);
    struct pb_tree_counters *c = tree_counters();
    if (!r || !c) return 0;
    unsigned int op = rq->cmd_flags & REQ_OP_MASK;
    bool done = bytes >= rq->__data_len;
    if (!r->of_tree) {
        if (op == REQ_OP_READ || op == REQ_OP_WRITE) c->block_other_bytes += bytes;
    } else {
        if (op == REQ_OP_READ) c->block_read_bytes += bytes;
        if (op == REQ_OP_WRITE) c->block_write_bytes += bytes;
        if (done && r->issued_ns) c->block_wait_ns += bpf_ktime_get_ns() - r->issued_ns;
        if (done) c->block_requests++;
    }
    if (done) bpf_map_delete_elem(&block_requests, &key);
    return 0;
}
