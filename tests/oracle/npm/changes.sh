#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# changes.sh [--snapshots DIR] [--work DIR] [--keep] [--abbreviated] [PROJECT...]: locks of plumb against
# npm's, to the byte, from recorded snapshots (see check.sh):
#   fresh    `plumb resolve --full-metadata` without a lock
#   add      one package to npm's lock, for three packages that are there already for others
#   remove   one direct dependency from it, for three
#   update   one direct dependency of a lock that is as old as the snapshot allows, for three
#   version  npm's locks of version 1 and 2: `plumb ci` against `npm ci`; 2 stays 2 through an add
# Exits 1 when anything differs, 77 without npm.
# shellcheck source=tests/oracle/npm/options.sh
. "$(dirname "${BASH_SOURCE[0]}")/options.sh"
read -ra old_dates <<< "${PB_OLD_DATES:-2026-05-01 2026-08-01 2026-10-01 2026-11-01 2026-11-14 2026-11-18 2026-11-21 2026-11-24}"

# Three of the lines of stdin, spread evenly.
spread() {
    mapfile -t lines
    local n=${#lines[@]}
    for i in 1 3 5; do [ "$n" -gt 0 ] && echo "${lines[$((n * i / 6))]}"; done | sort -u
}
names() { # LOCK direct|others
    node -e '
        const { packages } = JSON.parse(require("fs").readFileSync(process.argv[1]))
        const root = packages[""]
        const direct = Object.keys({ ...root.dependencies, ...root.devDependencies }).filter(n => packages["node_modules/" + n] && !packages["node_modules/" + n].link)
        const top = Object.keys(packages).map(p => /^node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(p)?.[1])
        const others = top.filter(n => n && !direct.includes(n) && !packages["node_modules/" + n].optional && !packages["node_modules/" + n].link && !packages["node_modules/" + n].name)
        console.log((process.argv[2] === "direct" ? direct : others).join("\n"))' "$1" "$2"
}

same_locks() { # TREE TREE: also package.json
    local a=$work/$1/project b=$work/$2/project
    if ! cmp -s "$a/package.json" "$b/package.json"; then
        diff "$a/package.json" "$b/package.json" | head -n 20
        echo "package.json differs"
        return 1
    fi
    if cmp -s "$a/package-lock.json" "$b/package-lock.json"; then
        echo "$(wc -c < "$a/package-lock.json") bytes the same"
        return 0
    fi
    diff "$a/package-lock.json" "$b/package-lock.json" | head -n 30
    echo "$(diff "$a/package-lock.json" "$b/package-lock.json" | grep -c '^[<>]') lines differ"
    return 1
}

# Both managers do the same to copies of a lock.
change() { # WHAT LOCK NPM-COMMAND PLUMB-COMMAND SPEC
    local what=$1 lock=$2 npm_command=$3 plumb_command=$4 spec=$5
    fresh_copy npm-change ${lock:+"$lock"}
    fresh_copy plumb-change ${lock:+"$lock"}
    # shellcheck disable=SC2086 # commands of several words
    must "npm $npm_command $spec" npm-change npm $npm_command $spec --package-lock-only || { failed=1 && return; }
    # shellcheck disable=SC2086
    must "plumb $plumb_command $spec" plumb-change "$bin/plumb" $plumb_command $spec --package-lock-only --full-metadata ||
        { failed=1 && return; }
    try "$what" same_locks npm-change plumb-change
}

# A snapshot has what was current when it was recorded, and of old packages only the metadata.
make_old_lock() {
    local date
    for date in "${old_dates[@]}"; do
        fresh_copy old
        clean_run old npm install --package-lock-only --before "$date" > "$work/log" 2>&1 || continue
        cp "$work/old/project/package-lock.json" "$work/old-lock"
        echo "          updates start from what was current at $date"
        return 0
    done
    return 1
}

# Its own lines are few: the tree is what matters.
check_version() { # VERSION
    fresh_copy made
    must "npm install --lockfile-version $1" made npm install --package-lock-only --lockfile-version "$1" || return 1
    cp "$work/made/project/package-lock.json" "$work/lock-$1"
    fresh_copy "npm-v$1" "$work/lock-$1"
    fresh_copy "plumb-v$1" "$work/lock-$1"
    npm_ci "npm-v$1" || return 1
    must "plumb ci" "plumb-v$1" "$bin/plumb" ci || return 1
    cmp "$work/lock-$1" "$work/plumb-v$1/project/package-lock.json" || return 1
    node "$here/compare_trees.mjs" "$work/npm-v$1/project" "$work/plumb-v$1/project"
}

for project in "${projects[@]}"; do
    [ -d "$snapshots/$project" ] || die "no snapshot $snapshots/$project: run check.sh $project first"
    source=$root/fixtures/projects/$project
    refusals=
    start_server "$snapshots/$project"
    if [ "$abbreviated" -eq 1 ]; then start_proxy; fi
    echo "$project:"
    change fresh "" install resolve ""
    cp "$work/npm-change/project/package-lock.json" "$work/new-lock"
    for name in $(names "$work/new-lock" others | spread); do change "add $name" "$work/new-lock" install add "$name"; done
    for name in $(names "$work/new-lock" direct | spread); do
        change "remove $name" "$work/new-lock" uninstall remove "$name"
    done
    if make_old_lock; then
        for name in $(names "$work/old-lock" direct | spread); do
            change "update $name" "$work/old-lock" update update "$name"
        done
    else
        echo "          no update: the snapshot lacks what was current at ${old_dates[*]}"
    fi
    try "version 1" check_version 1
    try "version 2" check_version 2
    change "add to 2" "$work/lock-2" install add "$(names "$work/lock-2" others | spread | head -n 1)"
    printf '%s' "$refusals"
    stop_server
    if [ -s "$work/misses" ]; then
        echo "          not in the snapshot: $(sort -u "$work/misses" | head -n 5 | tr '\n' ' ')"
    fi
done
exit "$failed"
