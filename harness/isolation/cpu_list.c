/* SPDX-License-Identifier: MIT */
#include "harness/isolation/cpu_list.h"

#include "base/str.h"

static int add_range(const char *text, struct pb_str part, const cpu_set_t *allowed, cpu_set_t *out,
                     struct pb_err *err)
{
    struct pb_str first;
    uint64_t from, to;
    bool is_range = pb_str_split(&part, '-', &first) && part.p;
    if (!pb_str_u64(first, &from) || (is_range && !pb_str_u64(part, &to)))
        return pb_err_set(err, PB_E_USAGE, "processors %s: not a list like 0-1,3", text);
    if (!is_range) to = from;
    if (from > to || to >= CPU_SETSIZE)
        return pb_err_set(err, PB_E_USAGE, "processors %s: no such range", text);
    for (uint64_t cpu = from; cpu <= to; cpu++) {
        if (!CPU_ISSET(cpu, allowed))
            return pb_err_set(err, PB_E_USAGE, "processors %s: %llu is not there, or not for us",
                              text, (unsigned long long)cpu);
        CPU_SET(cpu, out);
    }
    return 0;
}

int pb_cpu_list_parse(const char *text, const cpu_set_t *allowed, cpu_set_t *out,
                      struct pb_err *err)
{
    struct pb_str rest = pb_str(text), part;
    CPU_ZERO(out);
    while (rest.p && pb_str_split(&rest, ',', &part))
        if (add_range(text, part, allowed, out, err) != 0) return -1;
    return 0;
}
