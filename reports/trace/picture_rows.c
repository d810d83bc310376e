/* SPDX-License-Identifier: MIT */
/* The rows of a picture that come from the timeline. */
#include "reports/trace/picture.h"

#include "base/mem.h"
#include "harness/probes/time_class.h"
#include "harness/probes/trace_names.h"
#include "reports/values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHART = 44, GAP = 8, THREAD = 12, THREAD_GAP = 3, MOST_THREADS = 14, DISK = 16 };

/* Adds the stretch's time to each pixel that it touches. */
static void spread(const struct pb_picture *p, uint64_t begin_ns, uint64_t length_ns,
                   double *pixels, size_t stride)
{
    double from = pb_picture_x(p, (int64_t)begin_ns);
    double to = pb_picture_x(p, (int64_t)(begin_ns + length_ns));
    from = fmax(0, from);
    to = fmin(PB_PICTURE_PIXELS, to);
    for (int i = (int)from; i < to; i++)
        pixels[(size_t)i * stride] += fmin(to, i + 1) - fmax(from, i);
}

static double largest_of(const double *values)
{
    double largest = 0;
    for (int i = 0; i < PB_PICTURE_PIXELS; i++)
        largest = fmax(largest, values[i]);
    return largest;
}

static void put_chart(struct pb_picture *p, const char *name, const char *css_class,
                      const double *values, const char *most)
{
    pb_picture_label(p, name, p->y + CHART / 2.0);
    pb_picture_area(p, css_class, values, largest_of(values), CHART);
    pb_picture_note(p, most, p->y + 6);
    p->y += CHART + GAP;
}

void pb_picture_usage(struct pb_picture *p, const struct pb_trace_timeline *t)
{
    double *cpus = pb_calloc(PB_PICTURE_PIXELS, sizeof *cpus);
    double *memory = pb_calloc(PB_PICTURE_PIXELS, sizeof *memory);
    char most[64], bytes[32];
    int at = 0;
    double now = 0, peak = 0;
    for (size_t i = 0; i < t->event_count; i++) {
        const struct pb_timeline_event *e = &t->events[i];
        if (e->kind == PB_TIMELINE_RUN) spread(p, e->time_ns, e->duration_ns, cpus, 1);
        if (e->kind != PB_TIMELINE_RSS) continue;
        double x = pb_picture_x(p, (int64_t)e->time_ns);
        while (at < PB_PICTURE_PIXELS && at < x)
            memory[at++] = now;
        now = (double)e->value;
        peak = fmax(peak, now);
    }
    snprintf(most, sizeof most, "%.2g", largest_of(cpus));
    put_chart(p, "CPUs in use", "a0", cpus, most);
    pb_show_value(PB_UNIT_BYTES, peak, bytes);
    snprintf(most, sizeof most, "peak %s", bytes);
    if (peak > 0) put_chart(p, "resident memory", "a3", memory, most);
    free(cpus);
    free(memory);
}

struct busy {
    uint32_t tid;
    uint64_t cpu_ns;
};

static int busiest_first(const void *a, const void *b)
{
    const struct busy *x = a, *y = b;
    if (x->cpu_ns != y->cpu_ns) return x->cpu_ns < y->cpu_ns ? 1 : -1;
    return (x->tid > y->tid) - (x->tid < y->tid);
}

static int by_tid(const void *a, const void *b)
{
    const struct busy *x = a, *y = b;
    return (x->tid > y->tid) - (x->tid < y->tid);
}

/* All threads, the busiest first. */
static struct busy *rank_threads(const struct pb_trace_timeline *t)
{
    struct busy *threads = pb_calloc(t->thread_count + 1, sizeof *threads);
    for (size_t i = 0; i < t->thread_count; i++)
        threads[i].tid = t->threads[i].tid;
    for (size_t i = 0; i < t->event_count; i++) {
        if (t->events[i].kind != PB_TIMELINE_RUN) continue;
        const struct pb_trace_thread *thread = pb_trace_thread_find(t, t->events[i].tid);
        if (thread) threads[thread - t->threads].cpu_ns += t->events[i].duration_ns;
    }
    qsort(threads, t->thread_count, sizeof *threads, busiest_first);
    return threads;
}

