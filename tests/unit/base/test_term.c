/* SPDX-License-Identifier: MIT */
#include "base/term.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const char *captured(char *text, size_t size)
{
    fflush(stderr);
    FILE *f = cr_get_redirected_stderr();
    size_t n = fread(text, 1, size - 1, f);
    text[n] = '\0';
    return text;
}

Test(term, messages_obey_the_level, .init = cr_redirect_stderr)
{
    char text[256];
    pb_log_init("prog", PB_INFO);
    pb_warn("slow %d", 1);
    pb_info("step %d", 2);
    pb_debug("detail %d", 3);
    pb_log_init("prog", PB_QUIET);
    pb_warn("silent");
    cr_expect_str_eq(captured(text, sizeof text), "prog: warning: slow 1\nprog: step 2\n");
}

Test(term, errors_are_one_line_without_control_characters, .init = cr_redirect_stderr)
{
    char text[256];
    struct pb_err err = PB_ERR_INIT;
    pb_log_init("prog", PB_QUIET);
    pb_err_set(&err, PB_E_BAD_INPUT, "bad name: \033[2Jx\ny\r");
    pb_log_error(&err);
    cr_expect_str_eq(captured(text, sizeof text), "prog: error: bad name:  [2Jx y \n");
}

Test(term, an_error_without_text_names_its_kind, .init = cr_redirect_stderr)
{
    char text[256];
    struct pb_err err = {.code = PB_E_TIMEOUT};
    pb_log_init("prog", PB_INFO);
    pb_log_error(&err);
    cr_expect_str_eq(captured(text, sizeof text), "prog: error: timeout\n");
}

Test(term, no_progress_where_there_is_no_terminal, .init = cr_redirect_stderr)
{
    char text[64];
    pb_log_init("prog", PB_INFO);
    pb_progress("%d of %d", 1, 2);
    pb_progress_clear();
    pb_info("end");
    cr_expect_str_eq(captured(text, sizeof text), "prog: end\n");
}

/* A pseudo terminal; -1 where there is none. */
static int open_terminal(int *other_end)
{
    *other_end = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (*other_end < 0 || grantpt(*other_end) != 0 || unlockpt(*other_end) != 0) return -1;
    const char *name = ptsname(*other_end);
    return name ? open(name, O_RDWR | O_NOCTTY | O_CLOEXEC) : -1;
}

Test(term, color_needs_a_terminal_that_wants_it)
{
    int other, fd = open_terminal(&other);
    if (fd < 0) cr_skip_test("no pseudo terminal here");
    unsetenv("NO_COLOR");
    setenv("TERM", "xterm", 1);
    cr_expect(pb_term_color(fd));
    setenv("NO_COLOR", "1", 1);
    cr_expect_not(pb_term_color(fd));
    unsetenv("NO_COLOR");
    setenv("TERM", "dumb", 1);
    cr_expect_not(pb_term_color(fd));
    unsetenv("TERM");
    cr_expect_not(pb_term_color(fd));
    close(fd);
    close(other);
}

Test(term, color_and_width_without_a_terminal)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    setenv("TERM", "xterm", 1);
    cr_expect_not(pb_term_color(fd));
    cr_expect_eq(pb_term_width(fd), 80);
    close(fd);
}

/* What a terminal gets up to the first line feed, from what `show` writes. */
static void show_on_terminal(void (*show)(void), unsigned short columns, char text[256])
{
    int other, fd = open_terminal(&other);
    struct winsize size = {.ws_row = 24, .ws_col = columns};
    size_t n = 0;
    if (fd < 0) cr_skip_test("no pseudo terminal here");
    cr_assert_eq(ioctl(fd, TIOCSWINSZ, &size), 0);
    cr_assert_geq(dup2(fd, STDERR_FILENO), 0);
    pb_log_init("prog", PB_INFO);
    show();
    text[0] = '\0';
    while (!strchr(text, '\n') && n < 255) {
        ssize_t got = read(other, text + n, 255 - n);
        if (got <= 0) break;
        n += (size_t)got;
        text[n] = '\0';
    }
    close(fd);
    close(other);
}

static void show_step_and_message(void)
{
    pb_progress_step("one\nline");
    pb_progress("held back: too early");
    pb_progress_step("next");
    pb_info("message");
}

Test(term, progress_is_cleared_before_a_message)
{
    char text[256];
    setenv("NO_COLOR", "1", 1);
    setenv("TERM", "xterm", 1);
    show_on_terminal(show_step_and_message, 80, text);
    cr_expect_str_eq(text, "\r\033[Kone line\r\033[Knext\r\033[Kprog: message\r\n");
}

static void show_wide(void)
{
    pb_progress_step("12345 \u00b7 9 is cut");
    pb_info("message");
}

Test(term, progress_is_cut_by_characters)
{
    char text[256];
    setenv("TERM", "xterm", 1);
    show_on_terminal(show_wide, 10, text);
    cr_expect_str_eq(text, "\r\033[K12345 \u00b7 \u2026\r\033[Kprog: message\r\n");
}

Test(term, a_terminal_that_cannot_clear_gets_no_progress)
{
    char text[256];
    setenv("TERM", "dumb", 1);
    show_on_terminal(show_step_and_message, 80, text);
    cr_expect_str_eq(text, "prog: message\r\n");
}
