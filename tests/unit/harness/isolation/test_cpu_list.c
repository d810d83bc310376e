/* SPDX-License-Identifier: MIT */
#include "harness/isolation/cpu_list.h"

#include <criterion/criterion.h>

static cpu_set_t first_four(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    for (size_t i = 0; i < 4; i++)
        CPU_SET(i, &set);
    return set;
}

Test(cpu_list, good_lists)
{
    static const struct {
        const char *text;
        unsigned bits;
    } rows[] = {{"0", 1}, {"3", 8}, {"0-1", 3}, {"0,2", 5}, {"0-1,3", 11}, {"1-1", 2}, {"0,0", 1}};
    const cpu_set_t allowed = first_four();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pb_err err = PB_ERR_INIT;
        cpu_set_t got;
        unsigned bits = 0;
        cr_assert_eq(pb_cpu_list_parse(rows[i].text, &allowed, &got, &err), 0, "%s", err.msg);
        for (unsigned cpu = 0; cpu < 8; cpu++)
            bits |= CPU_ISSET(cpu, &got) ? 1u << cpu : 0;
        cr_expect_eq(bits, rows[i].bits, "%s", rows[i].text);
    }
}

Test(cpu_list, bad_lists_are_refused)
{
    static const char *const rows[] = {"",    "x",     "0-",    "-1",
                                       "1-0", "4",     "0-4",   "0,,1",
                                       "0,",  "0-1-2", "1 - 2", "99999999999999999999"};
    const cpu_set_t allowed = first_four();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pb_err err = PB_ERR_INIT;
        cpu_set_t got;
        cr_expect_eq(pb_cpu_list_parse(rows[i], &allowed, &got, &err), -1, "%s", rows[i]);
        cr_expect_eq(err.code, PB_E_USAGE);
    }
}
