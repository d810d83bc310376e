/* SPDX-License-Identifier: MIT */
/* Write-back debt: how long the file system needs for what the command left dirty. It was synced
 * just before the sample, so this is the sample's own (and that of others on this file system). */
#include "harness/probes/probe.h"

#include "base/clock.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static const enum pb_metric metrics[] = {PB_M_WRITEBACK};

static int after(void *state, struct pb_facts *facts, struct pb_metric_values *out,
                 struct pb_err *err)
{
    (void)state;
    PB_AUTO_FD int fd = pb_open_dir(AT_FDCWD, facts->ws->root, err);
    if (fd < 0) return -1;
    int64_t started = pb_now_ns();
    if (syncfs(fd) != 0) return pb_err_sys(err, errno, "syncfs: %s", facts->ws->root);
    pb_metric_set(out, PB_M_WRITEBACK, pb_now_ns() - started);
    return 0;
}

const struct pb_probe pb_probe_writeback = {
    .name = "writeback",
    .help = "time of syncfs right after the command",
    .metrics = metrics,
    .metric_count = sizeof metrics / sizeof *metrics,
    .after = after,
};
