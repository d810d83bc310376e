# SPDX-License-Identifier: MIT
# For the scenarios: a made result folder, a hosting side, and questions to it.
set -eu
: "${PB_BIN:?}" "${PB_SRC:?}"
command -v python3 >/dev/null || {
    echo "skipped: the fake hosting side needs python3"
    exit 77
}
work=$(mktemp -d)
clean() {
    stop_hosting
    rm -rf "$work"
}
trap clean EXIT
token=secret-token-4711
head=0123456789abcdef0123456789abcdef01234567
# Nothing of the job that runs this test.
unset GITHUB_ACTIONS GITHUB_EVENT_PATH GITHUB_REPOSITORY GITHUB_API_URL GITLAB_CI CI_API_V4_URL
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
export GITHUB_TOKEN=$token GITLAB_TOKEN=$token

"$PB_BIN/make_results" gate "$work/results"

fail() {
    echo "FAILED: $*" >&2
    [ ! -f "$work/log" ] || tail -c 3000 "$work/log" >&2
    [ ! -f "$work/port" ] || state 'print(json.dumps(s["log"], indent=1))' >&2
    exit 1
}

hosting_pid=
stop_hosting() {
    [ -n "$hosting_pid" ] || return 0
    exec 8>&-
    wait "$hosting_pid" 2>/dev/null || true
    hosting_pid=
    rm -f "$work/port" "$work/alive"
}

# start_hosting [CONFIG]: JSON without the braces; see fake_hosting.py.
start_hosting() {
    stop_hosting
    mkfifo "$work/alive"
    python3 "$PB_SRC/tests/support/fake_hosting.py" "$work/port" \
        "{\"token\": \"$token\", \"head\": \"$head\"${1:+, $1}}" <"$work/alive" &
    hosting_pid=$!
    exec 8>"$work/alive"
    for _ in $(seq 200); do
        [ ! -f "$work/port" ] || break
        sleep 0.05
    done
    [ -f "$work/port" ] || fail "the hosting side did not start"
    url=http://127.0.0.1:$(cat "$work/port")
}

# comment OPTIONS...: output in $work/log, status in $status. The token is in neither.
comment() {
    status=0
    "$PB_BIN/phasebench" comment "$work/results" --api-url "$url" "$@" >"$work/log" 2>&1 8>&- || status=$?
    ! grep -q "$token" "$work/log" || fail "the token was printed"
}

on_github() { comment --host github --repo owner/name --pull-request 12 --head-sha "$head" "$@"; }

expect_status() { [ "$status" -eq "$1" ] || fail "exit status $status, expected $1"; }
expect_log() { grep -qF -- "$1" "$work/log" || fail "no such output: $1"; }

# state PYTHON: a statement about the hosting side's state s.
state() {
    python3 -c "
import json, sys, urllib.request
s = json.load(urllib.request.urlopen('http://127.0.0.1:' + open('$work/port').read() + '/_state'))
bodies = [c['body'] for c in s['comments']]
ours = [b for b in bodies if b.startswith('<!-- phasebench:')]
writes = [r for r in s['log'] if r['method'] != 'GET']
$1"
}

# expect CONDITION: a Python expression.
expect() { state "sys.exit(0 if ($1) else 1)" || fail "does not hold: $1"; }
