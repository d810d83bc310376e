/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <string.h>

Test(err, first_cause_stays_and_context_goes_before)
{
    struct pb_err err = PB_ERR_INIT;
    cr_assert_not(pb_err_is_set(&err));
    cr_assert_eq(pb_err_set(&err, PB_E_BAD_INPUT, "line %d", 3), -1);
    cr_assert_eq(pb_err_set(&err, PB_E_INTERNAL, "second"), -1);
    cr_assert_eq(pb_err_sys(&err, EPERM, "third"), -1);
    cr_assert_eq(pb_err_wrap(&err, "reading %s", "a.json"), -1);
    cr_assert_eq(err.code, PB_E_BAD_INPUT);
    cr_assert_str_eq(err.msg, "reading a.json: line 3");
    pb_err_clear(&err);
    cr_assert_not(pb_err_is_set(&err));
    cr_assert_str_eq(err.msg, "");
}

Test(err, system_errors_name_the_reason)
{
    struct pb_err err = PB_ERR_INIT;
    pb_err_sys(&err, ENOENT, "cannot open %s", "x");
    cr_assert_eq(err.code, PB_E_NOT_FOUND);
    cr_assert_eq(err.sys, ENOENT);
    cr_assert_str_eq(err.msg, "cannot open x: No such file or directory");
    pb_err_clear(&err);
    pb_err_sys(&err, EACCES, "cannot open %s", "x");
    cr_assert_eq(err.code, PB_E_SYSTEM);
    cr_assert_eq(err.sys, EACCES);
}

Test(err, long_messages_are_cut_not_overrun)
{
    struct pb_err err = PB_ERR_INIT;
    char text[2000];
    memset(text, 'm', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    pb_err_sys(&err, EACCES, "%s", text);
    cr_assert_eq(strlen(err.msg), sizeof err.msg - 1);
    pb_err_wrap(&err, "context");
    cr_assert_eq(strlen(err.msg), sizeof err.msg - 1);
    cr_assert_eq(strncmp(err.msg, "context: mmm", 12), 0);
    memset(text, 'c', sizeof text - 1);
    pb_err_wrap(&err, "%s", text);
    cr_assert_eq(strlen(err.msg), sizeof err.msg - 1);
    cr_assert_eq(err.msg[0], 'c');
}

Test(err, a_caller_may_pass_no_error)
{
    cr_assert_eq(pb_err_set(NULL, PB_E_USAGE, "x"), -1);
    cr_assert_eq(pb_err_sys(NULL, EPERM, "x"), -1);
    cr_assert_eq(pb_err_wrap(NULL, "x"), -1);
    cr_assert_not(pb_err_is_set(NULL));
    pb_err_clear(NULL);
}

Test(err, codes_have_names_and_retry_rules)
{
    cr_assert_str_eq(pb_code_name(PB_E_OK), "ok");
    cr_assert_str_eq(pb_code_name(PB_E_INTERNAL), "internal");
    cr_assert_str_eq(pb_code_name((enum pb_code)1000), "unknown");
    cr_assert(pb_code_is_retryable(PB_E_NETWORK));
    cr_assert(pb_code_is_retryable(PB_E_TIMEOUT));
    cr_assert_not(pb_code_is_retryable(PB_E_INTEGRITY));
    cr_assert_not(pb_code_is_retryable((enum pb_code)1000));
}

Test(err, a_broken_invariant_aborts, .signal = SIGABRT)
{
    int n = 1;
    PB_INVARIANT(n == 2);
}
