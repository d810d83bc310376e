/* SPDX-License-Identifier: MIT */
#include "harness/pull_request/retry.h"

#include <criterion/criterion.h>

#define NOW 1000

static const struct {
    const char *what;
    struct pb_api_answer answer; /* status, retry after, remaining, reset, says limit */
    unsigned attempt;
    bool again;
    int64_t wait_s;
} cases[] = {
    {"done", {200, -1, 10, 2000, false}, 0, false, 0},
    {"not found", {404, -1, 10, 2000, false}, 0, false, 0},
    {"not allowed", {403, -1, 10, 2000, false}, 0, false, 0},
    {"too long", {422, -1, -1, 0, false}, 0, false, 0},
    {"hourly limit", {403, -1, 0, 1030, false}, 0, true, 31},
    {"hourly limit, over by now", {403, -1, 0, 900, false}, 0, true, 1},
    {"limit with its time", {403, 7, 10, 2000, false}, 3, true, 7},
    {"limit with its time wins over the hour", {429, 7, 0, 2000, true}, 0, true, 7},
    {"secondary limit without a time", {403, -1, 10, 2000, true}, 0, true, 60},
    {"the same again", {403, -1, 10, 2000, true}, 2, true, 240},
    {"too many requests", {429, -1, -1, 0, false}, 0, true, 60},
    {"server error", {500, -1, -1, 0, false}, 0, true, 1},
    {"server error again", {503, -1, -1, 0, false}, 3, true, 8},
    {"server says when", {503, 20, -1, 0, false}, 3, true, 20},
    {"no answer", {0, -1, -1, 0, false}, 1, true, 2},
    {"the last attempt", {500, -1, -1, 0, false}, PB_RETRY_ATTEMPTS - 1, false, 0},
    {"the last attempt at a limit", {429, 1, -1, 0, false}, PB_RETRY_ATTEMPTS - 1, false, 0},
};

Test(retry, obeys_what_the_server_says)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pb_retry retry = pb_retry_decide(&cases[i].answer, cases[i].attempt, NOW);
        cr_expect_eq(retry.again, cases[i].again, "%s", cases[i].what);
        cr_expect_eq(retry.wait_s, cases[i].wait_s, "%s: %ld", cases[i].what, (long)retry.wait_s);
        cr_expect_not_null(retry.reason, "%s", cases[i].what);
    }
}
