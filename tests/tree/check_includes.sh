#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_includes.sh ROOT: dependencies point one way. Prints each include and link against it.
set -euo pipefail
cd "$1"

# The parts that a file of a part may include; harness/cli makes the program of all of them.
allowed_of() {
    case $1 in
    base/*) echo base ;;
    installer/*) echo base installer ;;
    fixtures/*) echo base fixtures ;;
    harness/cli/*) echo base fixtures harness reports ;;
    harness/*) echo base fixtures harness ;;
    reports/*) echo base fixtures harness reports ;;
    esac
}

# The part that `#include "$2"` in file $1 takes; nothing for generated and system headers.
part_of() {
    local beside
    beside=$(dirname "$1")/$2
    if [ -f "$beside" ]; then
        beside=$(realpath --relative-to=. "$beside")
        echo "${beside%%/*}"
    elif [ -f "$2" ]; then
        echo "${2%%/*}"
    fi
}

bad=0 seen=0
while IFS=: read -r file line text; do
    included=${text#*\"}
    part=$(part_of "$file" "${included%%\"*}")
    [ -n "$part" ] || continue
    seen=$((seen + 1))
    case " $(allowed_of "$file") " in
    *" $part "*) ;;
    *)
        echo "$file:$line: includes $part"
        bad=1
        ;;
    esac
done < <(grep -rnE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' \
    base installer fixtures harness reports)

if grep -rnE --include=CMakeLists.txt '\bpl_' base fixtures harness reports; then
    echo "only the installer and the tests link plumb's libraries"
    bad=1
fi
[ "$seen" -gt 0 ] || { echo "no include was seen: wrong folder?" && exit 1; }
echo "$seen includes"
exit "$bad"
