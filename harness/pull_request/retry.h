/* SPDX-License-Identifier: MIT */
#ifndef PB_PR_RETRY_H
#define PB_PR_RETRY_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Whether and when to ask a hosting API again. Pure. The rules are those that GitHub and GitLab
 * publish: obey Retry-After; with the hourly limit used up, wait for its reset; a "secondary" limit
 * that says no time gets a minute, doubled each time; a server that fails gets 1, 2, 4 ... seconds.
 */
enum { PB_RETRY_ATTEMPTS = 6 };

struct pb_api_answer {
    long status;             /* 0: no answer came */
    int64_t retry_after_s;   /* < 0: not given */
    int64_t limit_remaining; /* < 0: not given */
    int64_t limit_reset_s;   /* since 1970; 0: not given */
    bool says_rate_limit;    /* its message speaks of a rate limit */
};
struct pb_retry {
    bool again;
    int64_t wait_s;
    const char *reason; /* literal; why it failed */
};

/* `attempt` counts from 0. */
struct pb_retry pb_retry_decide(const struct pb_api_answer *answer, unsigned attempt,
                                int64_t now_s);
/* A limit was hit: nothing was done on the other side. */
bool pb_answer_is_limit(const struct pb_api_answer *answer);
/* Without an answer, or with a server error: whether it was done is not known. */
bool pb_answer_is_unclear(const struct pb_api_answer *answer);

#endif
