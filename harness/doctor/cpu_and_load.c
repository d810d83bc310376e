/* SPDX-License-Identifier: MIT */
/* What makes the CPUs of this machine slower or faster than themselves. */
#include "harness/doctor/doctor.h"

#include "base/clock.h"
#include "base/fs.h"
#include "harness/journal/journal.h"
#include "harness/probes/machine_state.h"
#include "harness/run/machine.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GOVERNOR "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"
#define BOOST "/sys/devices/system/cpu/cpufreq/boost"
#define NO_TURBO "/sys/devices/system/cpu/intel_pstate/no_turbo"
#define WINDOW_NS PB_NS_PER_S
#define BUSY_MAX_PERCENT 10.0
#define STEAL_MAX_PERCENT 1.0
#define LEAST_MEMORY_BYTES (2LL << 30)

/* First line of a small file, in the arena; NULL: not there. */
static const char *line_of(struct pb_arena *arena, const char *path)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(4096);
    if (pb_read_file(AT_FDCWD, path, &text, NULL) != 0) return NULL;
    struct pb_str rest = pb_buf_str(&text), line = {0};
    pb_str_split(&rest, '\n', &line);
    return pb_arena_cstr(arena, pb_str_trim(line));
}

static void examine_governor(struct pb_arena *arena, struct pb_doctor_report *out)
{
    const char *governor = line_of(arena, GOVERNOR);
    if (!governor)
        pb_doctor_add(out, "frequency", PB_DOCTOR_NOTE,
                      "not visible (a virtual machine, or no driver): it may change unseen",
                      "nothing here; on the host, choose the governor \"performance\"");
    else if (strcmp(governor, "performance") == 0)
        pb_doctor_add(out, "frequency", PB_DOCTOR_GOOD, "governor performance", NULL);
    else
        pb_doctor_add(
            out, "frequency", PB_DOCTOR_POOR,
            pb_arena_printf(arena, "governor %s: short commands run at low frequency", governor),
            "as root: cpupower frequency-set -g performance");
}

static void examine_turbo(struct pb_arena *arena, struct pb_doctor_report *out)
{
    const char *boost = line_of(arena, BOOST), *off = line_of(arena, NO_TURBO);
    if (!boost && !off) return;
    bool on = boost ? strcmp(boost, "1") == 0 : strcmp(off, "0") == 0;
    if (on)
        pb_doctor_add(out, "turbo", PB_DOCTOR_NOTE, "on: speed depends on heat and on other cores",
                      boost ? "as root: echo 0 > " BOOST : "as root: echo 1 > " NO_TURBO);
    else
        pb_doctor_add(out, "turbo", PB_DOCTOR_GOOD, "off", NULL);
}

void pb_doctor_examine_cpu(struct pb_arena *arena, struct pb_doctor_report *out)
{
    struct pb_journal_run machine = {0};
    pb_machine_describe(arena, "/", &machine);
    pb_doctor_add(out, "system", PB_DOCTOR_GOOD,
                  pb_arena_printf(arena, "%s, Linux %s, %s", machine.host_os, machine.kernel,
                                  machine.platform),
                  NULL);
    bool single = machine.cpus < 2;
    pb_doctor_add(out, "CPU", single ? PB_DOCTOR_POOR : PB_DOCTOR_GOOD,
                  pb_arena_printf(arena, "%u x %s", machine.cpus, machine.cpu),
                  single ? "the registry and the manager share it: use a machine with two or more"
                         : NULL);
    bool little = machine.memory_bytes < LEAST_MEMORY_BYTES;
    pb_doctor_add(out, "memory", little ? PB_DOCTOR_POOR : PB_DOCTOR_GOOD,
                  pb_arena_printf(arena, "%.1f GB", (double)machine.memory_bytes / 1e9),
                  little ? "large projects will swap: use a machine with 2 GB or more" : NULL);
    examine_governor(arena, out);
    examine_turbo(arena, out);
}

void pb_doctor_examine_load(struct pb_arena *arena, struct pb_doctor_report *out)
{
    struct pb_machine_state a, b;
    double load = 0;
    pb_machine_state_read(&a);
    pb_sleep_ns(WINDOW_NS);
    pb_machine_state_read(&b);
    if (!a.has_cpu || !b.has_cpu) {
        pb_doctor_add(out, "load", PB_DOCTOR_POOR, "/proc/stat cannot be read",
                      "mount /proc: without it no sample can be called quiet");
        return;
    }
    double busy = (double)(b.cpu.busy - a.cpu.busy), steal = (double)(b.cpu.steal - a.cpu.steal),
           interrupts = (double)(b.cpu.interrupts - a.cpu.interrupts),
           all = busy + steal + interrupts + (double)(b.cpu.idle - a.cpu.idle);
    if (getloadavg(&load, 1) != 1) load = 0;
    double percent = all > 0 ? 100 * busy / all : 0, stolen = all > 0 ? 100 * steal / all : 0;
    bool loaded = percent > BUSY_MAX_PERCENT;
    pb_doctor_add(
        out, "load", loaded ? PB_DOCTOR_POOR : PB_DOCTOR_GOOD,
        pb_arena_printf(arena, "other programs use %.0f %% of the CPUs, load %.2f", percent, load),
        loaded ? "stop them: every sample would be marked as disturbed" : NULL);
    bool taken = stolen > STEAL_MAX_PERCENT;
    pb_doctor_add(out, "steal", taken ? PB_DOCTOR_POOR : PB_DOCTOR_GOOD,
                  pb_arena_printf(arena, "the hypervisor takes %.1f %%", stolen),
                  taken ? "use a dedicated machine, or more rounds" : NULL);
    bool pressure = b.stalled_us[PB_PRESSURE_CPU] >= 0;
    pb_doctor_add(out, "pressure", pressure ? PB_DOCTOR_GOOD : PB_DOCTOR_NOTE,
                  pressure ? "kept by the kernel"
                           : "not kept: programs that wait are not seen before a sample",
                  pressure ? NULL : "boot with psi=1");
}
