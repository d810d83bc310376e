/* SPDX-License-Identifier: MIT */
#ifndef PB_PROCESSES_H
#define PB_PROCESSES_H

#include "base/arena.h"
#include "base/map.h"
#include "harness/probes/stacks/elf_module.h"
#include "harness/probes/stacks/perf_record.h"
#include "harness/probes/stacks/symbols.h"

/*
 * What the side-band records tell, up to a moment: the executable memory of each process, who
 * started whom, the names of tasks. Files are opened when they are first mapped.
 */
struct pb_module {
    const char *name;          /* of the file, without folders; "[JIT]" */
    struct pb_elf_module *elf; /* NULL: none, or it cannot be read */
    bool is_jit;               /* memory without a file: made by the program itself */
};
struct pb_mapping {
    uint64_t begin, end, file_offset;
    struct pb_module *module;
};
struct pb_process {
    uint32_t pid, parent_pid;
    struct pb_mapping *mappings; /* later ones hide earlier ones */
    size_t n, capacity;
    bool is_jit_map_read;
    struct pb_symbols jit_map;
};
struct pb_task {
    uint32_t tid;
    char name[16];
};
struct pb_processes {
    struct pb_arena arena;
    struct pb_map processes, tasks, modules; /* by pid, tid, path */
};

#define PB_PROCESSES_INIT ((struct pb_processes){.arena = PB_ARENA_INIT})

void pb_processes_release(struct pb_processes *all);
/* A MAP, COMM or FORK record; in the order of time. */
void pb_processes_add(struct pb_processes *all, const struct pb_perf_record *record);

/* NULL: no record told of it. */
struct pb_process *pb_process_find(const struct pb_processes *all, uint32_t pid);
/* "?" when no record named it. */
const char *pb_task_name(const struct pb_processes *all, uint32_t tid);
/* NULL: no executable memory is there. */
const struct pb_mapping *pb_mapping_find(const struct pb_process *process, uint64_t address);
/* The name that the process itself wrote to /tmp/perf-PID.map for code that it made, or NULL. */
const char *pb_process_jit_name(struct pb_process *process, uint64_t address);

#endif
