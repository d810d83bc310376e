/* SPDX-License-Identifier: MIT */
#include "harness/bisect/bisect.h"

#include "base/mem.h"

#include <stdlib.h>

const char *pb_bisect_answer_name(enum pb_bisect_answer answer)
{
    static const char *const names[] = {"good", "bad", "undecided"};
    return names[answer];
}

/* The open one nearest to the middle of (good, bad) that was not tried in vain; `bad` when there is
 * none. */
static size_t next_of(const bool *undecided, size_t good, size_t bad)
{
    size_t middle = good + (bad - good) / 2;
    for (size_t off = 0; off < bad - good; off++) {
        if (middle + off < bad && !undecided[middle + off] && middle + off > good)
            return middle + off;
        if (middle >= good + 1 + off && !undecided[middle - off]) return middle - off;
    }
    return bad;
}

int pb_bisect_search(const char *const *names, size_t n, pb_bisect_judge_fn judge, void *arg,
                     size_t *first, size_t *last, struct pb_err *err)
{
    size_t good = 0, bad = n - 1;
    int rc = n >= 2 ? 0 : pb_err_set(err, PB_E_USAGE, "bisect: it takes two ends at least");
    bool *undecided = pb_calloc(n ? n : 1, sizeof *undecided);
    while (rc == 0) {
        size_t at = next_of(undecided, good, bad);
        enum pb_bisect_answer answer;
        if (at == bad) break;
        rc = judge(arg, names[at], &answer, err);
        if (rc != 0) break;
        if (answer == PB_BISECT_GOOD) good = at;
        if (answer == PB_BISECT_BAD) bad = at;
        if (answer == PB_BISECT_UNDECIDED) undecided[at] = true;
    }
    free(undecided);
    *first = good + 1;
    *last = bad;
    return rc;
}
