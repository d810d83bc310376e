/* SPDX-License-Identifier: MIT */
#include "harness/validity/run_check.h"

/* The lessons are the cases of docs/validity.md. */
const struct pb_run_check pb_run_check_table[] = {
    {"rows_unique", "each round of a cell is in the journal once",
     "rows of one arm were counted again as another's", pb_run_check_rows_unique},
    {"rows_complete", "a finished run has every round of every cell that holds",
     "failed runs left holes, and the survivors were averaged", pb_run_check_rows_complete},
    {"warmed_up", "an uncounted warm-up round came first",
     "the first manager alone paid for cold name and content servers: +3 s",
     pb_run_check_warmed_up},
    {"rounds_interleaved", "the arms took turns",
     "measured in blocks, identical programs differed by 28 %", pb_run_check_rounds_interleaved},
    {"identical_arms_agree", "arms that are the same program take the same time",
     "identical programs differed by 5 %: each linked from a folder of its own",
     pb_run_check_identical_arms_agree},
    {"policy_equal", "scripts, audit and release age are on for all arms or for none",
     "one manager fetched full metadata for a release-age rule; scripts ran for one only",
     pb_run_check_policy_equal},
    {"same_work", "the arms of a phase placed the same packages (a difference is only shown)",
     "1535 against 377 packages: a bug was read as a performance gap", pb_run_check_same_work},
    {"same_metadata_form",
     "the arms of a phase ask for full or for abbreviated metadata alike (a difference is only "
     "shown)",
     "one manager fetched full metadata, which is many times as large, without anybody's knowing",
     pb_run_check_same_metadata_form},
    {"mostly_undisturbed", "less than a fifth of the samples were disturbed by the machine",
     "a fleet that was half as fast that day raised alarms about nothing",
     pb_run_check_mostly_undisturbed},
};
const size_t pb_run_check_count = sizeof pb_run_check_table / sizeof *pb_run_check_table;
