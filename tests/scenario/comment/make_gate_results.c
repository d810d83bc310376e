/* SPDX-License-Identifier: MIT */
/* make_gate_results DIR: a result folder with the journal of a gate, written as a run writes it. */
#include "tests/unit/reports/sample_journal.h"

#include "base/fs.h"

#include <fcntl.h>
#include <stdio.h>

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

int main(int argc, char **argv)
{
    struct pb_err err = PB_ERR_INIT;
    struct pb_journal_data data;
    if (argc != 2) {
        fprintf(stderr, "usage: make_gate_results DIR\n");
        return 2;
    }
    make_gate_journal(&data);
    int rc = pb_mkdir_p(AT_FDCWD, argv[1], &err);
    struct pb_journal *journal = rc == 0 ? pb_journal_open(argv[1], &err) : NULL;
    if (journal) rc = write_lines(journal, &data, &err);
    pb_journal_close(journal);
    pb_journal_data_release(&data);
    if (journal && rc == 0) return 0;
    fprintf(stderr, "make_gate_results: %s\n", err.msg);
    return 1;
}
