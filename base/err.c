/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    bool retryable;
} codes[] = {
#define PB_CODE_ROW(id, text, retry) [PB_E_##id] = {text, retry},
    PB_CODES(PB_CODE_ROW)
#undef PB_CODE_ROW
};

static bool is_known(enum pb_code code)
{
    return (unsigned)code < sizeof codes / sizeof codes[0];
}

int pb_err_set(struct pb_err *err, enum pb_code code, const char *fmt, ...)
{
    if (!err || pb_err_is_set(err)) return -1;
    va_list ap;
    va_start(ap, fmt);
    err->code = code;
    err->sys = 0;
    (void)vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    return -1;
}

int pb_err_sys(struct pb_err *err, int sys, const char *fmt, ...)
{
    if (!err || pb_err_is_set(err)) return -1;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    err->code = sys == ENOENT ? PB_E_NOT_FOUND : PB_E_SYSTEM;
    err->sys = sys;

    char text[128];
    size_t used = strlen(err->msg);
    (void)snprintf(err->msg + used, sizeof err->msg - used, ": %s",
                   strerror_r(sys, text, sizeof text));
    return -1;
}

int pb_err_wrap(struct pb_err *err, const char *fmt, ...)
{
    if (!err) return -1;
    char context[sizeof err->msg];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(context, sizeof context - 2, fmt, ap);
    va_end(ap);

    (void)strcat(context, ": ");
    size_t used = strlen(context), kept = strlen(err->msg);
    if (kept > sizeof err->msg - 1 - used) kept = sizeof err->msg - 1 - used;
    memmove(err->msg + used, err->msg, kept);
    memcpy(err->msg, context, used);
    err->msg[used + kept] = '\0';
    return -1;
}

void pb_err_clear(struct pb_err *err)
{
    if (err) *err = PB_ERR_INIT;
}

bool pb_err_is_set(const struct pb_err *err)
{
    return err && err->code != PB_E_OK;
}

const char *pb_code_name(enum pb_code code)
{
    return is_known(code) ? codes[code].name : "unknown";
}

bool pb_code_is_retryable(enum pb_code code)
{
    return is_known(code) && codes[code].retryable;
}

_Noreturn void pb_bug(const char *file, int line, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)fprintf(stderr, "%s:%d: ", file, line);
    (void)vfprintf(stderr, fmt, ap);
    (void)fputc('\n', stderr);
    va_end(ap);
    abort();
}
