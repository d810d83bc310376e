# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Sourced by every script here: the root folder, messages, and steps that are quiet on success.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
log_dir=$root/build/log
jobs=${PB_JOBS:-$(getconf _NPROCESSORS_ONLN)}
export LC_ALL=C.UTF-8
cd "$root"

say() { printf '%s\n' "$*"; }
die() {
    printf 'dev: %s\n' "$*" >&2
    exit 1
}

# The last line of a log, printable and short.
last_line() { tail -n 1 -- "$1" 2>/dev/null | tr -d '\r' | tr -c '[:print:]' ' ' | cut -c 1-100; }

# Waits for $1 with a sign of life: one moving line on a terminal, else a line twice a minute.
watch_step() {
    local pid=$1 label=$2 log=$3 began=$SECONDS shown=0 elapsed
    while kill -0 "$pid" 2>/dev/null; do
        sleep 0.1
        elapsed=$((SECONDS - began))
        [ "$elapsed" -gt "$shown" ] || continue
        if [ -t 1 ]; then
            printf '\r\033[K  %s: %d s: %s' "$label" "$elapsed" "$(last_line "$log" | cut -c 1-50)"
            shown=$elapsed
        elif [ $((elapsed - shown)) -ge 30 ]; then
            say "  ... $label: $elapsed s: $(last_line "$log")"
            shown=$elapsed
        fi
    done
    if [ -t 1 ]; then printf '\r\033[K'; fi
}

# step LABEL COMMAND...: runs it with its output in a log that is shown only on failure.
step() {
    local label=$1 began=$SECONDS log pid status=0
    shift
    mkdir -p "$log_dir"
    log=$log_dir/$(tr -cs 'A-Za-z0-9\n' '-' <<<"$label").log
    "$@" >"$log" 2>&1 </dev/null &
    pid=$!
    # shellcheck disable=SC2064 # the pid of now is meant
    trap "kill $pid 2>/dev/null; exit 130" INT TERM
    watch_step "$pid" "$label" "$log"
    wait "$pid" || status=$?
    trap - INT TERM
    if [ "$status" -ne 0 ]; then
        tail -n "${PB_LOG_LINES:-120}" -- "$log" >&2
        printf 'dev: failed: %s: exit status %d: the whole log is %s\n' "$label" "$status" \
            "${log#"$root"/}" >&2
        return "$status"
    fi
    say "ok  $label ($((SECONDS - began)) s)"
}

configure() { cmake --preset "$1"; }
compile() { cmake --build --preset "$1" --parallel "$jobs"; }

# Always configures: new folders are found only then.
build_preset() {
    step "configure $1" configure "$1"
    step "build $1" compile "$1"
}
