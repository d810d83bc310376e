# SPDX-License-Identifier: MIT
# --comment-on: silence where nothing changed, but a comment that is there is never left stale.
. "$(dirname "$0")/lib.sh"

quiet="--candidate limit --baseline limit"
start_hosting
on_github --comment-on regressions --candidate utoo --baseline utoo-next # faster
expect_status 0
expect_log "not wanted"
expect "len(bodies) == 0"
on_github --comment-on changes --candidate utoo --baseline utoo-next
expect_log created
on_github --comment-on regressions # slower
expect_log updated
expect "'🔴' in ours[0]"
on_github --comment-on regressions --candidate utoo --baseline utoo-next
expect_log updated
expect "'🔴' not in ours[0]"

# No candidate: nothing to judge.
start_hosting
# shellcheck disable=SC2086 # two options
on_github --comment-on changes $quiet
expect_log "not wanted"
# shellcheck disable=SC2086
on_github --comment-on always $quiet
expect_log created
