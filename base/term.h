/* SPDX-License-Identifier: MIT */
#ifndef PB_TERM_H
#define PB_TERM_H

#include "err.h"

#include <stdbool.h>

/* Messages for people, on stderr. `program` is the prefix, set once by main. */
enum pb_level { PB_QUIET, PB_WARN, PB_INFO, PB_DEBUG };
void pb_log_init(const char *program, enum pb_level level);
void pb_log(enum pb_level level, const char *fmt, ...) PB_PRINTF(2, 3);
#define pb_warn(...) pb_log(PB_WARN, __VA_ARGS__)
#define pb_info(...) pb_log(PB_INFO, __VA_ARGS__)
#define pb_debug(...) pb_log(PB_DEBUG, __VA_ARGS__)
/* "<program>: error: <message>" as one line. */
void pb_log_error(const struct pb_err *err);

/* True when `fd` is a terminal, NO_COLOR is unset and TERM is not dumb. */
bool pb_term_color(int fd);
/* Columns of the terminal, or 80. */
unsigned pb_term_width(int fd);

/*
 * One progress line on stderr, shown only on a terminal that can clear it, cut to its width.
 * Messages from pb_log() first clear it. One line per process; one thread at a time.
 */
/* For what changes often: at most ten times a second, else left out. */
void pb_progress(const char *fmt, ...) PB_PRINTF(1, 2);
/* For the begin of something that may take long: always shown. Where there is no such terminal (the
 * log of a CI job) it is a message, when half a minute has passed since the one before. */
void pb_progress_step(const char *fmt, ...) PB_PRINTF(1, 2);
void pb_progress_clear(void);

#endif
