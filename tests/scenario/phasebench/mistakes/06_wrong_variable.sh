# SPDX-License-Identifier: MIT
# A misspelt variable: the new arm's rows are the old arm's once more. And rows that are there twice.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

bench --arm old=fake --arm new=fake,FAKE_MOED=slow --phases p1 --rounds 1
expect_status 3
expect_cell old p1 ok
expect_cell new p1 invalid 'variables_known: FAKE_MOED is in no place of'
expect_reported 'variables_known'

grep '"arm":"old"' "$work/out/journal.jsonl" | grep '"round":1' >"$work/again"
cat "$work/again" >>"$work/out/journal.jsonl"
expect_reported 'rows_unique: round 1 is there twice'
