/* SPDX-License-Identifier: MIT */
#include "installer/registry/http_internal.h"

bool pl_http_result_is_retryable(CURLcode result)
{
    static const CURLcode retryable[] = {
        CURLE_COULDNT_RESOLVE_PROXY,
        CURLE_COULDNT_RESOLVE_HOST,
        CURLE_COULDNT_CONNECT,
        CURLE_PARTIAL_FILE,
        CURLE_OPERATION_TIMEDOUT,
        CURLE_SSL_CONNECT_ERROR,
        CURLE_GOT_NOTHING,
        CURLE_SEND_ERROR,
        CURLE_RECV_ERROR,
        CURLE_HTTP2,
        CURLE_HTTP2_STREAM,
        CURLE_WEIRD_SERVER_REPLY,
    };
    for (size_t i = 0; i < sizeof retryable / sizeof *retryable; i++)
        if (retryable[i] == result) return true;
    return false;
}

bool pl_http_status_is_retryable(long status)
{
    return status == 408 || status == 425 || status == 429 || (status >= 500 && status <= 599);
}

/* xorshift32 (Marsaglia, 2003): spreads clients, needs no quality. */
static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

int64_t pl_http_backoff_ms(const struct pl_http_options *options, unsigned attempts,
                           int64_t retry_after_s, uint32_t *jitter)
{
    int64_t max = options->retry_max_ms, delay = options->retry_min_ms;
    for (unsigned i = 1; i < attempts && delay < max; i++)
        delay *= 2;
    if (delay > max) delay = max;
    if (delay > 1) delay -= (int64_t)next_random(jitter) % (delay / 2 + 1);
    int64_t asked = retry_after_s > max / 1000 ? max : retry_after_s * 1000;
    return asked > delay ? asked : delay;
}
