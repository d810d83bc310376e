/* SPDX-License-Identifier: MIT */
#include "harness/probes/machine_state.h"

#include "base/clock.h"
#include "base/fs.h"
#include "harness/probes/cgroup.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define FILE_MAX_BYTES (1u << 20)

static struct pb_str read_text(const char *path, struct pb_buf *buf)
{
    pb_buf_clear(buf);
    if (pb_read_file(AT_FDCWD, path, buf, NULL) != 0) return (struct pb_str){0};
    return pb_buf_str(buf);
}

int64_t pb_stat_value(struct pb_str text, const char *key)
{
    struct pb_str line;
    uint64_t value;
    while (pb_str_split(&text, '\n', &line)) {
        ptrdiff_t blank = pb_str_find(line, ' ');
        if (blank < 0 || !pb_str_is(pb_strn(line.p, (size_t)blank), key)) continue;
        bool fits = pb_str_u64(pb_str_trim(pb_str_skip(line, (size_t)blank)), &value);
        return fits && value <= INT64_MAX ? (int64_t)value : -1;
    }
    return -1;
}

static int64_t clock_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * PB_NS_PER_S + t.tv_nsec;
}

/* A known value added to an unknown one makes it known. */
static void add_known(int64_t *sum, int64_t value)
{
    if (value < 0) return;
    *sum = (*sum < 0 ? 0 : *sum) + value;
}

/* Quotas of our own cgroup and those above it, as far as they are mounted. */
static void add_quota_throttling(struct pb_buf *buf, int64_t *sum)
{
    char folder[PATH_MAX], path[PATH_MAX + 16];
    struct pb_str rest = read_text("/proc/self/cgroup", buf), line;
    folder[0] = '\0';
    while (pb_str_split(&rest, '\n', &line))
        if (pb_str_starts(line, "0::"))
            snprintf(folder, sizeof folder, "/sys/fs/cgroup" PB_FMT, PB_ARG(pb_str_skip(line, 3)));
    while (strlen(folder) >= sizeof "/sys/fs/cgroup" - 1) {
        snprintf(path, sizeof path, "%s/cpu.stat", folder);
        add_known(sum, pb_stat_value(read_text(path, buf), "nr_throttled"));
        *strrchr(folder, '/') = '\0';
    }
}

static void add_heat_throttling(struct pb_buf *buf, int64_t *sum)
{
    long cpus = sysconf(_SC_NPROCESSORS_CONF);
    for (long cpu = 0; cpu < cpus && cpu < 1024; cpu++) {
        char path[128];
        uint64_t value;
        snprintf(path, sizeof path,
                 "/sys/devices/system/cpu/cpu%ld/thermal_throttle/core_throttle_count", cpu);
        if (pb_str_u64(pb_str_trim(read_text(path, buf)), &value)) add_known(sum, (int64_t)value);
    }
}

void pb_machine_state_read(struct pb_machine_state *out)
{
    static const char *const pressure[] = {"/proc/pressure/cpu", "/proc/pressure/io",
                                           "/proc/pressure/memory"};
    PB_AUTO_BUF struct pb_buf buf = PB_BUF_INIT(FILE_MAX_BYTES);
    struct rusage usage;
    *out = (struct pb_machine_state){.swapped_pages = -1, .throttled = -1};
    out->has_cpu = pb_cpu_times_parse(read_text("/proc/stat", &buf), &out->cpu);
    for (int i = 0; i < PB_PRESSURE_KINDS; i++)
        out->stalled_us[i] = pb_pressure_total_us(read_text(pressure[i], &buf));
    struct pb_str vmstat = read_text("/proc/vmstat", &buf);
    add_known(&out->swapped_pages, pb_stat_value(vmstat, "pswpin"));
    add_known(&out->swapped_pages, pb_stat_value(vmstat, "pswpout"));
    out->oom_kills = pb_stat_value(vmstat, "oom_kill");
    add_quota_throttling(&buf, &out->throttled);
    add_heat_throttling(&buf, &out->throttled);
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        out->own_cpu_ns = (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * PB_NS_PER_S +
                          (int64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
    out->wall_offset_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
    out->at_ns = clock_ns(CLOCK_MONOTONIC_RAW);
}
