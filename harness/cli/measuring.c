/* SPDX-License-Identifier: MIT */
#include "harness/cli/measuring.h"

#include "base/clock.h"
#include "base/fs.h"

#include <fcntl.h>

const char *pb_default_out(struct pb_arena *arena, const char *prefix)
{
    char now[32];
    pb_format_utc(pb_wallclock_ns(), now);
    for (char *c = now; *c; c++)
        if (*c == ':') *c = '.';
    return pb_arena_printf(arena, "phasebench-results/%s%s", prefix, now);
}

const char *pb_own_command_line(struct pb_arena *arena)
{
    PB_AUTO_BUF struct pb_buf text = PB_BUF_INIT(1u << 16);
    if (pb_read_file(AT_FDCWD, "/proc/self/cmdline", &text, NULL) != 0 || text.n == 0) return NULL;
    for (size_t i = 0; i + 1 < text.n; i++)
        if (text.p[i] == '\0') text.p[i] = ' ';
    return pb_arena_cstr(arena, pb_strn(text.p, text.n - 1));
}

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

const volatile sig_atomic_t *pb_catch_interrupts(void)
{
    struct sigaction action = {.sa_handler = on_interrupt};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &interrupted;
}
