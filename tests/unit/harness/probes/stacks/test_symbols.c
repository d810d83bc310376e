/* SPDX-License-Identifier: MIT */
#include "harness/probes/stacks/symbols.h"

#include <criterion/criterion.h>

static struct pb_symbols symbols;

static void begin(void)
{
    symbols = PB_SYMBOLS_INIT;
}

static void end(void)
{
    pb_symbols_release(&symbols);
}

TestSuite(symbols, .init = begin, .fini = end);

static void expect(uint64_t address, const char *name)
{
    const char *found = pb_symbols_find(&symbols, address);
    if (name)
        cr_expect(found && strcmp(found, name) == 0, "%llx: %s", (unsigned long long)address,
                  found ? found : "none");
    else
        cr_expect_null(found, "%llx: %s", (unsigned long long)address, found);
}

Test(symbols, an_address_belongs_to_the_symbol_that_holds_it)
{
    pb_symbols_add(&symbols, 0x200, 0x10, "second");
    pb_symbols_add(&symbols, 0x100, 0x20, "first");
    pb_symbols_add(&symbols, 0x300, 0, "open");
    pb_symbols_sort(&symbols);
    expect(0xff, NULL);
    expect(0x100, "first");
    expect(0x11f, "first");
    expect(0x120, NULL);
    expect(0x20f, "second");
    expect(0x210, NULL);
    expect(UINT64_MAX, "open");
}

Test(symbols, of_aliases_the_largest_then_the_plainest_then_the_first_by_name_is_taken)
{
    pb_symbols_add(&symbols, 0x100, 0x10, "b");
    pb_symbols_add(&symbols, 0x100, 0x20, "z");
    pb_symbols_add(&symbols, 0x100, 0x20, "__GI_c");
    pb_symbols_add(&symbols, 0x100, 0x20, "c");
    pb_symbols_add(&symbols, 0x100, 0x20, "_a");
    pb_symbols_sort(&symbols);
    expect(0x118, "c");
}

Test(symbols, none_at_all)
{
    pb_symbols_sort(&symbols);
    expect(0, NULL);
}

Test(symbols, kallsyms_gives_functions_alone)
{
    pb_buf_add_cstr(&symbols.text, "ffffffff81000000 T _stext\n"
                                   "ffffffff81000100 t do_futex\n"
                                   "ffffffff81000200 D some_data\n"
                                   "ffffffffc0000000 t ext4_map\t[ext4]\n"
                                   "ffffffffc0000010 W weak");
    pb_symbols_read_kallsyms(&symbols);
    cr_expect_eq(symbols.n, 4);
    expect(0xffffffff81000004, "_stext");
    expect(0xffffffff81000150, "do_futex");
    expect(0xffffffffc0000008, "ext4_map");
    expect(0xffffffffc0000011, "weak");
    expect(0x1000, NULL);
}

/* As the kernel shows them to those who may not see addresses, and what is no such list. */
Test(symbols, hidden_addresses_and_nonsense_give_nothing)
{
    pb_buf_add_cstr(&symbols.text, "0000000000000000 T _stext\n\n \nffffffff81000000\n"
                                   "ffffffff81000000 T\nffffffff81000000 T \nxyz T name\n"
                                   "11111111111111111 T too_long\nFFFF T capitals\n");
    pb_symbols_read_kallsyms(&symbols);
    cr_expect_eq(symbols.n, 0);
}

Test(symbols, perf_map_has_sizes_and_names_with_spaces)
{
    pb_buf_add_cstr(&symbols.text,
                    "7f0010 20 JS:*install /project/index.js:1:1\n"
                    "7f0100 0 empty\n7f0200 zz bad\n7f0300 8 \n7f0040 10 Builtin:Call");
    pb_symbols_read_perf_map(&symbols);
    cr_expect_eq(symbols.n, 2);
    expect(0x7f002f, "JS:*install /project/index.js:1:1");
    expect(0x7f0030, NULL);
    expect(0x7f004f, "Builtin:Call");
}
