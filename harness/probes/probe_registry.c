/* SPDX-License-Identifier: MIT */
/* The registry's own account of the sample: exact, and the manager cannot bend it. */
#include "harness/probes/probe.h"

static const enum pb_metric metrics[] = {PB_M_NET_RX,
                                         PB_M_NET_TX,
                                         PB_M_NET_CONNECTIONS,
                                         PB_M_REQUESTS_METADATA,
                                         PB_M_REQUESTS_METADATA_FULL,
                                         PB_M_REQUESTS_TARBALL,
                                         PB_M_REQUESTS_NOT_MODIFIED,
                                         PB_M_REGISTRY_CPU};

static int before(void *state, struct pb_facts *facts, struct pb_err *err)
{
    (void)state;
    const struct pb_registry_account *account = facts->account;
    return account->reset ? account->reset(account->arg, err) : 0;
}

static int after(void *state, struct pb_facts *facts, struct pb_metric_values *out,
                 struct pb_err *err)
{
    (void)state;
    const struct pb_registry_account *account = facts->account;
    if (!account->read) {
        for (size_t i = 0; i < sizeof metrics / sizeof *metrics; i++)
            pb_metric_missing(out, metrics[i], account->missing);
        return 0;
    }
    struct pb_registry_stats *s = &facts->registry;
    if (account->read(account->arg, s, err) != 0) return -1;
    facts->registry_counted = true;
    pb_metric_set(out, PB_M_NET_RX, (int64_t)s->rx_bytes);
    pb_metric_set(out, PB_M_NET_TX, (int64_t)s->tx_bytes);
    pb_metric_set(out, PB_M_NET_CONNECTIONS, (int64_t)s->connections);
    pb_metric_set(out, PB_M_REQUESTS_METADATA, (int64_t)s->requests_metadata);
    pb_metric_set(out, PB_M_REQUESTS_METADATA_FULL, (int64_t)s->requests_metadata_full);
    pb_metric_set(out, PB_M_REQUESTS_TARBALL, (int64_t)s->requests_tarball);
    pb_metric_set(out, PB_M_REQUESTS_NOT_MODIFIED, (int64_t)s->requests_not_modified);
    pb_metric_set(out, PB_M_REGISTRY_CPU, s->cpu_ns);
    return 0;
}

const struct pb_probe pb_probe_registry = {
    .name = "registry",
    .help = "requests, bytes and connections as our registry counts them",
    .metrics = metrics,
    .metric_count = sizeof metrics / sizeof *metrics,
    .before = before,
    .after = after,
};
