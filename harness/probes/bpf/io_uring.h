/* SPDX-License-Identifier: MIT */
/* Requests through rings, which no system call shows. */
struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, PB_RING_OPCODES_MAX);
    __type(key, __u32);
    __type(value, __u64);
} ring_opcodes SEC(".maps");

PB_TRACEPOINT(io_uring_submit_req)
int BPF_PROG(on_io_uring_submit_req, struct io_kiocb *req)
{
    struct pb_tree_counters *c = tree_counters();
    if (!current_is_in_tree() || !c) return 0;
    c->io_uring_requests++;
    __u32 opcode = req->opcode;
    __u64 *count = bpf_map_lookup_elem(&ring_opcodes, &opcode);
    if (count) (*count)++;
    return 0;
}
