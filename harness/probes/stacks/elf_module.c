/* SPDX-License-Identifier: MIT */
#include "harness/probes/stacks/elf_module.h"

#include "base/arena.h"
#include "base/map.h"
#include "base/mem.h"
#include "harness/probes/stacks/demangle.h"
#include "harness/probes/stacks/symbols.h"

#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEBUG_FOLDER "/usr/lib/debug/.build-id"

struct file {
    int fd;
    Elf *elf;
};

struct pb_elf_module {
    struct pb_arena arena;
    struct file file, debug; /* the second may be missing */
    Dwarf_CFI *cfi;
    struct pb_symbols symbols;
    struct pb_map demangled; /* by the name in the file */
    /* Frames by address, as libdw makes each anew: open addressing, a power of two. */
    struct cached {
        uint64_t address;
        Dwarf_Frame *frame;
        bool is_used;
    } * cache;
    size_t cache_n, cache_capacity;
};

static bool open_file(const char *path, struct file *out)
{
    struct stat st;
    out->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (out->fd < 0) return false;
    if (fstat(out->fd, &st) == 0 && S_ISREG(st.st_mode)) {
        elf_version(EV_CURRENT);
        out->elf = elf_begin(out->fd, ELF_C_READ_MMAP, NULL);
        if (out->elf && elf_kind(out->elf) == ELF_K_ELF) return true;
        elf_end(out->elf);
        out->elf = NULL;
    }
    close(out->fd);
    return false;
}

static void close_file(struct file *file)
{
    if (!file->elf) return;
    elf_end(file->elf);
    if (file->fd >= 0) close(file->fd);
}

static void add_symbol(struct pb_symbols *symbols, Elf *elf, const GElf_Shdr *table,
                       const GElf_Sym *symbol)
{
    int type = GELF_ST_TYPE(symbol->st_info);
    if ((type != STT_FUNC && type != STT_GNU_IFUNC) || symbol->st_shndx == SHN_UNDEF) return;
    if (symbol->st_size == 0) return; /* it would claim what follows it, however far */
    const char *name = elf_strptr(elf, table->sh_link, symbol->st_name);
    if (name && *name) pb_symbols_add(symbols, symbol->st_value, symbol->st_size, name);
}

static void read_symbols(struct pb_symbols *symbols, Elf *elf)
{
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section));) {
        GElf_Shdr header;
        GElf_Sym symbol;
        if (!gelf_getshdr(section, &header) ||
            (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM))
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        for (int i = 0; data && gelf_getsym(data, i, &symbol); i++)
            add_symbol(symbols, elf, &header, &symbol);
    }
}

/* Packages of debug symbols put them below the build id. */
static void read_debug_file(struct pb_elf_module *module)
{
    const void *bits;
    char path[sizeof DEBUG_FOLDER + 128];
    ssize_t n = dwelf_elf_gnu_build_id(module->file.elf, &bits);
    if (n < 2 || n > 40) return;
    const unsigned char *id = bits;
    int at = snprintf(path, sizeof path, DEBUG_FOLDER "/%02x/", id[0]);
    for (ssize_t i = 1; i < n; i++)
        at += snprintf(path + at, sizeof path - (size_t)at, "%02x", id[i]);
    snprintf(path + at, sizeof path - (size_t)at, ".debug");
    if (open_file(path, &module->debug)) read_symbols(&module->symbols, module->debug.elf);
}

static struct pb_elf_module *make(struct file file)
{
    struct pb_elf_module *module = pb_calloc(1, sizeof *module);
    module->file = file;
    module->symbols = PB_SYMBOLS_INIT;
    module->cfi = dwarf_getcfi_elf(file.elf);
    read_symbols(&module->symbols, file.elf);
    read_debug_file(module);
    pb_symbols_sort(&module->symbols);
    return module;
}

struct pb_elf_module *pb_elf_module_open(const char *path)
{
    struct file file = {0};
    return open_file(path, &file) ? make(file) : NULL;
}

struct pb_elf_module *pb_elf_module_vdso(void)
{
    const Elf64_Ehdr *header = (const void *)getauxval(AT_SYSINFO_EHDR); /* NOLINT */
    if (!header) return NULL;
    size_t bytes = header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;
    elf_version(EV_CURRENT);
    struct file file = {.fd = -1, .elf = elf_memory((char *)header, bytes)};
    return file.elf ? make(file) : NULL;
}

void pb_elf_module_close(struct pb_elf_module *module)
{
    if (!module) return;
    for (size_t i = 0; i < module->cache_capacity; i++)
        free(module->cache[i].frame);
    free(module->cache);
    if (module->cfi) dwarf_cfi_end(module->cfi);
    pb_map_release(&module->demangled);
    pb_symbols_release(&module->symbols);
    close_file(&module->debug);
    close_file(&module->file);
    pb_arena_release(&module->arena);
    free(module);
}

bool pb_elf_module_address(const struct pb_elf_module *module, uint64_t offset, uint64_t *address)
{
    size_t n;
    if (elf_getphdrnum(module->file.elf, &n) != 0) return false;
    for (size_t i = 0; i < n; i++) {
        GElf_Phdr header;
        if (!gelf_getphdr(module->file.elf, (int)i, &header) || header.p_type != PT_LOAD) continue;
        if (offset < header.p_offset || offset - header.p_offset >= header.p_filesz) continue;
        *address = offset - header.p_offset + header.p_vaddr;
        return true;
    }
    return false;
}

const char *pb_elf_module_function(struct pb_elf_module *module, uint64_t address)
{
    const char *name = pb_symbols_find(&module->symbols, address);
    if (!name) return NULL;
    const char *found = pb_map_get(&module->demangled, pb_str(name));
    if (found) return found;
    found = pb_demangle(&module->arena, name);
    pb_map_put(&module->demangled, pb_str(name), (void *)found);
    return found;
}

static struct cached *slot_of(struct cached *cache, size_t capacity, uint64_t address)
{
    size_t at = (size_t)(address * 0x9E3779B97F4A7C15u >> 20) & (capacity - 1);
    while (cache[at].is_used && cache[at].address != address)
        at = (at + 1) & (capacity - 1);
    return &cache[at];
}

static void grow_cache(struct pb_elf_module *module)
{
    size_t capacity = module->cache_capacity ? 2 * module->cache_capacity : 256;
    struct cached *cache = pb_calloc(capacity, sizeof *cache);
    for (size_t i = 0; i < module->cache_capacity; i++)
        if (module->cache[i].is_used)
            *slot_of(cache, capacity, module->cache[i].address) = module->cache[i];
    free(module->cache);
    module->cache = cache;
    module->cache_capacity = capacity;
}

Dwarf_Frame *pb_elf_module_frame(struct pb_elf_module *module, uint64_t address)
{
    if (!module->cfi) return NULL;
    if (2 * module->cache_n >= module->cache_capacity) grow_cache(module);
    struct cached *slot = slot_of(module->cache, module->cache_capacity, address);
    if (slot->is_used) return slot->frame;
    *slot = (struct cached){.address = address, .is_used = true};
    module->cache_n++;
    if (dwarf_cfi_addrframe(module->cfi, address, &slot->frame) != 0) slot->frame = NULL;
    return slot->frame;
}
