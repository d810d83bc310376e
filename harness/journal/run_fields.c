/* SPDX-License-Identifier: MIT */
#include "harness/journal/run_fields.h"

#define RUN(key_)                                                                                  \
    {                                                                                              \
        .key = #key_, .offset = offsetof(struct pb_journal_run, key_)                              \
    }
#define MACHINE(key_)                                                                              \
    {                                                                                              \
        .key = #key_, .offset = offsetof(struct pb_journal_run, key_), .of_machine = true          \
    }

const struct pb_run_field pb_run_fields[] = {
    RUN(id),
    RUN(title),
    RUN(project),
    RUN(snapshot),
    RUN(snapshot_digest),
    RUN(started_utc),
    RUN(version),
    RUN(command_line),
    RUN(order_seed),
    RUN(probe_level),
    RUN(policy_hash),
    MACHINE(platform),
    MACHINE(host_os),
    MACHINE(kernel),
    MACHINE(cpu),
    MACHINE(filesystem),
};
const size_t pb_run_field_count = sizeof pb_run_fields / sizeof *pb_run_fields;
