#!/bin/sh
# SPDX-License-Identifier: MIT
# How right the gate is here: N gates of plumb against itself (none may be red), or N gates of plumb
# with a delay of so many percent (8 of 10 must be red). Not a test: it needs a quiet machine and time.
#
#   gate_on_this_machine.sh BIN_DIR FOLDER N [PERCENT [PHASES [SNAPSHOT [RUN OPTION...]]]]
#
# BIN_DIR holds phasebench, plumb and bench_delay (cmake --build build/dev --target pb_bench).
# SNAPSHOT is one of `phasebench synth` or `record`; "" is the bundled synthetic one. A phase should
# take 0.3 s or more: what is shorter is mostly noise of starting a process.
# Everything is kept in FOLDER, the programs too: run it again to go on where it was interrupted, or
# with a larger N for more. MINUTES=10 in the environment begins no gate after ten minutes.
# Exit status: 0 as it should be, 1 not, 4 gates are missing, 5 a run failed.
set -eu
bin=$(cd "$1" && pwd)
mkdir -p "$2"
folder=$(cd "$2" && pwd)
wanted=$3
percent=${4:-0}
phases=${5:-p1,p4}
snapshot=${6:-}
if [ $# -gt 6 ]; then shift 6; else shift $#; fi
until=$(($(date +%s) + ${MINUTES:-1000000} * 60))

# Both arms go through the same wrapper, so that it is no difference between them. The programs are
# copied: a build between two calls must not change what is measured.
for program in plumb bench_delay; do
    [ -e "$folder/$program" ] || cp "$bin/$program" "$folder/$program"
done
wrapper() { # NAME PERCENT
    printf '#!/bin/sh\nexec "%s/bench_delay" %s "%s/plumb" "$@"\n' "$folder" "$2" "$folder" \
        >"$folder/$1.new"
    if cmp -s "$folder/$1.new" "$folder/$1"; then
        rm "$folder/$1.new"
    else
        chmod +x "$folder/$1.new"
        mv "$folder/$1.new" "$folder/$1"
    fi
}
wrapper base 0
wrapper head "$percent"

is_finished() { # FOLDER OF A RUN
    grep -q '"how":"finished"' "$1/journal.jsonl" 2>/dev/null
}

measure() { # FOLDER OF A RUN, RUN OPTION...
    out=$1
    shift
    if [ -e "$out/journal.jsonl" ]; then set -- --resume "$out"; else
        set -- --arm "base=plumb:$folder/base" --arm "head=plumb:$folder/head" \
            --baseline base --phases "$phases" --out "$out" ${snapshot:+--snapshot "$snapshot"} "$@"
    fi
    status=0
    "$bin/phasebench" run "$@" >"$out.log" 2>&1 || status=$?
    # 3: a cell is invalid, as after a change that the rule does not call one.
    [ $status -eq 0 ] || [ $status -eq 3 ] || {
        tail -n 3 "$out.log" >&2
        exit 5
    }
}

i=0
while [ "$i" -lt "$wanted" ] && [ "$(date +%s)" -lt "$until" ]; do
    i=$((i + 1))
    out=$folder/gate-$i
    is_finished "$out" || measure "$out" "$@"
    "$bin/phasebench" gate "$out" --accept contaminated >"$out.gate" || true
    sed -n '1p;/^p[0-9]/p' "$out.gate" | cut -c1-110 | sed "s/^/$i: /"
done

count() { # PATTERN: of the lines of all gates
    cat "$folder"/gate-*.gate 2>/dev/null | grep -c "$1" || true
}
gates=$(count '^head against base: ')
red=$(count '^head against base: regression')
echo "red: $red of $gates gates"
good=0
for phase in $(echo "$phases" | tr , ' '); do
    slower=$(count "^${phase}[a-z_]* *slower")
    cat "$folder"/gate-*.gate 2>/dev/null | grep "^$phase" | awk -v p="$phase" '
        { sub(";", "", $2); n[$2]++ }
        match($0, /a change below [0-9.]+%/) { seen++; sum += substr($0, RSTART + 15) }
        END {
            printf "%s:", p
            for (v in n) printf " %s %d", v, n[v]
            if (seen) printf "; half-width where inconclusive: %.1f%% on average", sum / seen
            print ""
        }'
    if [ "$percent" -gt 0 ] && [ $((slower * 10)) -lt $((gates * 8)) ]; then good=1; fi
done
if [ "$percent" -eq 0 ] && [ "$red" -gt 0 ]; then good=1; fi
echo "samples that others disturbed: $(cat "$folder"/gate-*/journal.jsonl | grep -c '"outcome":"contaminated"' || true)" \
    "of $(cat "$folder"/gate-*/journal.jsonl | grep -c '"type":"sample"')"
if [ "$gates" -lt "$wanted" ]; then good=4; fi
exit $good
