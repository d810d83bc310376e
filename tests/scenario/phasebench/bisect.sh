# SPDX-License-Identifier: MIT
# A regression planted among 64 commits of a toy repository is found, with a commit that does not
# build in the way and an interruption. It is planted as requests, which any machine counts alike;
# among programs it is a sleep far beyond any noise.
command -v git >/dev/null || {
    echo "skipped: there is no git"
    exit 77
}
. "$(dirname "$0")/lib.sh"
export HOME="$work" GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example

# manager VARIABLE=VALUE: a fake manager that does so.
manager() { printf '#!/bin/sh\n%s exec "%s/fake_manager" "$@"\n' "$1" "$PB_BIN"; }

planted=41
broken=48
toy=$work/toy
git init -q -b main "$toy"
for number in $(seq 0 64); do
    mode=none
    [ "$number" -lt $planted ] || mode=asks_twice
    manager "FAKE_MODE=$mode" >"$toy/manager.sh"
    [ "$number" -ne $broken ] || echo "broken" >>"$toy/manager.sh"
    echo "$number" >"$toy/number"
    git -C "$toy" add .
    git -C "$toy" commit -q -m "commit $number"
    [ "$number" -ne $planted ] || first_bad=$(git -C "$toy" rev-parse HEAD)
done

# Once, while a commit in the middle is built, the search is interrupted.
cat >"$work/build.sh" <<'END'
number=$(cat number)
if [ -e "$STOP" ] && [ "$number" -gt 0 ] && [ "$number" -lt 64 ]; then
    rm "$STOP"
    kill -INT "$PPID"
fi
! grep -q broken manager.sh && cp manager.sh built && chmod +x built
END
export STOP="$work/stop"
touch "$STOP"
echo built >"$toy/.git/info/exclude"

bisect() {
    status=0
    "$PB_BIN/phasebench" bisect "$@" >"$work/found" 2>"$work/log" || status=$?
}
common="--manager fake --managers-dir $here/managers --snapshot $work/snapshot --phase p1"

# shellcheck disable=SC2086 # a list of words
bisect commits -C "$toy" --good main~64 --bad main --build ". $work/build.sh" --binary built \
    --metric requests_metadata $common
[ "$status" -eq 130 ] || fail "not interrupted: $status: $(tail -n 5 "$work/log")"
[ ! -e "$STOP" ] || fail "it was never in the middle"
bisect commits --resume "$toy/.git/phasebench-bisect"
[ "$status" -eq 1 ] || fail "exit status $status: $(tail -n 5 "$work/log")"
expect_in "$work/found" "first bad commit: $first_bad"
[ "$(git -C "$toy" symbolic-ref --short HEAD)" = main ] || fail "the checkout was not put back"
steps=$(find "$toy/.git/phasebench-bisect/steps" -name journal.jsonl | wc -l)
[ "$steps" -le 16 ] || fail "$steps commits were measured, which is no bisection"

# shellcheck disable=SC2086
bisect commits -C "$toy" --good main~64 --bad main~60 --build ". $work/build.sh" --binary built \
    --metric requests_metadata --out "$work/none" $common
[ "$status" -eq 4 ] || fail "nothing to find: exit status $status"
expect_in "$work/log" "nothing to search for"

# Among programs, by the clock.
for name in 1.0 1.1 1.2 2.0; do
    case $name in 1.[01]) ms=1 ;; *) ms=400 ;; esac
    manager "FAKE_SLEEP_MS=$ms" >"$work/manager-$name"
    echo "# $name" >>"$work/manager-$name"
    chmod +x "$work/manager-$name"
done
# shellcheck disable=SC2086
bisect binaries "$work/manager-1.0" "$work/manager-1.1" "$work/manager-1.2" "$work/manager-2.0" \
    --out "$work/programs" $common
[ "$status" -eq 1 ] || fail "exit status $status: $(tail -n 5 "$work/log")"
expect_in "$work/found" "first bad: 002-manager-1.2"
bisect binaries --resume "$work/programs"
expect_in "$work/found" "first bad: 002-manager-1.2"
