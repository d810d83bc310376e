/* SPDX-License-Identifier: MIT */
/* Pressure of the whole machine, where the tree has no cgroup whose own could be read. */
#include "base/fs.h"
#include "harness/probes/cgroup.h"
#include "harness/probes/probe.h"

#include <fcntl.h>

static const enum pb_metric metrics[] = {PB_M_STALL_CPU, PB_M_STALL_IO, PB_M_STALL_MEMORY};
static const char *const paths[] = {"/proc/pressure/cpu", "/proc/pressure/io",
                                    "/proc/pressure/memory"};
enum { KINDS = sizeof paths / sizeof *paths };

struct state {
    int64_t before_us[KINDS];
};

static int64_t total_us(const char *path)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(4096);
    return pb_read_file(AT_FDCWD, path, &text, NULL) == 0 ? pb_pressure_total_us(pb_buf_str(&text))
                                                          : -1;
}

static int before(void *state, struct pb_facts *facts, struct pb_err *err)
{
    (void)facts;
    (void)err;
    struct state *s = state;
    for (int i = 0; i < KINDS; i++)
        s->before_us[i] = total_us(paths[i]);
    return 0;
}

static int after(void *state, struct pb_facts *facts, struct pb_metric_values *out,
                 struct pb_err *err)
{
    (void)facts;
    (void)err;
    const struct state *s = state;
    for (int i = 0; i < KINDS; i++) {
        int64_t now = s->before_us[i] < 0 ? -1 : total_us(paths[i]);
        if (now < 0)
            pb_metric_missing(out, metrics[i], "the kernel keeps no pressure stall information");
        else
            pb_metric_set(out, metrics[i], (now - s->before_us[i]) * 1000);
    }
    return 0;
}

const struct pb_probe pb_probe_pressure = {
    .name = "pressure",
    .help = "time in which some task of the machine was stalled (/proc/pressure)",
    .metrics = metrics,
    .metric_count = KINDS,
    .state_size = sizeof(struct state),
    .before = before,
    .after = after,
};
