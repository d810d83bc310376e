/* SPDX-License-Identifier: MIT */
#ifndef PL_BENCH_DATA_H
#define PL_BENCH_DATA_H

#include "base/buf.h"

#include <stdint.h>

/*
 * Made-up packages for the benchmarks, the same for the same number, of the shape measured on a
 * large front-end project (3,297 packages, 145,295 files, 19,011 folders): about 44 files in 6
 * folders each, 56 % of the files at most 1 KiB, 84 % at most 4 KiB, 9 KiB on average. The content
 * packs about as well as program text.
 */
void bench_archive(unsigned number, struct pb_buf *gzip, size_t *file_count);

/* CPU time of this process, user and system. */
int64_t bench_cpu_ns(void);
/* Sorts and returns the middle one. */
double bench_median(double *values, size_t n);

#endif
