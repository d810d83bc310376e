/* SPDX-License-Identifier: MIT */
#include "harness/pull_request/retry.h"

enum { MINUTE_S = 60, BACKOFF_MAX_S = 60 };

bool pb_answer_is_limit(const struct pb_api_answer *a)
{
    if (a->status == 429) return true;
    return a->status == 403 &&
           (a->retry_after_s >= 0 || a->limit_remaining == 0 || a->says_rate_limit);
}

bool pb_answer_is_unclear(const struct pb_api_answer *a)
{
    return a->status == 0 || a->status == 408 || a->status >= 500;
}

static int64_t limit_wait_s(const struct pb_api_answer *a, unsigned attempt, int64_t now_s)
{
    if (a->retry_after_s >= 0) return a->retry_after_s;
    if (a->limit_remaining == 0 && a->limit_reset_s > 0)
        return a->limit_reset_s > now_s ? a->limit_reset_s - now_s + 1 : 1;
    return (int64_t)MINUTE_S << attempt;
}

static int64_t backoff_s(const struct pb_api_answer *a, unsigned attempt)
{
    if (a->retry_after_s >= 0) return a->retry_after_s;
    int64_t wait = (int64_t)1 << attempt;
    return wait < BACKOFF_MAX_S ? wait : BACKOFF_MAX_S;
}

struct pb_retry pb_retry_decide(const struct pb_api_answer *answer, unsigned attempt, int64_t now_s)
{
    struct pb_retry out = {.again = attempt + 1 < PB_RETRY_ATTEMPTS};
    if (pb_answer_is_limit(answer)) {
        out.reason = "rate limit";
        out.wait_s = limit_wait_s(answer, attempt, now_s);
    } else if (pb_answer_is_unclear(answer)) {
        out.reason = answer->status ? "server error" : "no answer";
        out.wait_s = backoff_s(answer, attempt);
    } else {
        out = (struct pb_retry){.reason = "refused"};
    }
    if (!out.again) out.wait_s = 0;
    return out;
}
