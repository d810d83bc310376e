# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Sourced by the comparisons with npm: programs, a folder to work in, the replayed registry, both
# managers with homes of their own. Sets here, root, bin, work, failed; the caller may set base (where
# to work), keep (1: leave the folder) and sets source (the project) before fresh_copy.
# shellcheck disable=SC2034 # some are for the caller
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
bin=${PB_BIN:-$root/build/release/bin}
failed=0
: "${base:=}" "${keep:=0}" "${source:=}"

die() {
    echo "${0##*/}: $1" >&2
    exit 2
}
skip() {
    echo "skipped: $1"
    exit 77
}

for program in npm node; do
    command -v $program > /dev/null || skip "no $program: it is the oracle here"
done
for program in plumb phasebench; do
    [ -x "$bin/$program" ] || die "no $bin/$program: build first (PB_BIN names another folder)"
done
# A project inside another one would find that one's packages.
work=$(mktemp -d "${base:-${TMPDIR:-/tmp}}/oracle-npm.XXXXXX")
server=
proxy=
clean_up() {
    stop_server
    if [ "$keep" -eq 1 ]; then echo "kept: $work"; else rm -rf "$work"; fi
}
trap clean_up EXIT
mkdir -p "$work/home"

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
# For snapshots that were recorded without npm, which asks for full metadata alone.
start_proxy() { # sets registry
    node "$here/abbreviated_proxy.mjs" "$registry" > "$work/proxy" 2> "$work/abbreviated" &
    proxy=$!
    for _ in $(seq 100); do
        [ -s "$work/proxy" ] && registry=$(cat "$work/proxy") && return
        sleep 0.1
    done
    die "abbreviated_proxy.mjs: no address"
}
stop_server() {
    if [ -n "$proxy" ]; then
        kill "$proxy" 2> /dev/null || true
        wait "$proxy" 2> /dev/null || true
        proxy=
    fi
    [ -n "$server" ] || return 0
    kill "$server" 2> /dev/null || true
    wait "$server" 2> /dev/null || true
    server=
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
    head -n 30 "$work/log" | sed 's/^/    /'
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

problems() { # TREE: what `npm ls` finds wrong, one a line
    clean_run "$1" npm ls --all --json --loglevel=silent > "$work/ls" 2> /dev/null || true
    node -p 'const ls = JSON.parse(require("fs").readFileSync(0)); (ls.problems ?? []).map(p =>
        p.replace(/[^ ]*\/project\//g, "")).sort().join("\n")' < "$work/ls"
}
check_ls() {
    problems npm > "$work/ls-npm"
    problems plumb > "$work/ls-plumb"
    diff "$work/ls-npm" "$work/ls-plumb" > "$work/ls-diff" || {
        cat "$work/ls-diff"
        echo "npm ls --all finds other problems than in npm's tree"
        return 1
    }
    local n
    n=$(grep -c . "$work/ls-plumb" || true)
    cat "$work/ls-plumb"
    echo "npm ls --all: $n problems, in npm's tree the same"
}
# npm refuses some locks that it has written itself (optional packages that the registry lacks):
# then `npm install` from that lock is the oracle.
npm_ci() { # TREE
    if clean_run "$1" npm ci > "$work/log" 2>&1; then return; fi
    grep -oE '(Missing|Invalid): .*' "$work/log" | sort -u > "$work/refused-$1" || true
    refusals+="          npm ci refuses the lock of $1, npm install takes its place: "
    refusals+="$(grep -m 1 -oE '(Missing|Invalid): .*' "$work/log" || tail -n 1 "$work/log")"$'\n'
    cp "$work/$1/project/package-lock.json" "$work/lock"
    must "npm install from the lock" "$1" npm install || return 1
    cp "$work/lock" "$work/$1/project/package-lock.json" # it drops what is extraneous
}
