/* SPDX-License-Identifier: MIT */
#include "bench_data.h"

#include "../unit/installer/store/tar_builder.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* A size with the median 800 bytes and a long tail (log-normal, sigma 1.7, cut at 1 MiB). */
static size_t random_size(uint32_t *state)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += (double)next_random(state) / (1 << 24);
    double size = 800 * exp(1.7 * (sum - 6));
    return size < 1048576 ? (size_t)size : 1048576;
}

static void random_text(uint32_t *state, struct pb_buf *out, size_t n)
{
    static const char *const words[] = {"const ",  "return ", "function", "(this.", "exports.",
                                        "value",   " = ",     ");\n",     "{\n  ",  "}\n",
                                        "require", "options", "=> ",      "0x",     "undefined"};
    pb_buf_clear(out);
    while (out->n < n) {
        uint32_t r = next_random(state);
        if (r % 4 == 0)
            pb_buf_printf(out, "%x", r >> 4);
        else
            pb_buf_add_cstr(out, words[(r >> 4) % (sizeof words / sizeof words[0])]);
    }
    out->n = n;
}

void bench_archive(unsigned number, struct pb_buf *gzip, size_t *file_count)
{
    static const char *const dirs[] = {"",          "lib/",           "lib/internal/",
                                       "dist/esm/", "dist/esm/util/", "types/"};
    uint32_t state = number * 2654435761u + 1;
    *file_count = 4 + next_random(&state) % 81;
    struct pb_buf tar PB_AUTO_BUF = TAR_BUF, text PB_AUTO_BUF = TAR_BUF;
    for (size_t i = 0; i < *file_count; i++) {
        char name[100];
        (void)snprintf(name, sizeof name, "package/%smodule-%zu.js", dirs[i % 6], i);
        random_text(&state, &text, random_size(&state));
        tar_add_header(&tar, &(struct tar_header){.name = name, .size = text.n});
        tar_add_data(&tar, text.p, text.n);
    }
    tar_end(&tar);
    gzip_add(gzip, tar.p, tar.n);
}

int64_t bench_cpu_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, by_value);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}
