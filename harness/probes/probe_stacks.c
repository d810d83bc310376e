/* SPDX-License-Identifier: MIT */
/* Puts a sample's command under the stack sampler, where its trace level asks for one. */
#include "harness/probes/instruments.h"
#include "harness/probes/probe.h"
#include "harness/probes/stack_trace.h"

static int gate(void *state, struct pb_facts *facts, pid_t pid, struct pb_err *err)
{
    (void)state;
    if (!facts->instruments || !facts->instruments->stacks) return 0;
    return pb_stack_trace_start(facts->instruments->stacks, pid, err);
}

const struct pb_probe pb_probe_stacks = {
    .name = "stacks",
    .help = "stacks of functions of a traced sample; no metrics",
    .gate = gate,
};