static void put_thread(struct pb_picture *p, const struct pb_trace_timeline *t, uint32_t tid,
                       double (*pixels)[PB_TIME_CLASSES])
{
    uint8_t colors[PB_PICTURE_PIXELS];
    memset(pixels, 0, sizeof(*pixels) * PB_PICTURE_PIXELS);
    for (size_t i = 0; i < t->event_count; i++) {
        const struct pb_timeline_event *e = &t->events[i];
        if (e->tid != tid) continue;
        if (e->kind == PB_TIMELINE_RUN)
            spread(p, e->time_ns, e->duration_ns, &pixels[0][PB_TIME_CPU], PB_TIME_CLASSES);
        if (e->kind != PB_TIMELINE_SLEEP) continue;
        enum pb_time_class c = pb_time_class_of_reason(pb_off_reason(e->key));
        spread(p, e->time_ns, e->duration_ns, &pixels[0][c], PB_TIME_CLASSES);
        spread(p, e->time_ns + e->duration_ns, e->value, &pixels[0][PB_TIME_RUN_QUEUE],
               PB_TIME_CLASSES);
    }
    for (int i = 0; i < PB_PICTURE_PIXELS; i++) {
        int most = 0;
        for (int c = 1; c < PB_TIME_CLASSES; c++)
            if (pixels[i][c] > pixels[i][most]) most = c;
        colors[i] = (uint8_t)(pixels[i][most] > 0 ? most + 1 : 0);
    }
    pb_picture_label(p, pb_trace_thread_name(t, tid), p->y + THREAD / 2.0);
    pb_picture_runs(p, colors, THREAD);
    p->y += THREAD + THREAD_GAP;
}

void pb_picture_threads(struct pb_picture *p, const struct pb_trace_timeline *t)
{
    struct busy *threads = rank_threads(t);
    double(*pixels)[PB_TIME_CLASSES] = pb_calloc(PB_PICTURE_PIXELS, sizeof *pixels);
    size_t n = t->thread_count < MOST_THREADS ? t->thread_count : MOST_THREADS;
    qsort(threads, n, sizeof *threads, by_tid);
    for (size_t i = 0; i < n; i++)
        put_thread(p, t, threads[i].tid, pixels);
    if (t->thread_count > n) {
        char text[64];
        snprintf(text, sizeof text, "and %zu less busy threads", t->thread_count - n);
        pb_buf_printf(p->out, "<text x=\"%d\" y=\"%.1f\">%s</text>\n", PB_PICTURE_LEFT, p->y + 10,
                      text);
        p->y += 16;
    }
    p->y += GAP;
    free(pixels);
    free(threads);
}

void pb_picture_disk(struct pb_picture *p, const struct pb_trace_timeline *t)
{
    double *busy = pb_calloc(PB_PICTURE_PIXELS, sizeof *busy);
    size_t requests = 0;
    uint8_t colors[PB_PICTURE_PIXELS];
    for (size_t i = 0; i < t->event_count; i++) {
        const struct pb_timeline_event *e = &t->events[i];
        if (e->kind != PB_TIMELINE_BLOCK) continue;
        spread(p, e->time_ns, e->duration_ns, busy, 1);
        requests++;
    }
    for (int i = 0; i < PB_PICTURE_PIXELS; i++)
        colors[i] = busy[i] > 0 ? PB_TIME_DISK + 1 : 0;
    if (requests) {
        char note[64];
        snprintf(note, sizeof note, "%zu requests to the device", requests);
        pb_picture_label(p, "disk", p->y + DISK / 2.0);
        pb_picture_runs(p, colors, DISK);
        pb_picture_note(p, note, p->y + DISK / 2.0);
        p->y += DISK + GAP;
    }
    free(busy);
}
