# SPDX-License-Identifier: MIT
# ./dev revisions and the bodies of the actions: two revisions of a toy package manager are built,
# measured and judged; the results are ready to be posted by a second workflow.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"
command -v git >/dev/null || {
    echo "skipped: git is not installed"
    exit 77
}
unset GITHUB_ACTIONS GITHUB_EVENT_PATH GITHUB_REF GITLAB_CI
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null PB_PHASEBENCH="$PB_BIN/phasebench"
cp -r "$PB_SRC/scripts" "$work/scripts" # logs of its steps land beside it
tool=$work/tool
git init -q "$tool"
git -C "$tool" config user.email tester@example.invalid
git -C "$tool" config user.name tester
commit() { # VERSION
    printf '#!/bin/sh\n[ "$1" != --version ] || { echo %s; exit; }\nexec "%s/fake_manager" "$@"\n' "$1" "$PB_BIN" >"$tool/source"
    git -C "$tool" add source
    git -C "$tool" commit -q -m "$1"
}
commit 1.0.0
commit 2.0.0
build='mkdir -p out && install -m 755 source out/tool'
options="--snapshot $work/snapshot --managers-dir $here/managers --phases p1 --rounds 2 --linger 300ms"

revisions() {
    status=0
    "$work/scripts/revisions.sh" --repo "$tool" --manager fake --build "$build" --binary out/tool "$@" \
        >"$work/log" 2>&1 || status=$?
}
# Two rounds are too few for an answer; a loaded machine may disturb them.
expect_answer() { [ "$status" -eq 4 ] || [ "$status" -eq 3 ] || fail "exit status $status"; }

# The working tree against its parent.
# shellcheck disable=SC2086 # several options
revisions --out "$work/out" -- $options
expect_answer
grep '"type":"arm"' "$work/out/journal.jsonl" >"$work/arms"
expect_in "$work/arms" '"version":"2.0.0"'
expect_in "$work/arms" '"version":"1.0.0"'
[ "$(git -C "$tool" worktree list | wc -l)" -eq 1 ] || fail "a working tree was left behind"

# The other way round, by name.
rm -rf "$work/out"
# shellcheck disable=SC2086
revisions --head HEAD^1 --base HEAD --out "$work/out" -- $options
expect_answer
grep '"name":"head"' "$work/out/journal.jsonl" | grep -qF '"version":"1.0.0"' || fail "head is another revision"

build=false revisions --out "$work/none"
[ "$status" -eq 1 ] || fail "a build that fails exits $status"
expect_in "$work/log" "build base"
build=true revisions --out "$work/none"
expect_in "$work/log" "no program at out/tool"
revisions --base nowhere --out "$work/none"
expect_in "$work/log" "no revision nowhere"
[ "$(git -C "$tool" worktree list | wc -l)" -eq 1 ] || fail "a failure left a working tree behind"

# The body of the action. An option with a command in it stays an option.
export PB_MANAGER=fake PB_BUILD="$build" PB_BINARY=out/tool PB_OUT="$work/action" GITHUB_WORKSPACE="$tool"
export GITHUB_REF=refs/pull/12/merge GITHUB_OUTPUT="$work/output" GITHUB_STEP_SUMMARY="$work/summary"
PB_RUN_OPTIONS=$(printf '%s\n' $options --title '$(touch '"$work"'/escaped) "quoted"')
export PB_RUN_OPTIONS
status=0
"$work/scripts/action.sh" >"$work/log" 2>&1 || status=$?
case $(cat "$work/output") in
answer=inconclusive) expect_status 0 && expect_in "$work/log" "::warning::" ;;
answer=invalid) [ "$status" -eq 1 ] && expect_in "$work/log" "::error::" ;;
*) fail "another answer: $(cat "$work/output")" ;;
esac
[ ! -e "$work/escaped" ] || fail "an option was run as a command"
[ "$(cat "$work/action/pull_request_number")" = 12 ] || fail "the number of the pull request is missing"
expect_in "$work/summary" '`head` against `base`'
PB_FAIL_ON="regression invalid inconclusive" PB_OUT="$work/action2" "$work/scripts/action.sh" >"$work/log" 2>&1 &&
    fail "PB_FAIL_ON has no effect"
expect_in "$work/log" "::error::"

# The body of the second workflow's action, without a network: it finds each result folder.
cat >"$work/poster" <<'POSTER'
#!/bin/sh
echo "$@" >>"$0.log"
[ "${2##*/}" != action2 ]
POSTER
chmod +x "$work/poster"
mkdir "$work/artifacts"
mv "$work/action" "$work/action2" "$work/artifacts"
status=0
PB_ARTIFACTS="$work/artifacts" PB_PHASEBENCH="$work/poster" "$work/scripts/comment-artifacts.sh" || status=$?
[ "$status" -eq 1 ] || fail "a comment that failed was not told: $status"
[ "$(grep -c '^comment .*--comment-on changes' "$work/poster.log")" -eq 2 ] || fail "not every folder was posted"
status=0
PB_ARTIFACTS="$work/none" "$work/scripts/comment-artifacts.sh" 2>"$work/log" || status=$?
[ "$status" -eq 1 ] || fail "no artifact at all is fine"
expect_in "$work/log" "no result folder"
