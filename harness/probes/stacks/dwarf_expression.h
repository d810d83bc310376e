/* SPDX-License-Identifier: MIT */
#ifndef PB_DWARF_EXPRESSION_H
#define PB_DWARF_EXPRESSION_H

#include "base/str.h"
#include "harness/probes/stacks/registers.h"

#include <elfutils/libdw.h>

/* What an expression may look at: registers, and the copied part of the stack, which begins at the
 * address `stack_begin`. */
struct pb_dwarf_state {
    const struct pb_registers *registers;
    uint64_t stack_begin;
    struct pb_str stack;
    uint64_t cfa; /* of the frame, once it is known */
};

/* 8 bytes of the stack; false: they were not copied. */
bool pb_dwarf_read(const struct pb_dwarf_state *state, uint64_t address, uint64_t *value);

enum pb_dwarf_result {
    PB_DWARF_FAILED, /* an operation that rules of frames do not use, or a value that is unknown */
    PB_DWARF_LOCATION, /* the result is where the value is */
    PB_DWARF_VALUE     /* the result is the value itself */
};
/* DWARF 5, section 2.5, as far as call frame rules of compilers and linkers need it. */
enum pb_dwarf_result pb_dwarf_evaluate(const struct pb_dwarf_state *state, const Dwarf_Op *ops,
                                       size_t n, uint64_t *result);

#endif
