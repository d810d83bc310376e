#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh [--snapshots DIR] [--work DIR] [--keep] [--abbreviated] [PROJECT...]: plumb against npm, from the same
# registry snapshot, for projects of fixtures/projects (default: all) or `synthetic[:PACKAGES]`:
#   lock     `plumb install` without a lock against `npm install` without one: places and versions
#   ci       `plumb ci` from npm's lock against `npm ci`: every file, mode, link, the hidden lock
#   ls       `npm ls --all` on plumb's own tree
#   accepts  `npm ci` takes plumb's lock, leaves it alone, and makes plumb's tree
#   resolve  require.resolve() of every direct dependency, as on npm's tree
#   require  require() of them; `isolated`: on a tree of that linker
# --abbreviated stands in for full metadata that the snapshot lacks (recorded without npm).
# A snapshot that is not there is recorded first (that needs a registry) or made (synthetic).
# Everything is compared from scripts-off installs. Exits 1 when anything differs, 77 without npm.
# shellcheck source=tests/oracle/npm/options.sh
. "$(dirname "${BASH_SOURCE[0]}")/options.sh"

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

check_accepts() {
    npm_ci npm-ci-plumb || return 1
    if [ -s "$work/refused-npm-ci" ]; then
        echo "npm ci refuses npm's own lock and plumb's for the same $(wc -l < "$work/refused-npm-ci") reasons"
        cmp -s "$work/refused-npm-ci" "$work/refused-npm-ci-plumb"
        return
    fi
    cmp "$work/plumb/project/package-lock.json" "$work/npm-ci-plumb/project/package-lock.json" || return 1
    # Not with the tree of `plumb install`: `ci` leaves out what the lock marks as extraneous.
    fresh_copy plumb-own "$work/plumb/project/package-lock.json"
    must "plumb ci" plumb-own "$bin/plumb" ci || return 1
    node "$here/compare_trees.mjs" "$work/plumb-own/project" "$work/npm-ci-plumb/project"
}

check_project() { # PROJECT
    local snapshot source refusals=
    make_snapshot "$1"
    start_server "$snapshot"
    if [ "$abbreviated" -eq 1 ]; then start_proxy; fi
    echo "$1:"
    fresh_copy npm
    fresh_copy plumb
    must "npm install" npm npm install || { failed=1 && return; }
    must "plumb install" plumb "$bin/plumb" install || { failed=1 && return; }
    try lock node "$here/compare_locks.mjs" "$work/npm/project/package-lock.json" "$work/plumb/project/package-lock.json"
    try ls check_ls
    try resolve node "$here/resolve_direct.mjs" "$work/npm/project" "$work/plumb/project"

    try require node "$here/require_direct.mjs" "$work/npm/project" "$work/plumb/project"
    fresh_copy isolated "$work/plumb/project/package-lock.json"
    must "plumb install" isolated "$bin/plumb" install --linker isolated || { failed=1 && return; }
    try isolated node "$here/require_direct.mjs" "$work/npm/project" "$work/isolated/project"

    fresh_copy npm-ci "$work/npm/project/package-lock.json"
    fresh_copy plumb-ci "$work/npm/project/package-lock.json"
    npm_ci npm-ci || { failed=1 && return; }
    must "plumb ci" plumb-ci "$bin/plumb" ci || { failed=1 && return; }
    try ci node "$here/compare_trees.mjs" "$work/npm-ci/project" "$work/plumb-ci/project"

    fresh_copy npm-ci-plumb "$work/plumb/project/package-lock.json"
    try accepts check_accepts
    printf '%s' "$refusals"
    stop_server
    if [ "$keep" -eq 0 ]; then rm -rf "$work"/npm* "$work"/plumb* "$work/isolated" "$work/store"; fi
    if [ -s "$work/misses" ]; then
        echo "          not in the snapshot: $(sort -u "$work/misses" | head -n 5 | tr '\n' ' ')"
    fi
}

for project in "${projects[@]}"; do check_project "$project"; done
exit "$failed"
