/* SPDX-License-Identifier: MIT */
/* Unwinds this program's own stack, as the kernel would have sampled it. */
#include "harness/probes/stacks/unwind.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#define DUMP_BYTES ((size_t)60 << 10)

static struct pb_processes processes;
static struct pb_call_chain chain;
static struct pb_registers registers;
static char dump[DUMP_BYTES];
static size_t dumped;

static void end(void)
{
    pb_processes_release(&processes);
}

/* "begin-end mode offset device inode path" */
static void map_line(char *line)
{
    char *at = line, *path;
    uint64_t from = strtoull(at, &at, 16), to = strtoull(at + 1, &at, 16);
    bool is_executable = at[3] == 'x';
    uint64_t offset = strtoull(at + 6, &at, 16);
    line[strcspn(line, "\n")] = '\0';
    path = strchr(at, '/');
    const struct pb_perf_record record = {.kind = PB_PERF_MAP,
                                          .pid = 1,
                                          .address = from,
                                          .bytes = to - from,
                                          .file_offset = offset,
                                          .name = pb_str(path ? path : "")};
    if (is_executable) pb_processes_add(&processes, &record);
}

static void map_own_memory(void)
{
    char line[4096];
    FILE *maps = fopen("/proc/self/maps", "re");
    cr_assert_not_null(maps);
    while (fgets(line, sizeof line, maps))
        map_line(line);
    fclose(maps);
}

static void begin(void)
{
    processes = PB_PROCESSES_INIT;
    map_own_memory();
}

TestSuite(unwind, .init = begin, .fini = end);

static void set_registers(const ucontext_t *context)
{
    registers = (struct pb_registers){.known = 0};
#if defined(__x86_64__)
    static const int dwarf_order[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                                      REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                      REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
    for (unsigned i = 0; i < PB_REG_COUNT; i++)
        pb_register_set(&registers, i, (uint64_t)context->uc_mcontext.gregs[dwarf_order[i]]);
#else
    for (unsigned i = 0; i < 31; i++)
        pb_register_set(&registers, i, context->uc_mcontext.regs[i]);
    pb_register_set(&registers, PB_REG_SP, context->uc_mcontext.sp);
    pb_register_set(&registers, PB_REG_PC, context->uc_mcontext.pc);
#endif
}

/* Copied by the kernel: it stops at the end of the stack, and ASan has nothing against it. */
static void copy_stack(size_t n)
{
    struct iovec to = {dump, n},
                 from = {(void *)registers.value[PB_REG_SP], n}; // NOLINT: an address
    ssize_t got = process_vm_readv(getpid(), &to, 1, &from, 1, 0);
    for (; got < 0 && from.iov_len > 4096; from.iov_len -= 4096)
        got = process_vm_readv(getpid(), &to, 1, &from, 1, 0);
    cr_assert(got > 0);
    dumped = (size_t)got;
}

static volatile unsigned after; /* keeps the calls from being the last thing that a function does */

__attribute__((noinline)) static void unwind_inner(size_t n)
{
    ucontext_t context;
    cr_assert_eq(getcontext(&context), 0);
    set_registers(&context);
    copy_stack(n);
    pb_unwind(pb_process_find(&processes, 1), &registers, pb_strn(dump, dumped), &chain);
    after++;
}

__attribute__((noinline)) static void unwind_outer(size_t n)
{
    unwind_inner(n);
    after++;
}

static size_t wanted_bytes;
static int by_unwinding(const void *a, const void *b)
{
    if (chain.n == 0) unwind_outer(wanted_bytes);
    return *(const int *)a - *(const int *)b;
}

__attribute__((noinline)) static void sort_something(size_t n)
{
    int items[] = {3, 2, 1};
    wanted_bytes = n;
    chain.n = 0;
    qsort(items, 3, sizeof *items, by_unwinding);
    after++;
}

/* The frame of a function of this program, or SIZE_MAX. */
static size_t find(const char *name, size_t from)
{
    for (size_t i = from; i < chain.n; i++) {
        uint64_t address;
        if (!pb_user_frame_in_file(&chain.frames[i], &address)) continue;
        const char *found = pb_elf_module_function(chain.frames[i].mapping->module->elf, address);
        if (found && strcmp(found, name) == 0) return i;
    }
    return SIZE_MAX;
}

Test(unwind, callers_are_found_through_a_library_to_the_begin)
{
    sort_something(DUMP_BYTES);
    cr_expect_eq(find("unwind_inner", 0), 0);
    cr_expect_eq(find("unwind_outer", 0), 1);
    cr_expect_eq(find("by_unwinding", 0), 2);
    size_t sort = find("sort_something", 0);
    cr_expect(sort != SIZE_MAX && sort > 3, "there are frames of libc between");
    cr_expect(chain.is_whole);
}

Test(unwind, a_short_copy_of_the_stack_cuts_the_chain)
{
    sort_something(DUMP_BYTES);
    size_t whole = chain.n;
    sort_something(1600);
    cr_expect(chain.n >= 1 && chain.n < whole, "%zu of %zu", chain.n, whole);
    cr_expect_not(chain.is_whole);
}

Test(unwind, nothing_copied_still_names_where_it_was)
{
    sort_something(DUMP_BYTES);
    struct pb_call_chain first = chain;
    pb_unwind(pb_process_find(&processes, 1), &registers, pb_strn("", 0), &chain);
    cr_expect_eq(chain.n, 1);
    cr_expect_eq(chain.frames[0].address, first.frames[0].address);
    cr_expect_not(chain.is_whole);
}

Test(unwind, registers_that_point_nowhere_end_it)
{
    sort_something(DUMP_BYTES);
    pb_register_set(&registers, PB_REG_PC, 0x10);
    pb_register_set(&registers, PB_REG_FP, UINT64_MAX - 7);
    pb_unwind(pb_process_find(&processes, 1), &registers, pb_strn(dump, dumped), &chain);
    cr_expect_eq(chain.n, 1);
    cr_expect_null(chain.frames[0].mapping);
    cr_expect_not(chain.is_whole);
}

/* Code without rules, as a program makes it at run time: a chain of frame pointers, which ends at
 * 0. Two that point at each other do not go on for ever. */
Test(unwind, frame_pointers_where_there_are_no_rules)
{
    enum { CODE = 0x10000, STACK = 0x7000 };
    uint64_t words[8] = {0, 0, STACK + 40, CODE + 8, 0, 0, CODE + 16, 0};
    const struct pb_perf_record jit = {
        .kind = PB_PERF_MAP, .pid = 2, .address = CODE, .bytes = 4096, .name = PB_LIT("//anon")};
    struct pb_registers r = {.known = 0};
    pb_processes_add(&processes, &jit);
    pb_register_set(&r, PB_REG_PC, CODE);
    pb_register_set(&r, PB_REG_SP, STACK);
    pb_register_set(&r, PB_REG_FP, STACK + 16);
    pb_unwind(pb_process_find(&processes, 2), &r, pb_strn((char *)words, sizeof words), &chain);
    cr_assert_eq(chain.n, 3);
    cr_expect_eq(chain.frames[1].address, CODE + 7);
    cr_expect_eq(chain.frames[2].address, CODE + 15);
    cr_expect(chain.is_whole);
    cr_expect_str_eq(chain.frames[0].mapping->module->name, "[JIT]");
    words[5] = STACK + 16;
    pb_unwind(pb_process_find(&processes, 2), &r, pb_strn((char *)words, sizeof words), &chain);
    cr_expect(chain.n <= 4);
    cr_expect_not(chain.is_whole);
}
