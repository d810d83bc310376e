/* SPDX-License-Identifier: MIT */
#include "harness/probes/stacks/processes.h"

#include "base/fs.h"
#include "base/mem.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#define MAPPINGS_MAX ((size_t)65536)

static struct pb_str key_of(const uint32_t *number)
{
    return pb_strn((const char *)number, sizeof *number);
}

void pb_processes_release(struct pb_processes *all)
{
    PB_MAP_EACH (&all->processes, e) {
        struct pb_process *process = e->value;
        free(process->mappings);
        pb_symbols_release(&process->jit_map);
    }
    PB_MAP_EACH (&all->modules, e)
        pb_elf_module_close(((struct pb_module *)e->value)->elf);
    pb_map_release(&all->processes);
    pb_map_release(&all->tasks);
    pb_map_release(&all->modules);
    pb_arena_release(&all->arena);
    *all = PB_PROCESSES_INIT;
}

static struct pb_process *process_of(struct pb_processes *all, uint32_t pid)
{
    struct pb_process *process = pb_process_find(all, pid);
    if (process) return process;
    process = PB_ARENA_NEW(&all->arena, struct pb_process);
    process->pid = pid;
    process->jit_map = PB_SYMBOLS_INIT;
    pb_map_put(&all->processes, key_of(&process->pid), process);
    return process;
}

static void name_task(struct pb_processes *all, uint32_t tid, struct pb_str name)
{
    struct pb_task *task = pb_map_get(&all->tasks, key_of(&tid));
    if (!task) {
        task = PB_ARENA_NEW(&all->arena, struct pb_task);
        task->tid = tid;
        pb_map_put(&all->tasks, key_of(&task->tid), task);
    }
    snprintf(task->name, sizeof task->name, PB_FMT, PB_ARG(name));
}

/* Memory without a file, or of one that has no name any more. */
static bool is_anonymous(struct pb_str path)
{
    return path.n == 0 || pb_str_starts(path, "//anon") || pb_str_starts(path, "[") ||
           pb_str_starts(path, "anon_inode:") || pb_str_starts(path, "/memfd:") ||
           pb_str_starts(path, "/dev/");
}

static struct pb_module *module_of(struct pb_processes *all, struct pb_str path)
{
    bool is_vdso = pb_str_is(path, "[vdso]"), is_jit = !is_vdso && is_anonymous(path);
    if (is_jit) path = pb_str("[JIT]");
    struct pb_module *module = pb_map_get(&all->modules, path);
    if (module) return module;
    const char *name = pb_arena_cstr(&all->arena, path), *slash = strrchr(name, '/');
    module = PB_ARENA_NEW(&all->arena, struct pb_module);
    *module = (struct pb_module){.name = slash ? slash + 1 : name, .is_jit = is_jit};
    if (is_vdso)
        module->elf = pb_elf_module_vdso();
    else if (!is_jit)
        module->elf = pb_elf_module_open(name);
    pb_map_put(&all->modules, pb_str(name), module);
    return module;
}

static void map(struct pb_processes *all, struct pb_process *process,
                const struct pb_perf_record *r)
{
    struct pb_mapping mapping = {.begin = r->address,
                                 .end = r->address + r->bytes,
                                 .file_offset = r->file_offset,
                                 .module = module_of(all, r->name)};
    size_t kept = 0;
    for (size_t i = 0; i < process->n; i++) {
        const struct pb_mapping *old = &process->mappings[i];
        bool is_hidden = mapping.begin <= old->begin && old->end <= mapping.end;
        if (!is_hidden) process->mappings[kept++] = *old;
    }
    process->n = kept;
    if (process->n == MAPPINGS_MAX) return; /* what is there stays unnamed */
    PB_GROW(process->mappings, process->capacity, process->n + 1);
    process->mappings[process->n++] = mapping;
}

static void fork_process(struct pb_processes *all, const struct pb_perf_record *r)
{
    name_task(all, r->tid, pb_str(pb_task_name(all, r->parent_tid)));
    if (r->pid == r->parent_pid) return; /* a thread */
    struct pb_process *parent = process_of(all, r->parent_pid), *child = process_of(all, r->pid);
    child->parent_pid = r->parent_pid;
    child->n = 0;
    if (parent->n == 0) return;
    PB_GROW(child->mappings, child->capacity, parent->n);
    memcpy(child->mappings, parent->mappings, parent->n * sizeof *parent->mappings);
    child->n = parent->n;
}

void pb_processes_add(struct pb_processes *all, const struct pb_perf_record *r)
{
    if (r->kind == PB_PERF_MAP) {
        map(all, process_of(all, r->pid), r);
    } else if (r->kind == PB_PERF_COMM) {
        name_task(all, r->tid, r->name);
        if (r->is_exec) process_of(all, r->pid)->n = 0;
    } else if (r->kind == PB_PERF_FORK) {
        fork_process(all, r);
    }
}

struct pb_process *pb_process_find(const struct pb_processes *all, uint32_t pid)
{
    return pb_map_get(&all->processes, key_of(&pid));
}

const char *pb_task_name(const struct pb_processes *all, uint32_t tid)
{
    const struct pb_task *task = pb_map_get(&all->tasks, key_of(&tid));
    return task && task->name[0] ? task->name : "?";
}

const struct pb_mapping *pb_mapping_find(const struct pb_process *process, uint64_t address)
{
    for (size_t i = process->n; i-- > 0;) {
        const struct pb_mapping *m = &process->mappings[i];
        if (m->begin <= address && address < m->end) return m;
    }
    return NULL;
}

const char *pb_process_jit_name(struct pb_process *process, uint64_t address)
{
    if (!process->is_jit_map_read) {
        char path[64];
        process->is_jit_map_read = true;
        snprintf(path, sizeof path, "/tmp/perf-%u.map", process->pid);
        if (pb_read_file(AT_FDCWD, path, &process->jit_map.text, NULL) == 0)
            pb_symbols_read_perf_map(&process->jit_map);
    }
    return pb_symbols_find(&process->jit_map, address);
}
