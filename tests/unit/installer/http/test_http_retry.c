/* SPDX-License-Identifier: MIT */
#include "installer/registry/http_internal.h"

#include <criterion/criterion.h>
#include <inttypes.h>

static const struct {
    long status;
    bool retryable;
} statuses[] = {
    {200, false}, {304, false}, {400, false}, {401, false}, {403, false}, {404, false},
    {408, true},  {425, true},  {429, true},  {500, true},  {502, true},  {503, true},
    {504, true},  {599, true},  {600, false}, {0, false},
};

Test(http_retry, only_passing_troubles_are_retried)
{
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++)
        cr_expect_eq(pl_http_status_is_retryable(statuses[i].status), statuses[i].retryable,
                     "status %ld", statuses[i].status);
    cr_expect(pl_http_result_is_retryable(CURLE_COULDNT_CONNECT));
    cr_expect(pl_http_result_is_retryable(CURLE_PARTIAL_FILE));
    cr_expect_not(pl_http_result_is_retryable(CURLE_PEER_FAILED_VERIFICATION));
    cr_expect_not(pl_http_result_is_retryable(CURLE_WRITE_ERROR));
    cr_expect_not(pl_http_result_is_retryable(CURLE_OK));
}

/* min, max in ms; attempts made; Retry-After in s -> bounds of the wait in ms */
static const struct {
    long min_ms, max_ms;
    unsigned attempts;
    int64_t retry_after_s, low, high;
} waits[] = {
    {100, 10000, 1, 0, 50, 100},
    {100, 10000, 2, 0, 100, 200},
    {100, 10000, 5, 0, 800, 1600},
    {100, 10000, 60, 0, 5000, 10000},
    {100, 10000, 1, 3, 3000, 3000},
    {100, 10000, 1, 3600, 10000, 10000},
    {100, 10000, 1, INT64_MAX, 10000, 10000},
    {1, 1, 9, 0, 1, 1},
};

Test(http_retry, wait_doubles_within_bounds)
{
    uint32_t jitter = 1;
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        struct pl_http_options o = {.retry_min_ms = waits[i].min_ms,
                                    .retry_max_ms = waits[i].max_ms};
        for (int round = 0; round < 100; round++) {
            int64_t ms = pl_http_backoff_ms(&o, waits[i].attempts, waits[i].retry_after_s, &jitter);
            cr_expect(ms >= waits[i].low && ms <= waits[i].high, "row %zu: %" PRId64, i, ms);
        }
    }
}
