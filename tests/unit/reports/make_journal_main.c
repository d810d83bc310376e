/* SPDX-License-Identifier: MIT */
/* make_journal DIR ARMS PHASES ROUNDS: writes DIR/journal.jsonl (one sync a line: DIR is best on a
 * file system in memory). */
#include "made_journal.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    struct pb_err err = PB_ERR_INIT;
    if (argc != 5) {
        fprintf(stderr, "usage: make_journal DIR ARMS PHASES ROUNDS\n");
        return 2;
    }
    long arms = strtol(argv[2], NULL, 10), phases = strtol(argv[3], NULL, 10);
    long rounds = strtol(argv[4], NULL, 10);
    if (arms < 2 || arms > 256 || phases < 1 || phases > 7 || rounds < 1 || rounds > 1000) {
        fprintf(stderr, "make_journal: 2-256 arms, 1-7 phases, 1-1000 rounds\n");
        return 2;
    }
    struct made_size size = {(size_t)arms, (size_t)phases, (int)rounds};
    if (write_made_journal(argv[1], size, &err) == 0) return 0;
    fprintf(stderr, "make_journal: %s\n", err.msg);
    return 1;
}
