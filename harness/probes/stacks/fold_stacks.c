/* SPDX-License-Identifier: MIT */
#include "harness/probes/stacks/fold_stacks.h"

#include "base/fs.h"
#include "base/mem.h"
#include "harness/probes/stacks/stack_sampler.h"
#include "harness/probes/stacks/unwind.h"

#include <fcntl.h>
#include <stdlib.h>

#define STACK_TEXT_MAX_BYTES ((size_t)256 << 10)
enum { PROCESSES_MAX = 32 };

/* One stack's time; the text is its key. */
struct line {
    uint64_t ns;
};
struct lines {
    struct pb_map by_stack;
    struct pb_folded *out;
};

struct folding {
    struct pb_arena arena;
    struct pb_processes processes;
    struct pb_symbols kernel;
    struct pb_call_chain chain;
    struct pb_buf stack; /* of the sample at hand */
    struct lines on_cpu, off_cpu;
};

void pb_folded_release(struct pb_folded *folded)
{
    pb_buf_release(&folded->text);
    *folded = PB_FOLDED_INIT;
}

/* A semicolon separates frames and a space the number; control characters would end the line. */
static void put_frame(struct pb_buf *out, const char *name, const char *mark)
{
    if (out->n) pb_buf_add_char(out, ';');
    for (; *name; name++) {
        bool would_split = *name == ';' || (unsigned char)*name < ' ';
        if (would_split)
            pb_buf_add_char(out, '_');
        else
            pb_buf_add_char(out, *name);
    }
    pb_buf_add_cstr(out, mark);
}

/* The processes from the command down to that of the task. */
static void put_processes(struct folding *f, uint32_t pid)
{
    uint32_t chain[PROCESSES_MAX];
    size_t n = 0;
    while (pid && n < PROCESSES_MAX) {
        const struct pb_process *process = pb_process_find(&f->processes, pid);
        if (!process) break;
        chain[n++] = pid;
        pid = process->parent_pid;
    }
    while (n > 0)
        put_frame(&f->stack, pb_task_name(&f->processes, chain[--n]), "");
}

static void put_task(struct folding *f, const struct pb_perf_record *r)
{
    put_processes(f, r->pid);
    put_frame(&f->stack, r->tid == r->pid ? "main thread" : pb_task_name(&f->processes, r->tid),
              "");
}

static const char *function_of(struct pb_process *process, const struct pb_user_frame *frame)
{
    uint64_t address;
    if (!frame->mapping) return NULL;
    if (frame->mapping->module->is_jit) return pb_process_jit_name(process, frame->address);
    if (!pb_user_frame_in_file(frame, &address)) return NULL;
    return pb_elf_module_function(frame->mapping->module->elf, address);
}

static void put_unnamed(struct folding *f, const struct pb_module *module)
{
    if (!module)
        put_frame(&f->stack, "[unknown]", "");
    else if (module->is_jit || module->name[0] == '[')
        put_frame(&f->stack, module->name, module->is_jit ? "_[j]" : "");
    else
        put_frame(&f->stack, pb_arena_printf(&f->arena, "[%s]", module->name), "");
}

static void put_user_frames(struct folding *f, struct pb_process *process, struct pb_folded *out)
{
    const struct pb_module *unnamed = NULL; /* that the last frame stands for */
    bool is_unnamed = false;
    out->frames += f->chain.n;
    for (size_t i = f->chain.n; i-- > 0;) {
        const struct pb_user_frame *frame = &f->chain.frames[i];
        const struct pb_module *module = frame->mapping ? frame->mapping->module : NULL;
        const char *name = function_of(process, frame);
        out->named += name != NULL;
        if (name)
            put_frame(&f->stack, name, module && module->is_jit ? "_[j]" : "");
        else if (!is_unnamed || unnamed != module)
            put_unnamed(f, module);
        is_unnamed = !name;
        unnamed = module;
    }
}

static void put_user_mode(struct folding *f, const struct pb_perf_record *r, struct pb_folded *out)
{
    struct pb_process *process = pb_process_find(&f->processes, r->pid);
    if (!process || !r->registers.known) return; /* a task that ends, or has only kernel mode */
    pb_unwind(process, &r->registers, r->stack, &f->chain);
    if (!f->chain.is_whole) {
        out->cut++;
        put_frame(&f->stack, "[cut]", "");
    }
    put_user_frames(f, process, out);
}

