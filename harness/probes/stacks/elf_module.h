/* SPDX-License-Identifier: MIT */
#ifndef PB_ELF_MODULE_H
#define PB_ELF_MODULE_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * A program or library as far as stacks need it: the names of its functions (.symtab and .dynsym,
 * also of its file below /usr/lib/debug), and how to unwind them (.eh_frame, which stripped files
 * keep). Addresses are the file's own ("virtual addresses"). Read by libelf and libdw.
 */
struct pb_elf_module;

/* NULL: the file cannot be read or is no ELF file. */
struct pb_elf_module *pb_elf_module_open(const char *path);
/* The kernel's own library that every process has; NULL: there is none. */
struct pb_elf_module *pb_elf_module_vdso(void);
void pb_elf_module_close(struct pb_elf_module *module);

/* Of what the file holds at `offset`; false: nothing that is loaded. */
bool pb_elf_module_address(const struct pb_elf_module *module, uint64_t offset, uint64_t *address);
/* The function at the address, demangled where it is C++ or Rust; lives as long as the module.
 * NULL: it has no name. */
const char *pb_elf_module_function(struct pb_elf_module *module, uint64_t address);
/* The rules for the caller's registers; they belong to the module. NULL: there are none. */
Dwarf_Frame *pb_elf_module_frame(struct pb_elf_module *module, uint64_t address);

#endif
