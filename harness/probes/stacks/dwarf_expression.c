/* SPDX-License-Identifier: MIT */
#include "harness/probes/stacks/dwarf_expression.h"

#include <dwarf.h>

enum { DEPTH = 16 };

struct machine {
    const struct pb_dwarf_state *state;
    uint64_t items[DEPTH];
    size_t n;
    bool ok, is_value;
};

bool pb_dwarf_read(const struct pb_dwarf_state *state, uint64_t address, uint64_t *value)
{
    uint64_t at = address - state->stack_begin;
    if (address < state->stack_begin || state->stack.n < sizeof *value ||
        at > state->stack.n - sizeof *value)
        return false;
    memcpy(value, state->stack.p + at, sizeof *value);
    return true;
}

static void push(struct machine *m, uint64_t value)
{
    if (m->n == DEPTH)
        m->ok = false;
    else
        m->items[m->n++] = value;
}

static uint64_t pop(struct machine *m)
{
    if (m->n == 0) {
        m->ok = false;
        return 0;
    }
    return m->items[--m->n];
}

static uint64_t reg(struct machine *m, uint64_t number)
{
    if (number < PB_REG_COUNT && pb_register_is_known(m->state->registers, (unsigned)number))
        return m->state->registers->value[number];
    m->ok = false;
    return 0;
}

static void deref(struct machine *m)
{
    uint64_t value = 0;
    if (!pb_dwarf_read(m->state, pop(m), &value)) m->ok = false;
    push(m, value);
}

static void binary(struct machine *m, int op)
{
    uint64_t b = pop(m), a = pop(m);
    int64_t x = (int64_t)a, y = (int64_t)b;
    switch (op) {
    case DW_OP_plus:
        push(m, a + b);
        break;
    case DW_OP_minus:
        push(m, a - b);
        break;
    case DW_OP_and:
        push(m, a & b);
        break;
    case DW_OP_or:
        push(m, a | b);
        break;
    case DW_OP_shl:
        push(m, b < 64 ? a << b : 0);
        break;
    case DW_OP_ge:
        push(m, x >= y);
        break;
    case DW_OP_gt:
        push(m, x > y);
        break;
    case DW_OP_le:
        push(m, x <= y);
        break;
    case DW_OP_lt:
        push(m, x < y);
        break;
    case DW_OP_eq:
        push(m, a == b);
        break;
    case DW_OP_ne:
        push(m, a != b);
        break;
    default:
        m->ok = false;
    }
}

/* Several numbers in a row stand for one operation each; false: it is none of them. */
static bool step_numbered(struct machine *m, const Dwarf_Op *op)
{
    if (op->atom >= DW_OP_lit0 && op->atom <= DW_OP_lit31) {
        push(m, op->atom - DW_OP_lit0);
    } else if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31) {
        push(m, reg(m, op->atom - DW_OP_breg0) + op->number);
    } else if (op->atom >= DW_OP_reg0 && op->atom <= DW_OP_reg31) {
        push(m, reg(m, op->atom - DW_OP_reg0));
        m->is_value = true;
    } else {
        return false;
    }
    return true;
}

static void step(struct machine *m, const Dwarf_Op *op)
{
    if (step_numbered(m, op)) return;
    switch (op->atom) {
    case DW_OP_const1u:
    case DW_OP_const1s:
    case DW_OP_const2u:
    case DW_OP_const2s:
    case DW_OP_const4u:
    case DW_OP_const4s:
    case DW_OP_const8u:
    case DW_OP_const8s:
    case DW_OP_constu:
    case DW_OP_consts:
        push(m, op->number); /* libdw has extended the sign */
        break;
    case DW_OP_bregx:
        push(m, reg(m, op->number) + op->number2);
        break;
    case DW_OP_regx:
        push(m, reg(m, op->number));
        m->is_value = true;
        break;
    case DW_OP_plus_uconst:
        push(m, pop(m) + op->number);
        break;
    case DW_OP_call_frame_cfa:
        push(m, m->state->cfa);
        break;
    case DW_OP_deref:
        deref(m);
        break;
    case DW_OP_stack_value:
        m->is_value = true;
        break;
    case DW_OP_nop:
        break;
    default:
        binary(m, op->atom);
    }
}

enum pb_dwarf_result pb_dwarf_evaluate(const struct pb_dwarf_state *state, const Dwarf_Op *ops,
                                       size_t n, uint64_t *result)
{
    struct machine m = {.state = state, .ok = true};
    for (size_t i = 0; i < n && m.ok; i++)
        step(&m, &ops[i]);
    *result = pop(&m);
    if (!m.ok) return PB_DWARF_FAILED;
    return m.is_value ? PB_DWARF_VALUE : PB_DWARF_LOCATION;
}
