#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# action.sh: the body of action.yml. Inputs are PB_* variables, never parts of a command line: they
# may come from a pull request. Leaves the result folder, its summary and the number of the pull
# request; it fails for the answers in PB_FAIL_ON.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

: "${PB_MANAGER:?}" "${PB_BUILD:?}" "${PB_BINARY:?}" "${PB_OUT:?}" "${GITHUB_WORKSPACE:?}"
phasebench=${PB_PHASEBENCH:-$root/build/release/bin/phasebench}

# One option or value a line; no shell reads them.
run_options=()
while IFS= read -r line; do
    [ -z "$line" ] || run_options+=("$line")
done <<<"${PB_RUN_OPTIONS:-}"

status=0
scripts/revisions.sh --repo "$GITHUB_WORKSPACE" --manager "$PB_MANAGER" --build "$PB_BUILD" --binary "$PB_BINARY" \
    --base "${PB_BASE:-HEAD^1}" --out "$PB_OUT" -- "${run_options[@]}" || status=$?

case $status in
0) answer=passed ;;
1) answer=regression ;;
3) answer=invalid ;;
4) answer=inconclusive ;;
*) die "action: the benchmark could not be done (exit status $status)" ;;
esac
echo "answer=$answer" >>"${GITHUB_OUTPUT:-/dev/null}"

number=$(sed -n 's|^refs/pull/\([0-9]\{1,\}\)/merge$|\1|p' <<<"${GITHUB_REF:-}")
[ -z "$number" ] || echo "$number" >"$PB_OUT/pull_request_number"
"$phasebench" comment "$PB_OUT" --candidate head --baseline base --dry-run --max-bytes 1000000 \
    ${PB_REPRODUCE:+--reproduce "$PB_REPRODUCE"} >>"${GITHUB_STEP_SUMMARY:-/dev/null}"

say "phasebench: $answer"
[ "$answer" != passed ] || exit 0
case " ${PB_FAIL_ON:-regression invalid} " in
*" $answer "*) echo "::error::phasebench: $answer: see the summary" && exit 1 ;;
*) echo "::warning::phasebench: $answer: see the summary" ;;
esac
