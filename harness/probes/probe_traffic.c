/* SPDX-License-Identifier: MIT */
/* Traffic with a registry that is not ours and counts nothing for us: all that the tree's internet
 * sockets carried, which is the registry's as long as the manager talks to nobody else. */
#include "harness/probes/probe.h"

static const struct {
    enum pb_metric wanted, socket;
} rows[] = {{PB_M_NET_RX, PB_M_SOCKET_RX},
            {PB_M_NET_TX, PB_M_SOCKET_TX},
            {PB_M_NET_CONNECTIONS, PB_M_SOCKET_CONNECTIONS}};
enum { ROWS = sizeof rows / sizeof *rows };

static const enum pb_metric metrics[ROWS] = {PB_M_NET_RX, PB_M_NET_TX, PB_M_NET_CONNECTIONS};

static int after(void *state, struct pb_facts *facts, struct pb_metric_values *out,
                 struct pb_err *err)
{
    (void)state;
    (void)err;
    for (int i = 0; i < ROWS && !facts->account->read; i++)
        if (out->has[rows[i].socket])
            pb_metric_set(out, rows[i].wanted, out->value[rows[i].socket]);
    return 0;
}

const struct pb_probe pb_probe_traffic = {
    .name = "traffic",
    .help = "bytes and connections with a registry that is not ours",
    .metrics = metrics,
    .metric_count = ROWS,
    .after = after,
};
