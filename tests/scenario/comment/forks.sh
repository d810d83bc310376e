# SPDX-License-Identifier: MIT
# The second workflow: the artifact of a fork's job names the pull request, the event its commit.
. "$(dirname "$0")/lib.sh"

export GITHUB_ACTIONS=true GITHUB_REPOSITORY=owner/name GITHUB_EVENT_PATH="$work/event.json"
export GITHUB_SERVER_URL=https://hosting.example GITHUB_RUN_ID=99
event() { # HEAD_SHA [PULL_REQUESTS]
    cat >"$work/event.json" <<JSON
{"action": "completed", "workflow_run": {"head_sha": "$1", "pull_requests": [${2:-}],
 "html_url": "https://hosting.example/owner/name/actions/runs/7"}}
JSON
}

start_hosting
event "$head"
comment
expect_status 2 # no number anywhere
echo 12 >"$work/results/pull_request_number"
comment
expect_status 0
expect_log created
expect "'actions/runs/7' in ours[0] and '\`0123456\`' in ours[0]"

# The number of somebody else's pull request, or a run that is out of date.
event ffffffffffffffffffffffffffffffffffffffff
comment
expect_status 5
expect_log "its head is 0123456789ab"
echo 13 >"$work/results/pull_request_number"
event "$head"
comment
expect_status 5
expect "len(ours) == 1 and len(writes) == 1"

# What is no number.
for text in '12; rm -rf' -1 12345678901234567890 '' 0; do
    printf '%s' "$text" >"$work/results/pull_request_number"
    comment
    expect_status 5
    expect_log "not a number"
done
# Without a commit from the event, the artifact's word is not enough.
echo 12 >"$work/results/pull_request_number"
echo '{}' >"$work/event.json"
comment
expect_status 2
expect_log "--head-sha"
rm "$work/results/pull_request_number"
ln -s /etc/hostname "$work/results/pull_request_number"
comment
[ "$status" -ne 0 ] || fail "a link was followed"

# The event of the first workflow has the number itself.
rm "$work/results/pull_request_number"
echo "{\"pull_request\": {\"number\": 12, \"head\": {\"sha\": \"$head\"}}}" >"$work/event.json"
comment --candidate base --baseline head
expect_status 0
expect_log updated
expect "'actions/runs/99' in ours[0]"

# A journal that is a link, and one that is written to deceive.
mv "$work/results/journal.jsonl" "$work/journal"
ln -s "$work/journal" "$work/results/journal.jsonl"
comment
expect_status 5
expect_log "not a file"
rm "$work/results/journal.jsonl"
sed -e 's/"head"/"x|@everyone <img src=x onerror=y> [a](https:\/\/evil.example) #1 `b`"/g' \
    -e 's/"platform":"[^"]*"/"platform":"--> ## @all"/' -e 's/"title":"[^"]*"/"title":"<!-- \\n\\n\/close"/' \
    "$work/journal" >"$work/results/journal.jsonl"
start_hosting
comment
expect_status 0
expect "ours[0].count('-->') == 1 and '\n/close' not in ours[0]"
# Outside of code nothing of it is markup, a mention or a link.
for text in '@everyone' '@all' '<img' '[a](' 'https://evil' '#1 ' 'x|'; do
    expect "all('$text' not in part for part in ours[0].split('\`')[::2])"
done
