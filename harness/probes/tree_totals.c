/* SPDX-License-Identifier: MIT */
#include "harness/probes/tree_totals.h"

#include "base/clock.h"

#define RUSAGE_BLOCK_BYTES 512

static uint64_t larger(uint64_t a, long b)
{
    return b > 0 && (uint64_t)b > a ? (uint64_t)b : a;
}

static long ns(struct timeval t)
{
    return t.tv_sec * PB_NS_PER_S + t.tv_usec * 1000;
}

void pb_tree_complete_by_wait4(struct pb_tree_counters *c, const struct rusage *u)
{
    c->cpu_ns = larger(c->cpu_ns, ns(u->ru_utime) + ns(u->ru_stime));
    c->faults_minor = larger(c->faults_minor, u->ru_minflt);
    c->faults_major = larger(c->faults_major, u->ru_majflt);
    c->ctx_voluntary = larger(c->ctx_voluntary, u->ru_nvcsw);
    c->ctx_involuntary = larger(c->ctx_involuntary, u->ru_nivcsw);
    c->disk_read_bytes = larger(c->disk_read_bytes, u->ru_inblock * RUSAGE_BLOCK_BYTES);
    c->disk_write_bytes = larger(c->disk_write_bytes, u->ru_oublock * RUSAGE_BLOCK_BYTES);
    c->rss_max_bytes = larger(c->rss_max_bytes, u->ru_maxrss * 1024);
}

void pb_tree_cpu_parts(const struct pb_tree_counters *c, int64_t *user_ns, int64_t *sys_ns)
{
    double ticks = (double)c->user_ns + (double)c->sys_ns;
    double sys = ticks > 0 ? (double)c->cpu_ns * ((double)c->sys_ns / ticks) : 0;
    *sys_ns = (int64_t)sys;
    *user_ns = (int64_t)c->cpu_ns - *sys_ns;
}

bool pb_tree_block_wait(const struct pb_tree_counters *c, int64_t *wait_ns)
{
    *wait_ns = 0;
    if (!c->block_requests) return true;
    if (!c->block_ends) return false;
    double mean_ns = (double)c->block_wait_ns / (double)c->block_ends;
    *wait_ns = (int64_t)(mean_ns * (double)c->block_requests);
    return true;
}
