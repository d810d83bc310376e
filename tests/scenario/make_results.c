/* SPDX-License-Identifier: MIT */
/*
 * make_results KIND DIR: a result folder with a made-up journal, written as a run writes it.
 *   compare  several arms, with a limit arm
 *   gate     head against base: 10 % slower in p1_resolve, confirmed; the same in p4_warm_link
 */
#include "tests/unit/harness/gate/gate_journal.h"
#include "tests/unit/reports/sample_journal.h"

#include "base/fs.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

static int write_lines(struct pb_journal *journal, const struct pb_journal_data *data,
                       struct pb_err *err)
{
    if (pb_journal_write_run(journal, &data->run, err) != 0) return -1;
    for (size_t i = 0; i < data->arm_count; i++)
        if (pb_journal_write_arm(journal, &data->arms[i], err) != 0) return -1;
    for (size_t i = 0; i < data->sample_count; i++)
        if (pb_journal_write_sample(journal, data->samples[i], err) != 0) return -1;
    return pb_journal_write_end(journal, "finished", err);
}

static void make_gate(struct pb_journal_data *out)
{
    gate_journal_make(out);
    out->run.title = "phasebench";
    out->run.project = "ant-design";
    out->run.platform = "linux-x64";
    out->run.host_os = "Debian 12";
    out->run.started_utc = "2026-01-31T12:00:00Z";
    out->run.candidates[0] = "head";
    out->run.candidate_count = 1;
    out->run.command_line = "phasebench run ant-design --baseline base";
    gate_journal_add(out, "p1_resolve", PB_STAGE_SCREEN, 10, 0.10);
    gate_journal_add(out, "p1_resolve", PB_STAGE_CONFIRM, 10, 0.10);
    gate_journal_add(out, "p4_warm_link", PB_STAGE_SCREEN, 10, 0);
}

int main(int argc, char **argv)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_journal_data data;
    if (argc != 3) {
        fprintf(stderr, "usage: make_results compare|gate DIR\n");
        return 2;
    }
    if (strcmp(argv[1], "gate") == 0)
        make_gate(&data);
    else
        make_gate_journal(&data);
    int rc = pb_mkdir_p(AT_FDCWD, argv[2], &err);
    struct pb_journal *journal = rc == 0 ? pb_journal_open(argv[2], &err) : NULL;
    if (journal) rc = write_lines(journal, &data, &err);
    pb_journal_close(journal);
    pb_journal_data_release(&data);
    if (journal && rc == 0) return 0;
    fprintf(stderr, "make_results: %s\n", err.msg);
    return 1;
}
