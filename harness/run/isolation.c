/* SPDX-License-Identifier: MIT */
#include "harness/run/isolation.h"

#include "base/fs.h"
#include "base/mem.h"
#include "base/term.h"
#include "fixtures/registry/nginx.h"
#include "harness/isolation/cpu_list.h"
#include "harness/isolation/page_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static void note(struct pb_run_isolation *out, const char *key, const char *state, const char *why)
{
    out->notes[out->note_count++] = (struct pb_isolation_note){key, state, why};
}

static bool is(const char *option, const char *value)
{
    return option && strcmp(option, value) == 0;
}

static const char counted[] = "attempts to reach other hosts are counted";

static int isolate_network(struct pb_arena *arena, const struct pb_run_options *o, bool replays,
                           struct pb_run_isolation *out, struct pb_err *err)
{
    static const char hosts_own[] = "the machine's";
    struct pb_err lost = PB_ERR_INIT;
    if (is(o->netns, "off") || !replays) {
        if (is(o->netns, "on"))
            return pb_err_set(err, PB_E_USAGE,
                              "--netns on: only a replayed registry can be in a private network");
        note(out, "network", hosts_own, replays ? "as asked for" : "no registry is replayed");
        return 0;
    }
    if (pb_netns_make(NULL, &out->netns, &lost) == 0) {
        out->has_netns = true;
        note(out, "network", "private", counted);
        return 0;
    }
    if (is(o->netns, "on"))
        return pb_err_set(err, lost.code, "%s, or leave --netns at auto", lost.msg);
    pb_warn("a manager that leaves the registry would not be noticed: %s", lost.msg);
    note(out, "network", hosts_own, pb_arena_cstr(arena, pb_str(lost.msg)));
    return 0;
}

/* Between two private networks, or else by the server, which cannot delay a connection's set-up. */
static int emulate_link(struct pb_arena *arena, const struct pb_run_options *o, bool replays,
                        struct pb_run_isolation *out, struct pb_err *err)
{
    struct pb_link_spec spec;
    struct pb_err lost = PB_ERR_INIT;
    char text[64];
    if (pb_link_parse(o->link, &spec, err) != 0) return -1;
    if (!replays)
        return pb_err_set(err, PB_E_USAGE,
                          "--link: only to a replayed registry it can be emulated");
    pb_link_describe(&spec, text, sizeof text);
    if (is(o->netns, "off")) {
        pb_err_set(&lost, PB_E_UNSUPPORTED, "no private network, as asked for");
    } else if (pb_link_line_start(&spec, &out->line, &lost) == 0) {
        out->has_line = true;
        note(out, "network", "private", counted);
        note(out, "link", pb_arena_cstr(arena, pb_str(text)),
             "packets delayed between two network namespaces");
        return 0;
    }
    if (isolate_network(arena, o, replays, out, err) != 0) return -1;
    pb_warn("the link is emulated by the registry server: %s", lost.msg);
    out->server_link = o->link;
    note(out, "link", pb_arena_printf(arena, "%s, by the registry server", text),
         pb_arena_cstr(arena, pb_str(lost.msg)));
    return 0;
}

static int choose_file_system(struct pb_arena *arena, const struct pb_run_options *o,
                              const char *work_dir, struct pb_run_isolation *out,
                              struct pb_err *err)
{
    if (!o->fs) return 0;
    if (o->keep)
        return pb_err_set(err, PB_E_USAGE,
                          "--keep and --fs: its file system ends with the run: give one of them");
    if (pb_mkdir_p(AT_FDCWD, work_dir, err) != 0 ||
        pb_scratch_fs_mount(arena, o->fs, work_dir, &out->scratch, err) != 0)
        return -1;
    note(out, "file system", o->fs, out->scratch.description);
    if (out->scratch.deletes_cheaply) note(out, "earlier samples", "deleted before each", NULL);
    return 0;
}

static int choose_page_cache(const struct pb_run_options *o, struct pb_run_isolation *out,
                             struct pb_err *err)
{
    out->cold_disk = o->cold_disk;
    if (!o->cold_disk) return 0;
    if (is(o->fs, "tmpfs"))
        return pb_err_set(err, PB_E_USAGE, "--cold-disk: --fs tmpfs has no disk to be cold");
    note(out, "page cache", "dropped before each sample", NULL);
    return pb_page_cache_can_drop(err);
}

static int choose_processors(const struct pb_run_options *o, struct pb_run_isolation *out,
                             struct pb_err *err)
{
    cpu_set_t ours;
    if (!o->pin) return 0;
    if (sched_getaffinity(0, sizeof ours, &ours) != 0)
        return pb_err_sys(err, errno, "--pin: ask for our processors");
    if (pb_cpu_list_parse(o->pin, &ours, &out->cpus, err) != 0) return pb_err_wrap(err, "--pin");
    out->pinned = true;
    note(out, "processors", o->pin, "of the commands alone");
    return 0;
}

static int choose_server(const struct pb_run_options *o, bool replays, struct pb_run_isolation *out,
                         struct pb_err *err)
{
    if (!is(o->server, "nginx")) return 0;
    if (!replays) return pb_err_set(err, PB_E_USAGE, "--server: only a replayed registry has one");
    PB_AUTO_FREE char *program = pb_nginx_find(err);
    if (!program) return pb_err_wrap(err, "--server");
    out->server_program = o->server;
    note(out, "registry server", "nginx",
         "in front of our own, which answers what it has no file for");
    return 0;
}

int pb_run_isolation_begin(struct pb_arena *arena, const struct pb_run_options *options,
                           bool replays, const char *work_dir, struct pb_run_isolation *out,
                           struct pb_err *err)
{
    *out = (struct pb_run_isolation){0};
    if (choose_processors(options, out, err) != 0 ||
        choose_server(options, replays, out, err) != 0 ||
        choose_page_cache(options, out, err) != 0 ||
        choose_file_system(arena, options, work_dir, out, err) != 0)
        return -1;
    return options->link ? emulate_link(arena, options, replays, out, err)
                         : isolate_network(arena, options, replays, out, err);
}

struct pb_leg_place pb_run_isolation_place(const struct pb_run_isolation *i)
{
    struct pb_leg_place place = {
        .link = i->server_link, .server_program = i->server_program, .outside_fd = -1};
    if (i->has_line) {
        place.server = &i->line.server.enter;
        place.commands = &i->line.client.enter;
        place.host = PB_LINK_SERVER_ADDRESS;
        place.outside_fd = i->line.client.outside_fd;
    } else if (i->has_netns) {
        place.server = place.commands = &i->netns.enter;
        place.outside_fd = i->netns.outside_fd;
    }
    return place;
}

int pb_run_isolation_check(struct pb_run_isolation *isolation, struct pb_err *err)
{
    return isolation->has_line ? pb_link_line_check(&isolation->line, err) : 0;
}

void pb_run_isolation_end(struct pb_run_isolation *isolation)
{
    if (isolation->has_netns) pb_netns_close(&isolation->netns);
    if (isolation->has_line) pb_link_line_stop(&isolation->line);
    isolation->has_netns = isolation->has_line = false;
    if (!isolation->scratch.dir) return;
    const char *dir = isolation->scratch.dir;
    pb_scratch_fs_unmount(&isolation->scratch);
    (void)rmdir(dir); /* unless an earlier run left something below it */
}
