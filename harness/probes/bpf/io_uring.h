/* SPDX-License-Identifier: MIT */
/* Requests through rings, which no system call shows. */
PB_TRACEPOINT(io_uring_submit_req)
int BPF_PROG(on_io_uring_submit_req, struct io_kiocb *req)
{
    struct pb_tree_counters *c = tree_counters();
    if (tree_current() && c) c->io_uring_requests++;
    return 0;
}
