# SPDX-License-Identifier: MIT
# --comment-on: silence where nothing changed, but a comment that is there is never left stale.
. "$(dirname "$0")/lib.sh"

start_hosting
on_github --comment-on regressions --candidate base --baseline head # faster
expect_status 0
expect_log "not wanted"
expect "len(bodies) == 0"
on_github --comment-on changes --candidate base --baseline head
expect_log created
on_github --comment-on regressions # slower
expect_log updated
expect "'🔴' in ours[0]"
on_github --comment-on regressions --candidate base --baseline head
expect_log updated
expect "'🔴' not in ours[0]"

# A run that only compares has no candidate: nothing to judge.
rm "$work/results/journal.jsonl"
"$PB_BIN/make_results" compare "$work/results"
start_hosting
on_github --comment-on changes --baseline limit
expect_log "not wanted"
on_github --comment-on always --baseline limit
expect_log created
expect "'shortest median' in ours[0]"
