#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh [--snapshots DIR] [--work DIR] [--keep] [PROJECT...]: plumb against npm, from the same
# registry snapshot, for projects of fixtures/projects (default: all) or `synthetic[:PACKAGES]`:
#   lock     `plumb install` without a lock against `npm install` without one: places and versions
#   ci       `plumb ci` from npm's lock against `npm ci`: every file, mode, link, the hidden lock
#   ls       `npm ls --all` on plumb's own tree
#   accepts  `npm ci` takes plumb's lock, leaves it alone, and makes plumb's tree
#   resolve  require.resolve() of every direct dependency, as on npm's tree
# A snapshot that is not there is recorded first (that needs a registry) or made (synthetic).
# Everything is compared from scripts-off installs. Exits 1 when anything differs, 77 without npm.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
bin=${PB_BIN:-$root/build/release/bin}
snapshots=${PB_SNAPSHOTS:-$root/.cache/snapshots}
base=
keep=0
projects=()
failed=0

die() {
    echo "check.sh: $1" >&2
    exit 2
}
skip() {
    echo "skipped: $1"
    exit 77
}

while [ $# -gt 0 ]; do
    case $1 in
    --snapshots | --work)
        [ $# -ge 2 ] || die "$1 needs a folder"
        if [ "$1" = --work ]; then base=$2; else snapshots=$2; fi
        shift
        ;;
    --keep) keep=1 ;;
    --help | -h)
        sed -n '3,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        exit 0
        ;;
    -*) die "unknown option $1" ;;
    *) projects+=("$1") ;;
    esac
    shift
done
for program in npm node; do
    command -v $program > /dev/null || skip "no $program: it is the oracle here"
done
for program in plumb phasebench; do
    [ -x "$bin/$program" ] || die "no $bin/$program: build first (PB_BIN names another folder)"
done
if [ ${#projects[@]} -eq 0 ]; then
    mapfile -t projects < <(find "$root/fixtures/projects" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort)
fi
# A project inside another one would find that one's packages.
work=$(mktemp -d "${base:-${TMPDIR:-/tmp}}/oracle-npm.XXXXXX")
server=
clean_up() {
    stop_server
    if [ "$keep" -eq 1 ]; then echo "kept: $work"; else rm -rf "$work"; fi
}
trap clean_up EXIT

# --- registry ---

start_server() { # SNAPSHOT: sets registry
    "$bin/phasebench" serve "$1" --port 0 > "$work/serve" 2> "$work/misses" &
    server=$!
    for _ in $(seq 1200); do
        registry=$(grep -oE 'http://[0-9.]+:[0-9]+/' "$work/serve") && return
        kill -0 "$server" 2> /dev/null || break
        sleep 0.1
    done
    die "serve $1: $(cat "$work/misses")"
}
stop_server() {
    [ -n "$server" ] || return 0
    kill "$server" 2> /dev/null || true
    wait "$server" 2> /dev/null || true
    server=
}

make_snapshot() { # PROJECT: sets snapshot and source
    local name=$1 packages=40
    case $name in
    synthetic*)
        [ "$name" = synthetic ] || packages=${name#synthetic:}
        snapshot=$work/synthetic
        source=$snapshot/project
        "$bin/phasebench" synth -o "$snapshot" --packages "$packages" --files $((packages * 20)) > "$work/log"
        ;;
    *)
        snapshot=$snapshots/$name
        source=$root/fixtures/projects/$name
        [ -d "$source" ] || die "no such project: $name"
        [ -d "$snapshot" ] || "$bin/phasebench" record "$source" -o "$snapshot" --arms npm,plumb
        ;;
    esac
}

# --- the two managers, each with a home of its own and nothing inherited ---

# A project without a name is called as its folder is: all copies are named `project`.
fresh_copy() { # TREE [LOCK]
    rm -rf "${work:?}/$1"
    mkdir -p "$work/$1"
    cp -R "$source" "$work/$1/project"
    if [ $# -gt 1 ]; then cp "$2" "$work/$1/project/package-lock.json"; fi
}
clean_run() { # TREE COMMAND...
    local tree=$1
    shift
    (cd "$work/$tree/project" && env -i PATH="$PATH" HOME="$work/home" LANG=C.UTF-8 \
        npm_config_cache="$work/npm-cache" npm_config_update_notifier=false \
        npm_config_audit=false npm_config_fund=false npm_config_ignore_scripts=true \
        npm_config_registry="$registry" npm_config_loglevel=error \
        PLUMB_STORE="$work/store" PLUMB_CACHE="$work/meta" "$@")
}
must() { # WHAT TREE COMMAND...
    local what=$1
    shift
    clean_run "$@" > "$work/log" 2>&1 && return 0
    echo "FAILED $what:"
    tail -n 15 "$work/log" | sed 's/^/    /'
    return 1
}

# try WHAT COMMAND...: one line of the result
try() {
    local what=$1
    shift
    if "$@" > "$work/result" 2>&1; then
        printf '  ok      %-8s %s\n' "$what" "$(tail -n 1 "$work/result")"
    else
        printf '  DIFFERS %-8s %s\n' "$what" "$(tail -n 1 "$work/result")"
        head -n -1 "$work/result" | head -n 40 | sed 's/^/          /'
        failed=1
    fi
}

check_ls() {
    clean_run plumb npm ls --all --loglevel=silent > "$work/ls" 2>&1 && echo "clean, $(wc -l < "$work/ls") lines" && return
    grep -E 'invalid|missing|UNMET|extraneous' "$work/ls" | head -n 20
    echo "npm ls --all: status not 0"
    return 1
}
check_accepts() {
    must "npm ci from plumb's lock" npm-ci-plumb npm ci || return 1
    cmp "$work/plumb/project/package-lock.json" "$work/npm-ci-plumb/project/package-lock.json" || return 1
    node "$here/compare_trees.mjs" "$work/plumb/project" "$work/npm-ci-plumb/project"
}

check_project() { # PROJECT
    local snapshot source
    make_snapshot "$1"
    start_server "$snapshot"
    echo "$1:"
    fresh_copy npm
    fresh_copy plumb
    must "npm install" npm npm install || { failed=1 && return; }
    must "plumb install" plumb "$bin/plumb" install || { failed=1 && return; }
    try lock node "$here/compare_locks.mjs" "$work/npm/project/package-lock.json" "$work/plumb/project/package-lock.json"
    try ls check_ls
    try resolve node "$here/resolve_direct.mjs" "$work/npm/project" "$work/plumb/project"

    fresh_copy npm-ci "$work/npm/project/package-lock.json"
    fresh_copy plumb-ci "$work/npm/project/package-lock.json"
    must "npm ci" npm-ci npm ci || { failed=1 && return; }
    must "plumb ci" plumb-ci "$bin/plumb" ci || { failed=1 && return; }
    try ci node "$here/compare_trees.mjs" "$work/npm-ci/project" "$work/plumb-ci/project"

    fresh_copy npm-ci-plumb "$work/plumb/project/package-lock.json"
    try accepts check_accepts
    stop_server
    if [ "$keep" -eq 0 ]; then rm -rf "$work"/npm* "$work"/plumb* "$work/store"; fi
    if [ -s "$work/misses" ]; then
        echo "          not in the snapshot: $(sort -u "$work/misses" | head -n 5 | tr '\n' ' ')"
    fi
}

mkdir -p "$work/home"
for project in "${projects[@]}"; do check_project "$project"; done
exit "$failed"
