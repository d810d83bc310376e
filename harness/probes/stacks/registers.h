/* SPDX-License-Identifier: MIT */
#ifndef PB_REGISTERS_H
#define PB_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Registers of a user-mode frame by their DWARF numbers (psABI of each architecture), with the
 * program counter as the last. PB_PERF_REGISTER_BITS is what perf is asked for (asm/perf_regs.h);
 * it gives them by rising bit, and PB_PERF_REGISTER_ORDER has the DWARF number of each.
 */
#if defined(__x86_64__)
enum { PB_REG_FP = 6, PB_REG_SP = 7, PB_REG_PC = 16, PB_REG_COUNT = 17 };
#define PB_PERF_REGISTER_BITS 0xff01ffu
#define PB_PERF_REGISTER_ORDER                                                                     \
    {                                                                                              \
        0, 3, 2, 1, 4, 5, 6, 7, 16, 8, 9, 10, 11, 12, 13, 14, 15                                   \
    }
#elif defined(__aarch64__)
enum { PB_REG_FP = 29, PB_REG_SP = 31, PB_REG_PC = 32, PB_REG_COUNT = 33 };
#define PB_PERF_REGISTER_BITS (((uint64_t)1 << 33) - 1)
#define PB_PERF_REGISTER_ORDER                                                                     \
    {                                                                                              \
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,  \
            25, 26, 27, 28, 29, 30, 31, 32                                                         \
    }
#else
#error "stacks of functions need x86-64 or AArch64 (PB_STACKS=OFF leaves them out)"
#endif

struct pb_registers {
    uint64_t value[PB_REG_COUNT];
    uint64_t known; /* bits by number */
};

static inline bool pb_register_is_known(const struct pb_registers *registers, unsigned number)
{
    return number < PB_REG_COUNT && (registers->known >> number & 1);
}

static inline void pb_register_set(struct pb_registers *registers, unsigned number, uint64_t value)
{
    registers->value[number] = value;
    registers->known |= (uint64_t)1 << number;
}

#endif
