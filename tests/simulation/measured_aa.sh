#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a measured_NAME.csv of result folders in which identical arms were measured
# (tests/bench/gate_on_this_machine.sh): the wall times in the order of execution, by phase.
#   measured_aa.sh FOLDER... > tests/simulation/measured_quiet.csv
set -eu
echo "series,wall_ns"
for folder; do cat "$folder/journal.jsonl"; done | grep '"type":"sample"' | grep -v '"round":0,' |
    sed -n 's/.*"phase":"\([a-z0-9_]*\)".*"started_wallclock_ns":\([0-9]*\),.*"wall_ns":\([0-9]*\),.*/\2 \1 \3/p' |
    sort -n | awk '{ print $2 "," $3 }' | sort -s -t, -k1,1
