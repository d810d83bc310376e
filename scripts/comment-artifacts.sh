#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# comment-artifacts.sh: the body of .github/actions/comment: a comment for each result folder among
# the downloaded artifacts. Every one is tried.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

: "${PB_ARTIFACTS:?}"
phasebench=${PB_PHASEBENCH:-$root/build/release/bin/phasebench}
found=0 status=0
# One artifact is unpacked into the folder itself, several into folders of their own.
for journal in "$PB_ARTIFACTS"/journal.jsonl "$PB_ARTIFACTS"/*/journal.jsonl; do
    [ -f "$journal" ] || continue
    found=$((found + 1))
    "$phasebench" comment "${journal%/journal.jsonl}" --candidate head --baseline base \
        --comment-on "${PB_COMMENT_ON:-changes}" \
        ${PB_REPRODUCE:+--reproduce "$PB_REPRODUCE"} || status=1
done
[ "$found" -gt 0 ] || die "comment: $PB_ARTIFACTS: no result folder: did the benchmark run?"
exit "$status"