static void put_kernel_frames(struct folding *f, struct pb_str chain)
{
    bool is_unnamed = false;
    for (size_t i = chain.n / 8; i-- > 0;) {
        uint64_t address;
        memcpy(&address, chain.p + i * 8, sizeof address);
        if (address >= (uint64_t)-4095) continue; /* a mark: what follows is of the kernel */
        const char *name = pb_symbols_find(&f->kernel, address);
        if (name)
            put_frame(&f->stack, name, "_[k]");
        else if (!is_unnamed)
            put_frame(&f->stack, "[kernel]", "_[k]");
        is_unnamed = !name;
    }
}

static void add_line(struct folding *f, struct lines *lines, uint64_t ns)
{
    if (!pb_buf_ok(&f->stack)) return;
    struct line *line = pb_map_get(&lines->by_stack, pb_buf_str(&f->stack));
    if (!line) {
        line = PB_ARENA_NEW(&f->arena, struct line);
        pb_map_put(&lines->by_stack, pb_arena_str(&f->arena, pb_buf_str(&f->stack)), line);
    }
    line->ns += ns;
}

static void fold_sample(struct folding *f, struct lines *lines, const struct pb_kept *kept,
                        const struct pb_perf_record *r)
{
    struct pb_folded *out = lines->out;
    pb_buf_clear(&f->stack);
    put_task(f, r);
    put_user_mode(f, r, out);
    put_kernel_frames(f, r->kernel_chain);
    if (kept->kind == PB_KEPT_PREEMPTED) put_frame(&f->stack, "[run queue]", "");
    out->samples++;
    out->ns += kept->ns;
    add_line(f, lines, kept->ns);
}

static bool take_entry(struct pb_str *rest, struct pb_kept *kept, struct pb_str *record)
{
    if (rest->n < sizeof *kept) return false;
    memcpy(kept, rest->p, sizeof *kept);
    *rest = pb_str_skip(*rest, sizeof *kept);
    if (kept->bytes > rest->n) return false;
    *record = pb_strn(rest->p, kept->bytes);
    *rest = pb_str_skip(*rest, kept->bytes);
    return true;
}

static void fold_entry(struct folding *f, const struct pb_kept *kept, struct pb_str data)
{
    struct pb_perf_record record;
    if (!pb_perf_record_parse(data, &record)) return;
    if (kept->kind == PB_KEPT_TASK)
        pb_processes_add(&f->processes, &record);
    else if (record.kind == PB_PERF_CPU || record.kind == PB_PERF_SWITCH_OUT)
        fold_sample(f, kept->kind == PB_KEPT_CPU ? &f->on_cpu : &f->off_cpu, kept, &record);
}

static void finish(struct lines *lines)
{
    PB_MAP_EACH (&lines->by_stack, e) {
        const struct line *line = e->value;
        if (line->ns >= 1000)
            pb_buf_printf(&lines->out->text, PB_FMT " %llu\n", PB_ARG(e->key),
                          (unsigned long long)(line->ns / 1000));
    }
    pb_map_release(&lines->by_stack);
}

void pb_fold_stacks(struct pb_str kept, struct pb_folded *on_cpu, struct pb_folded *off_cpu)
{
    struct folding *f = pb_calloc(1, sizeof *f);
    struct pb_kept entry;
    struct pb_str record;
    f->processes = PB_PROCESSES_INIT;
    f->kernel = PB_SYMBOLS_INIT;
    f->stack = PB_BUF_INIT(STACK_TEXT_MAX_BYTES);
    f->on_cpu.out = on_cpu;
    f->off_cpu.out = off_cpu;
    /* Without it kernel functions have no names, which their frames say. */
    if (pb_read_file(AT_FDCWD, "/proc/kallsyms", &f->kernel.text, NULL) == 0)
        pb_symbols_read_kallsyms(&f->kernel);
    while (take_entry(&kept, &entry, &record))
        fold_entry(f, &entry, record);
    finish(&f->on_cpu);
    finish(&f->off_cpu);
    pb_processes_release(&f->processes);
    pb_symbols_release(&f->kernel);
    pb_buf_release(&f->stack);
    pb_arena_release(&f->arena);
    free(f);
}
