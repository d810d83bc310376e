/* SPDX-License-Identifier: MIT */
/* What another kernel lacks is a loss of one group, told with its cause and its cure. */
#include "harness/probes/collector_programs.h"

#include <bpf/btf.h>
#include <criterion/criterion.h>
#include <stdio.h>
#include <unistd.h>

/* How a program sees a tracepoint: X(context, two arguments), as the kernel's own types have it. */
static struct btf *kernel_with(const char *tracepoint, int arguments)
{
    char name[64];
    struct btf *kernel = btf__new_empty();
    cr_assert_not_null(kernel);
    int number = btf__add_int(kernel, "long", 8, BTF_INT_SIGNED);
    int proto = btf__add_func_proto(kernel, 0);
    for (int i = 0; i < arguments + 1; i++)
        cr_assert_eq(btf__add_func_param(kernel, "", number), 0);
    int pointer = btf__add_ptr(kernel, proto);
    snprintf(name, sizeof name, "btf_trace_%s", tracepoint);
    cr_assert_gt(btf__add_typedef(kernel, name, pointer), 0);
    return kernel;
}

static const struct {
    const char *kernel_tracepoint;
    int kernel_arguments;
    unsigned args_min, args_max;
    const char *cause; /* NULL: it fits */
} cases[] = {
    {"made_up", 2, 2, 2, NULL},
    {"made_up", 4, 2, 12, NULL},
    {"another", 2, 2, 2, "this kernel has no tracepoint made_up"},
    {"made_up", 1, 2, 2, "this kernel's tracepoint made_up has 1 arguments instead of 2"},
    {"made_up", 3, 2, 2, "this kernel's tracepoint made_up has 3 arguments instead of 2"},
};

Test(collector_programs, fit_the_kernel_or_tell_why_not)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct pb_collector_program program = {.name = "on_made_up",
                                                     .tracepoint = "made_up",
                                                     .group = PB_COLLECT_BLOCK,
                                                     .args_min = cases[i].args_min,
                                                     .args_max = cases[i].args_max};
        struct pb_loss loss = {0};
        struct btf *kernel = kernel_with(cases[i].kernel_tracepoint, cases[i].kernel_arguments);
        bool fits = pb_collector_program_fits(&program, kernel, &loss);
        cr_expect_eq(fits, !cases[i].cause, "case %zu", i);
        if (cases[i].cause) {
            cr_expect_str_eq(loss.cause, cases[i].cause);
            cr_expect_neq(loss.cure[0], '\0');
        }
        btf__free(kernel);
    }
}

/* Memory is looked at by one of two programs. */
Test(collector_programs, tick_or_clock_by_the_resolution_of_timers)
{
    for (int high = 0; high <= 1; high++) {
        int ticks = 0, clocks = 0, others = 0;
        for (size_t i = 0; i < pb_collector_program_count; i++) {
            const struct pb_collector_program *p = &pb_collector_programs[i];
            if (!pb_collector_program_is_for(p, high)) continue;
            ticks += p->place == PB_PROGRAM_AT_TICK;
            clocks += p->place == PB_PROGRAM_AT_CLOCK;
            others += p->place != PB_PROGRAM_AT_TICK && p->place != PB_PROGRAM_AT_CLOCK;
        }
        cr_expect_eq(ticks, high);
        cr_expect_eq(clocks, !high);
        cr_expect_eq(others, (int)pb_collector_program_count - 2);
    }
}

Test(collector_programs, program_of_the_cgroup_needs_no_tracepoint)
{
    const struct pb_collector_program program = {.name = "on_ip", .group = PB_COLLECT_IP};
    struct pb_loss loss;
    struct btf *kernel = kernel_with("made_up", 1);
    cr_expect(pb_collector_program_fits(&program, kernel, &loss));
    btf__free(kernel);
}

/* Each group that the harness knows has a program that it cannot do without. */
Test(collector_programs, each_group_has_a_required_program)
{
    for (int group = 0; group < PB_COLLECT_COUNT; group++) {
        bool found = group == PB_COLLECT_TIMELINE; /* made of the others */
        for (size_t i = 0; i < pb_collector_program_count; i++)
            found = found || ((int)pb_collector_programs[i].group == group &&
                              pb_collector_programs[i].need == PB_PROGRAM_REQUIRED);
        cr_expect(found, "group %d", group);
    }
}
