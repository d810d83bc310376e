/* SPDX-License-Identifier: MIT */
/* Stacks of a build without libdw: lost, with the cure. */
#include "harness/probes/stack_trace.h"

#include <stddef.h>

static const struct pb_loss off = {
    "phasebench was built without libdw",
    "install libdw-dev and libelf-dev (./dev setup) and build again"};

void pb_stack_trace_try(struct pb_loss *loss)
{
    *loss = off;
}

struct pb_stack_trace *pb_stack_trace_new(struct pb_err *err)
{
    pb_err_set(err, PB_E_UNSUPPORTED, "sample stacks: %s", off.cause);
    return NULL;
}

void pb_stack_trace_free(struct pb_stack_trace *trace)
{
    (void)trace;
}

int pb_stack_trace_start(struct pb_stack_trace *trace, pid_t pid, struct pb_err *err)
{
    (void)trace;
    (void)pid;
    return pb_err_set(err, PB_E_UNSUPPORTED, "sample stacks: %s", off.cause);
}

int pb_stack_trace_end(struct pb_stack_trace *trace, const char *cpu_path, const char *off_cpu_path,
                       struct pb_stack_summary *out, struct pb_err *err)
{
    (void)trace;
    (void)cpu_path;
    (void)off_cpu_path;
    *out = (struct pb_stack_summary){0};
    return pb_err_set(err, PB_E_UNSUPPORTED, "sample stacks: %s", off.cause);
}
