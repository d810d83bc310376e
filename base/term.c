/* SPDX-License-Identifier: MIT */
#include "term.h"

#include "clock.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PROGRESS_PERIOD_NS (100 * PB_NS_PER_MS)
#define LOG_PERIOD_NS (30 * PB_NS_PER_S)
#define LINE_BYTES 2048

static const char *log_program;
static enum pb_level log_level = PB_INFO;
static bool progress_shown;
static int64_t progress_last_ns; /* of the moving line */
static int64_t message_last_ns;  /* of a whole one; 0: none so far */

void pb_log_init(const char *program, enum pb_level level)
{
    log_program = program;
    log_level = level;
}

static const char *program_name(void)
{
    return log_program ? log_program : program_invocation_short_name;
}

/* Control characters could rewrite the terminal; messages quote text from outside. */
static void make_printable(char *text, bool keep_newlines)
{
    for (char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if ((c < 0x20 && c != '\t' && !(keep_newlines && c == '\n')) || c == 0x7f) *p = ' ';
    }
}

static void print_line(const char *label, const char *color, const char *text)
{
    const char *on = "", *off = "";
    if (color && pb_term_color(STDERR_FILENO)) {
        on = color;
        off = "\033[0m";
    }
    message_last_ns = pb_now_ns();
    flockfile(stderr);
    pb_progress_clear();
    fprintf(stderr, "%s: %s%s%s%s\n", program_name(), on, label, off, text);
    funlockfile(stderr);
}

void pb_log(enum pb_level level, const char *fmt, ...)
{
    if (level == PB_QUIET || level > log_level) return;
    char text[LINE_BYTES];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    make_printable(text, true);
    print_line(level == PB_WARN ? "warning: " : "", level == PB_WARN ? "\033[33m" : NULL, text);
}

void pb_log_error(const struct pb_err *err)
{
    char text[sizeof err->msg];
    (void)snprintf(text, sizeof text, "%s", err->msg[0] ? err->msg : pb_code_name(err->code));
    make_printable(text, false);
    print_line("error: ", "\033[31m", text);
}

bool pb_term_color(int fd)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (no_color && no_color[0]) return false;
    return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

unsigned pb_term_width(int fd)
{
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

/* Bytes of UTF-8 text that take at most so many columns, each character being one wide. */
static int bytes_within(const char *text, unsigned columns)
{
    const char *p = text;
    for (; *p; p++) {
        bool begins = ((unsigned char)*p & 0xC0) != 0x80;
        if (begins && columns-- == 0) break;
    }
    return (int)(p - text);
}

static bool has_progress(void)
{
    const char *term = getenv("TERM");
    return log_level >= PB_INFO && isatty(STDERR_FILENO) && !(term && strcmp(term, "dumb") == 0);
}

static void show_progress(const char *fmt, va_list ap)
{
    char text[LINE_BYTES];
    (void)vsnprintf(text, sizeof text, fmt, ap);
    make_printable(text, false);
    /* One column less than the terminal has: a full line would wrap and could not be cleared. */
    unsigned width = pb_term_width(STDERR_FILENO) - 1;
    int fits = bytes_within(text, width);
    bool is_cut = text[fits] != '\0';
    if (is_cut) fits = bytes_within(text, width - 1);
    fprintf(stderr, "\r\033[K%.*s%s", fits, text, is_cut ? "\u2026" : "");
    fflush(stderr);
    progress_shown = true;
    progress_last_ns = pb_now_ns();
}

void pb_progress(const char *fmt, ...)
{
    if (!has_progress() || pb_now_ns() - progress_last_ns < PROGRESS_PERIOD_NS) return;
    va_list ap;
    va_start(ap, fmt);
    show_progress(fmt, ap);
    va_end(ap);
}

static void log_progress(const char *fmt, va_list ap)
{
    char text[LINE_BYTES];
    if (message_last_ns == 0) message_last_ns = pb_now_ns();
    if (pb_now_ns() - message_last_ns < LOG_PERIOD_NS) return;
    (void)vsnprintf(text, sizeof text, fmt, ap);
    make_printable(text, false);
    print_line("", NULL, text);
}

void pb_progress_step(const char *fmt, ...)
{
    if (log_level < PB_INFO) return;
    va_list ap;
    va_start(ap, fmt);
    if (has_progress())
        show_progress(fmt, ap);
    else
        log_progress(fmt, ap);
    va_end(ap);
}

void pb_progress_clear(void)
{
    if (!progress_shown) return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    progress_shown = false;
}
