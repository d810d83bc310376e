/* SPDX-License-Identifier: MIT */
#include "harness/probes/stack_trace.h"

#include "base/fs.h"
#include "base/mem.h"
#include "harness/probes/stacks/fold_stacks.h"
#include "harness/probes/stacks/stack_sampler.h"

#include <fcntl.h>
#include <stdlib.h>

struct pb_stack_trace {
    struct pb_stack_sampler *sampler;
};

void pb_stack_trace_try(struct pb_loss *loss)
{
    pb_stack_sampler_try(loss);
}

struct pb_stack_trace *pb_stack_trace_new(struct pb_err *err)
{
    struct pb_stack_sampler *sampler = pb_stack_sampler_new(err);
    if (!sampler) return NULL;
    struct pb_stack_trace *trace = pb_calloc(1, sizeof *trace);
    trace->sampler = sampler;
    return trace;
}

void pb_stack_trace_free(struct pb_stack_trace *trace)
{
    if (!trace) return;
    pb_stack_sampler_free(trace->sampler);
    free(trace);
}

int pb_stack_trace_start(struct pb_stack_trace *trace, pid_t pid, struct pb_err *err)
{
    return pb_stack_sampler_start(trace->sampler, pid, err);
}

static struct pb_stack_sum sum_of(const struct pb_folded *folded)
{
    return (struct pb_stack_sum){.ns = folded->ns,
                                 .samples = folded->samples,
                                 .cut = folded->cut,
                                 .frames = folded->frames,
                                 .named = folded->named};
}

static int write_folded(const char *path, const struct pb_folded *folded, struct pb_err *err)
{
    if (!pb_buf_ok(&folded->text))
        return pb_err_set(err, PB_E_LIMIT, "write the stacks %s: over %zu bytes", path,
                          folded->text.max);
    return pb_write_file(AT_FDCWD, path, pb_buf_str(&folded->text), 0666, err);
}

int pb_stack_trace_end(struct pb_stack_trace *trace, const char *cpu_path, const char *off_cpu_path,
                       struct pb_stack_summary *out, struct pb_err *err)
{
    struct pb_str kept;
    struct pb_stack_counts counts;
    struct pb_folded cpu = PB_FOLDED_INIT, off_cpu = PB_FOLDED_INIT;
    if (pb_stack_sampler_stop(trace->sampler, err) != 0 ||
        pb_stack_sampler_kept(trace->sampler, &kept, &counts, err) != 0)
        return -1;
    pb_fold_stacks(kept, &cpu, &off_cpu);
    *out = (struct pb_stack_summary){.cpu = sum_of(&cpu),
                                     .off_cpu = sum_of(&off_cpu),
                                     .waits = counts.waits,
                                     .lost = counts.lost};
    int rc = write_folded(cpu_path, &cpu, err);
    if (rc == 0) rc = write_folded(off_cpu_path, &off_cpu, err);
    pb_folded_release(&cpu);
    pb_folded_release(&off_cpu);
    return rc;
}
