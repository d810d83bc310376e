/* SPDX-License-Identifier: MIT */
/* Perf records one after the other, by the length in their headers: what a record shows lies within
 * it, and a wait that is kept has its stack and its time. */
#include "base/err.h"
#include "harness/probes/stacks/wait_pairs.h"

#include <linux/perf_event.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_within(struct pb_str part, struct pb_str whole)
{
    if (part.n == 0) return;
    PB_INVARIANT(part.p >= whole.p && part.n <= whole.n);
    PB_INVARIANT((size_t)(part.p - whole.p) <= whole.n - part.n);
}

static void look_at(struct pb_wait_pairs *pairs, struct pb_str data)
{
    struct pb_perf_record record;
    struct pb_wait wait;
    uint64_t ns;
    if (!pb_perf_record_parse(data, &record)) return;
    PB_INVARIANT(pb_perf_record_time(data, &ns));
    check_within(record.kernel_chain, data);
    check_within(record.stack, data);
    check_within(record.name, data);
    PB_INVARIANT(record.kernel_chain.n % 8 == 0);
    if (record.kind == PB_PERF_SWITCH_OUT) pb_wait_pairs_begin(pairs, &record, data);
    if (record.kind == PB_PERF_SWITCH && pb_wait_pairs_switch(pairs, &record, &wait))
        PB_INVARIANT(wait.ns >= PB_WAIT_QUANTUM_NS && wait.sample.n >= PB_PERF_RECORD_MIN_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pb_wait_pairs pairs = PB_WAIT_PAIRS_INIT;
    struct pb_str rest = pb_strn((const char *)data, size);
    struct perf_event_header header;
    while (rest.n >= sizeof header) {
        memcpy(&header, rest.p, sizeof header);
        size_t n = header.size;
        if (n < sizeof header || n > rest.n) break;
        look_at(&pairs, pb_strn(rest.p, n));
        rest = pb_str_skip(rest, n);
    }
    PB_INVARIANT(pairs.lost <= pairs.waits);
    pb_wait_pairs_release(&pairs);
    return 0;
}
