# SPDX-License-Identifier: MIT
# The hosting side's limits: size, rate, failures. A lost answer makes no second comment.
. "$(dirname "$0")/lib.sh"

# Size: a report far over the limit loses its details first.
"$PB_BIN/make_journal" "$work/results" 60 7 1
start_hosting
on_github
expect_status 0
expect "len(ours[0]) <= 65536 and len(ours[0]) > 20000"
expect "'left out to fit' in ours[0] and ours[0].count('<details>') == ours[0].count('</details>')"
rm "$work/results/journal.jsonl"
"$PB_BIN/make_results" gate "$work/results"

# The hourly limit: waits for its end.
start_hosting '"limit": 2, "reset_s": 2'
on_github
expect_status 0
expect_log "rate limit"
expect "len(ours) == 1 and 403 in [r['status'] for r in s['log']]"

# A secondary limit with its time; then one that asks for too long.
start_hosting '"faults": [{"method": "POST", "status": 403, "headers": {"Retry-After": "1"}, "message": "You have exceeded a secondary rate limit"}]'
on_github
expect_status 0
expect "[w['status'] for w in writes] == [403, 201]"
start_hosting '"faults": [{"method": "POST", "status": 429, "headers": {"Retry-After": "3600"}}]'
on_github --max-wait 5s
expect_status 5
expect_log "it asks to wait 3600 s"
expect "len(writes) == 1"
# One that names no time gets a minute.
start_hosting '"faults": [{"status": 403, "message": "You have exceeded a secondary rate limit"}]'
on_github --max-wait 5s
expect_status 5
expect_log "it asks to wait 60 s"

# Servers that fail: once, and after the work was done.
start_hosting '"faults": [{"method": "GET", "status": 502}, {"method": "POST", "status": 503}]'
on_github
expect_status 0
expect "len(ours) == 1"
for answer in 500 0; do
    start_hosting "\"faults\": [{\"method\": \"POST\", \"status\": $answer, \"done\": true}]"
    on_github
    expect_status 0
    expect "len(ours) == 1 and len(writes) == 1"
done
start_hosting '"faults": [{"status": 500, "times": 99}]'
on_github --max-wait 3s
expect_status 5
expect_log "server error"
expect "len(bodies) == 0"
