/* SPDX-License-Identifier: MIT */
#ifndef PB_ERR_H
#define PB_ERR_H

#include <stdbool.h>

/*
 * Errors. One fixed-size struct owned by the caller, no allocation, always the last parameter.
 * Functions that can fail return 0 or -1 (or NULL) and fill it. The message reads
 * "what failed: on what: why: what to do". The first cause stays: setting an error twice keeps the
 * first, callers add context with pb_err_wrap().
 */

#define PB_CODES(X)                                                                                \
    X(OK, "ok", 0)                                                                                 \
    X(USAGE, "usage", 0)                                                                           \
    X(NOT_FOUND, "not found", 0)                                                                   \
    X(BAD_INPUT, "bad input", 0)                                                                   \
    X(LIMIT, "limit exceeded", 0)                                                                  \
    X(NETWORK, "network", 1)                                                                       \
    X(INTEGRITY, "integrity", 0)                                                                   \
    X(TIMEOUT, "timeout", 1)                                                                       \
    X(SYSTEM, "system", 0)                                                                         \
    X(CHILD, "child process failed", 0)                                                            \
    X(CONFLICT, "conflict", 0)                                                                     \
    X(UNSUPPORTED, "not supported here", 0)                                                        \
    X(CANCELLED, "cancelled", 0)                                                                   \
    X(INTERNAL, "internal", 0)

enum pb_code {
#define PB_CODE_ENUM(id, text, retry) PB_E_##id,
    PB_CODES(PB_CODE_ENUM)
#undef PB_CODE_ENUM
};

struct pb_err {
    enum pb_code code;
    int sys; /* errno of the first cause, or 0 */
    char msg[768];
};

#define PB_ERR_INIT ((struct pb_err){.code = PB_E_OK})
#define PB_PRINTF(fmt_at, args_at) __attribute__((format(printf, fmt_at, args_at)))
#define PB_MUST_CHECK __attribute__((warn_unused_result))

/* Sets the error unless one is set already. Always returns -1. `err` may be NULL. */
int pb_err_set(struct pb_err *err, enum pb_code code, const char *fmt, ...) PB_PRINTF(3, 4);

/* As pb_err_set with code SYSTEM (NOT_FOUND for ENOENT) and ": <strerror>" appended. Returns -1. */
int pb_err_sys(struct pb_err *err, int sys, const char *fmt, ...) PB_PRINTF(3, 4);

/* Puts "<context>: " before the message. Always returns -1. */
int pb_err_wrap(struct pb_err *err, const char *fmt, ...) PB_PRINTF(2, 3);

void pb_err_clear(struct pb_err *err);
bool pb_err_is_set(const struct pb_err *err);
const char *pb_code_name(enum pb_code code);
bool pb_code_is_retryable(enum pb_code code);

/* A broken invariant: prints file, line and message to stderr, then aborts. Never for bad input. */
_Noreturn void pb_bug(const char *file, int line, const char *fmt, ...) PB_PRINTF(3, 4);
#define PB_BUG(...) pb_bug(__FILE__, __LINE__, __VA_ARGS__)
#define PB_INVARIANT(cond)                                                                         \
    do {                                                                                           \
        if (!(cond)) PB_BUG("invariant broken: %s", #cond);                                        \
    } while (0)

#endif
