/* SPDX-License-Identifier: MIT */
#include "harness/probes/stacks/wait_pairs.h"

#include "base/mem.h"

#include <stdlib.h>

struct pb_waiting_task {
    uint32_t tid;
    bool is_out, has_sample, is_preempted;
    uint64_t out_ns;
    uint64_t unkept_ns; /* of waits that no kept one stands for yet */
    char *sample;       /* a copy: the ring goes on */
    size_t bytes, capacity;
};

void pb_wait_pairs_release(struct pb_wait_pairs *pairs)
{
    PB_MAP_EACH (&pairs->tasks, e)
        free(((struct pb_waiting_task *)e->value)->sample);
    pb_map_release(&pairs->tasks);
    pb_arena_release(&pairs->arena);
    *pairs = PB_WAIT_PAIRS_INIT;
}

static struct pb_waiting_task *task_of(struct pb_wait_pairs *pairs, uint32_t tid)
{
    struct pb_waiting_task *task =
        pb_map_get(&pairs->tasks, pb_strn((const char *)&tid, sizeof tid));
    if (task) return task;
    task = PB_ARENA_NEW(&pairs->arena, struct pb_waiting_task);
    task->tid = tid;
    pb_map_put(&pairs->tasks, pb_strn((const char *)&task->tid, sizeof tid), task);
    return task;
}

void pb_wait_pairs_begin(struct pb_wait_pairs *pairs, const struct pb_perf_record *record,
                         struct pb_str data)
{
    struct pb_waiting_task *task = task_of(pairs, record->tid);
    PB_GROW(task->sample, task->capacity, data.n);
    memcpy(task->sample, data.p, data.n);
    task->bytes = data.n;
    task->has_sample = true;
}

bool pb_wait_pairs_switch(struct pb_wait_pairs *pairs, const struct pb_perf_record *record,
                          struct pb_wait *out)
{
    struct pb_waiting_task *task = task_of(pairs, record->tid);
    if (record->is_out) {
        task->is_out = true;
        task->is_preempted = record->is_preempted;
        task->out_ns = record->time_ns;
        return false;
    }
    bool is_whole = task->is_out && record->time_ns >= task->out_ns, has_sample = task->has_sample;
    task->is_out = task->has_sample = false;
    if (!is_whole) return false; /* a task that is new, or a switch that was lost */
    uint64_t ns = record->time_ns - task->out_ns;
    pairs->waits++;
    pairs->wait_ns += ns;
    pairs->lost += !has_sample;
    if (!has_sample) return false;
    task->unkept_ns += ns;
    if (task->unkept_ns < pairs->quantum_ns) return false;
    *out = (struct pb_wait){.sample = pb_strn(task->sample, task->bytes),
                            .ns = task->unkept_ns,
                            .is_preempted = task->is_preempted};
    task->unkept_ns = 0;
    return true;
}
