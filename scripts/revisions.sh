#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# revisions.sh: builds two revisions of a package manager and measures them against each other.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
    cat <<'TEXT'
Usage: ./dev revisions --manager NAME --build COMMAND --binary PATH [OPTIONS] [-- RUN OPTIONS]

Builds both ends, measures them as the arms head and base in one run, and judges head.

  --repo DIR       repository of the package manager [default: this one]
  --base REV       revision to hold it against [default: HEAD^1]
  --head REV       revision to judge [default: the working tree as it is]
  --manager NAME   which manager file describes it (phasebench list managers)
  --build COMMAND  shell command that builds, run in the root of each revision
  --binary PATH    what it builds, from there
  --out DIR        result folder [default: phasebench-results/revisions-<time>]

  ./dev revisions --manager plumb --build './dev build release' \
      --binary build/release/bin/plumb --base origin/main -- --phases p3,p4

The exit status is the gate's: 0 no regression, 1 regression, 3 invalid, 4 inconclusive.
TEXT
}

phasebench=${PB_PHASEBENCH:-$root/build/release/bin/phasebench}
repo=. base=HEAD^1 head='' manager='' build='' binary='' out=''
while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) usage && exit 0 ;;
    --) shift && break ;;
    --repo | --base | --head | --manager | --build | --binary | --out)
        [ $# -ge 2 ] || die "revisions: $1 needs a value"
        declare "${1#--}=$2"
        shift 2
        ;;
    *) die "revisions: unknown option: $1 (options of the run go behind --)" ;;
    esac
done
for needed in manager build binary; do
    [ -n "${!needed}" ] || die "revisions: --$needed is missing: see ./dev revisions --help"
done
repo=$(cd "$repo" && pwd)
out=${out:-phasebench-results/revisions-$(date -u +%Y-%m-%dT%H.%M.%SZ)}
mkdir -p "$out"
out=$(cd "$out" && pwd)

work=$(mktemp -d "${TMPDIR:-/tmp}/phasebench-revisions.XXXXXX")
cleanup() {
    git -C "$repo" worktree remove --force "$work/base" 2>/dev/null || true
    git -C "$repo" worktree remove --force "$work/head" 2>/dev/null || true
    rm -rf "$work"
    git -C "$repo" worktree prune
}
trap cleanup EXIT

# build_end NAME DIR: builds in DIR; the program's path lands in $built.
build_end() {
    # shellcheck disable=SC2016 # for the inner shell
    step "build $1" bash -c 'cd "$1" && eval "$2"' build "$2" "$build"
    built=$2/$binary
    [ -x "$built" ] || die "revisions: $1: the build left no program at $binary"
}

# check_out NAME REV
check_out() {
    git -C "$repo" rev-parse --quiet --verify "$2^{commit}" >/dev/null ||
        die "revisions: $repo: no revision $2: fetch it first (a shallow clone needs a depth of 2)"
    git -C "$repo" worktree add --quiet --detach "$work/$1" "$2"
}

# Both are built before anything is measured: a build beside a sample would disturb it.
check_out base "$base"
build_end base "$work/base"
base_program=$built
head_folder=$repo
if [ -n "$head" ]; then
    check_out head "$head"
    head_folder=$work/head
fi
build_end head "$head_folder"

status=0
"$phasebench" run --arm "head=$manager:$built" --arm "base=$manager:$base_program" \
    --baseline base --out "$out" "$@" || status=$?
# 3: some cells do not hold, which the gate says better.
[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || exit "$status"
status=0
"$phasebench" gate "$out" --candidate head --baseline base || status=$?
say "results: $out"
exit "$status"
