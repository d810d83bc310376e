/* SPDX-License-Identifier: MIT */
#include "harness/probes/timeline.h"

#include "base/mem.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "timelines are little endian");
_Static_assert(sizeof(struct pb_timeline_header) == 56, "the format's header");
_Static_assert(sizeof(struct pb_timeline_event) == 40, "the format's event");

struct pb_timeline_reader {
    FILE *file;
    char *path;
    struct pb_timeline_header header;
};

uint32_t pb_timeline_machine(void)
{
#if defined(__x86_64__)
    return EM_X86_64;
#elif defined(__aarch64__)
    return EM_AARCH64;
#else
    return EM_NONE;
#endif
}

static int read_header(struct pb_timeline_reader *r, struct pb_err *err)
{
    struct pb_timeline_header *h = &r->header;
    if (fread(h, sizeof *h, 1, r->file) != 1 || memcmp(h->magic, PB_TIMELINE_MAGIC, 8) != 0)
        return pb_err_set(err, PB_E_BAD_INPUT, "read the timeline %s: it is none", r->path);
    if (h->version != PB_TIMELINE_VERSION || h->header_bytes != sizeof *h ||
        h->event_bytes != sizeof(struct pb_timeline_event))
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "read the timeline %s: version %u is not known: use the phasebench that "
                          "wrote it",
                          r->path, h->version);
    if (h->started_ns > PB_TIMELINE_NS_MAX || h->wallclock_ns > INT64_MAX)
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "read the timeline %s: it is damaged: its begin is "
                          "no time",
                          r->path);
    return 0;
}

struct pb_timeline_reader *pb_timeline_open(const char *path, struct pb_err *err)
{
    struct pb_timeline_reader *r = pb_calloc(1, sizeof *r);
    r->path = pb_strdup(path);
    r->file = fopen(path, "rbe");
    if (!r->file)
        pb_err_sys(err, errno, "read the timeline %s", path);
    else if (read_header(r, err) == 0)
        return r;
    pb_timeline_close(r);
    return NULL;
}

void pb_timeline_close(struct pb_timeline_reader *r)
{
    if (!r) return;
    if (r->file) fclose(r->file);
    free(r->path);
    free(r);
}

const struct pb_timeline_header *pb_timeline_header(const struct pb_timeline_reader *r)
{
    return &r->header;
}

static bool has_sound_times(const struct pb_timeline_event *e)
{
    if (e->time_ns > PB_TIMELINE_NS_MAX) return false;
    if (e->kind == PB_TIMELINE_NAME) return true;
    if (e->kind == PB_TIMELINE_SLEEP && e->value > PB_TIMELINE_NS_MAX) return false;
    return e->duration_ns <= PB_TIMELINE_NS_MAX;
}

int pb_timeline_next(struct pb_timeline_reader *r, struct pb_timeline_event *out,
                     struct pb_err *err)
{
    if (fread(out, sizeof *out, 1, r->file) == 1) {
        if (has_sound_times(out)) return 1;
        return pb_err_set(err, PB_E_BAD_INPUT,
                          "read the timeline %s: it is damaged: an event has no sound time",
                          r->path);
    }
    return ferror(r->file) ? pb_err_sys(err, errno, "read the timeline %s", r->path) : 0;
}

void pb_timeline_name(const struct pb_timeline_event *event, char out[17])
{
    memcpy(out, &event->duration_ns, 8);
    memcpy(out + 8, &event->value, 8);
    out[16] = '\0';
}
