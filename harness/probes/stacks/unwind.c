/* SPDX-License-Identifier: MIT */
#include "harness/probes/stacks/unwind.h"

#include "harness/probes/stacks/dwarf_expression.h"

enum step { STEP_DONE, STEP_BEGIN, STEP_LOST }; /* to the caller; at the begin; no way further */

bool pb_user_frame_in_file(const struct pb_user_frame *frame, uint64_t *address)
{
    const struct pb_mapping *m = frame->mapping;
    return m && m->module->elf &&
           pb_elf_module_address(m->module->elf, frame->address - m->begin + m->file_offset,
                                 address);
}

/* The caller's registers, as far as the rules tell them. */
static void restore(Dwarf_Frame *frame, const struct pb_dwarf_state *state,
                    struct pb_registers *out)
{
    *out = (struct pb_registers){.known = 0};
    for (unsigned number = 0; number < PB_REG_PC; number++) {
        Dwarf_Op memory[3], *ops;
        size_t n;
        uint64_t result, value;
        if (dwarf_frame_register(frame, (int)number, memory, &ops, &n) != 0) continue;
        if (n == 0 && ops == memory) continue; /* undefined */
        if (n == 0) {                          /* the same as in the callee */
            if (pb_register_is_known(state->registers, number))
                pb_register_set(out, number, state->registers->value[number]);
            continue;
        }
        enum pb_dwarf_result kind = pb_dwarf_evaluate(state, ops, n, &result);
        if (kind == PB_DWARF_VALUE)
            pb_register_set(out, number, result);
        else if (kind == PB_DWARF_LOCATION && pb_dwarf_read(state, result, &value))
            pb_register_set(out, number, value);
    }
}

/* Where the callee returns to. On x86-64 it is a column of its own, on AArch64 a register. */
static enum step find_return(Dwarf_Frame *frame, int column, const struct pb_dwarf_state *state,
                             struct pb_registers *out)
{
    Dwarf_Op memory[3], *ops;
    size_t n;
    uint64_t result, value;
    if (dwarf_frame_register(frame, column, memory, &ops, &n) != 0) return STEP_LOST;
    if (n == 0 && ops == memory) return STEP_BEGIN;
    if (n == 0) {
        if (!pb_register_is_known(state->registers, (unsigned)column)) return STEP_LOST;
        value = state->registers->value[column];
    } else {
        enum pb_dwarf_result kind = pb_dwarf_evaluate(state, ops, n, &result);
        if (kind == PB_DWARF_FAILED) return STEP_LOST;
        value = result;
        if (kind == PB_DWARF_LOCATION && !pb_dwarf_read(state, result, &value)) return STEP_LOST;
    }
    if (value == 0) return STEP_BEGIN;
    pb_register_set(out, PB_REG_PC, value);
    return STEP_DONE;
}

static enum step step_by_rules(Dwarf_Frame *frame, struct pb_dwarf_state *state,
                               struct pb_registers *out, bool *is_signal)
{
    Dwarf_Op *ops;
    size_t n;
    int column = dwarf_frame_info(frame, NULL, NULL, is_signal);
    if (column < 0 || column >= PB_REG_COUNT) return STEP_LOST;
    if (dwarf_frame_cfa(frame, &ops, &n) != 0 || n == 0) return STEP_LOST;
    if (pb_dwarf_evaluate(state, ops, n, &state->cfa) == PB_DWARF_FAILED) return STEP_LOST;
    restore(frame, state, out);
    if (!pb_register_is_known(out, PB_REG_SP)) pb_register_set(out, PB_REG_SP, state->cfa);
    return find_return(frame, column, state, out);
}

/* The frame pointer's word is the caller's, the next one the return address (both psABIs). */
static enum step step_by_frame_pointer(const struct pb_process *process,
                                       const struct pb_dwarf_state *state, struct pb_registers *out)
{
    uint64_t caller, pc;
    if (!pb_register_is_known(state->registers, PB_REG_FP)) return STEP_LOST;
    uint64_t fp = state->registers->value[PB_REG_FP];
    if (fp == 0) return STEP_BEGIN;
    if (fp % 8 || fp < state->registers->value[PB_REG_SP] || !pb_dwarf_read(state, fp, &caller) ||
        !pb_dwarf_read(state, fp + 8, &pc))
        return STEP_LOST;
    if (pc == 0) return STEP_BEGIN;
    if (!pb_mapping_find(process, pc)) return STEP_LOST;
    *out = (struct pb_registers){.known = 0};
    pb_register_set(out, PB_REG_FP, caller);
    pb_register_set(out, PB_REG_SP, fp + 16);
    pb_register_set(out, PB_REG_PC, pc);
    return STEP_DONE;
}

static enum step step_out(const struct pb_process *process, const struct pb_user_frame *frame,
                          struct pb_dwarf_state *state, struct pb_registers *out, bool *is_signal)
{
    uint64_t address;
    *is_signal = false;
    if (pb_user_frame_in_file(frame, &address)) {
        Dwarf_Frame *rules = pb_elf_module_frame(frame->mapping->module->elf, address);
        enum step step = rules ? step_by_rules(rules, state, out, is_signal) : STEP_LOST;
        if (rules && step != STEP_LOST) return step;
    }
    return step_by_frame_pointer(process, state, out);
}

void pb_unwind(const struct pb_process *process, const struct pb_registers *registers,
               struct pb_str stack, struct pb_call_chain *out)
{
    struct pb_registers here = *registers, caller;
    bool is_interrupted = true; /* at the address itself, not after a call */
    out->n = 0;
    out->is_whole = false;
    if (!pb_register_is_known(&here, PB_REG_PC) || !pb_register_is_known(&here, PB_REG_SP)) return;
    struct pb_dwarf_state state = {
        .registers = &here, .stack_begin = here.value[PB_REG_SP], .stack = stack};
    while (out->n < PB_UNWIND_FRAMES_MAX) {
        struct pb_user_frame *frame = &out->frames[out->n++];
        frame->address = here.value[PB_REG_PC] - !is_interrupted;
        frame->mapping = pb_mapping_find(process, frame->address);
        enum step step = step_out(process, frame, &state, &caller, &is_interrupted);
        out->is_whole = step == STEP_BEGIN;
        if (step != STEP_DONE) return;
        /* A stack grows down: callers are above. */
        bool is_stuck = caller.value[PB_REG_SP] < here.value[PB_REG_SP] ||
                        (caller.value[PB_REG_SP] == here.value[PB_REG_SP] &&
                         caller.value[PB_REG_PC] == here.value[PB_REG_PC]);
        if (is_stuck) return;
        here = caller;
    }
}
