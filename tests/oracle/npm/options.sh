# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Sourced with the arguments of a comparison that is made for each of some projects:
#   [--snapshots DIR] [--work DIR] [--keep] [--abbreviated] [--help] [PROJECT...]
# Sets base, keep, abbreviated, snapshots, projects; common.sh is sourced here. Without a PROJECT they
# are default_projects, where the caller sets that, or all. --help prints the comment that the script
# begins with.
# shellcheck disable=SC2034 # they are for the caller
base=
keep=0
abbreviated=0
snapshots=${PB_SNAPSHOTS:-}
projects=()
[ -v default_projects ] || default_projects=()
while [ $# -gt 0 ]; do
    case $1 in
    --snapshots | --work)
        [ $# -ge 2 ] || { echo "${0##*/}: $1 needs a folder" >&2 && exit 2; }
        if [ "$1" = --work ]; then base=$2; else snapshots=$2; fi
        shift
        ;;
    --keep) keep=1 ;;
    --abbreviated) abbreviated=1 ;;
    --help | -h)
        sed -n '3,${/^#/!q;/^# shellcheck/q;s/^# \{0,1\}//p}' "$0"
        exit 0
        ;;
    -*)
        echo "${0##*/}: unknown option $1" >&2
        exit 2
        ;;
    *) projects+=("$1") ;;
    esac
    shift
done
# shellcheck source=tests/oracle/npm/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
snapshots=${snapshots:-$root/.cache/snapshots}
if [ ${#projects[@]} -eq 0 ]; then projects=("${default_projects[@]}"); fi
if [ ${#projects[@]} -eq 0 ]; then
    mapfile -t projects < <(find "$root/fixtures/projects" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort)
fi
