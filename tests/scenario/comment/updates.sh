# SPDX-License-Identifier: MIT
# One comment, found by its first line and its author on any page, and brought up to date.
. "$(dirname "$0")/lib.sh"

# Somebody else's comment with our marker, and 250 others: ours is on the third page.
forged='["mallory", "<!-- phasebench:default:linux-x64 -->\nforged", 1]'
start_hosting "\"login\": \"bench-bot\", \"others\": [$forged, [\"reviewer\", \"fine\", 250]]"
on_github
expect_status 0
expect_log created
expect "len(bodies) == 252 and len(ours) == 2"
expect "bodies[0].endswith('forged')"
expect "bodies[251].startswith('<!-- phasebench:default:linux-x64 -->\n## ')"
expect "'**Worse**: \`p1_resolve\` (+10' in bodies[251]"
expect "len([r for r in s['log'] if r['path'].endswith('/comments') and r['method'] == 'GET']) == 3"

on_github
expect_status 0
expect_log unchanged
expect "len(writes) == 1"

on_github --candidate base --baseline head
expect_status 0
expect_log updated
expect "len(bodies) == 252 and '**Better**: \`p1_resolve\`' in bodies[251]"
expect "writes[-1]['method'] == 'PATCH'"

# Another id is another comment.
on_github --id nightly
expect_log created
expect "len(ours) == 3"

# The token of a job is no user.
start_hosting
on_github
expect_status 0
expect "s['comments'][0]['user']['login'] == 'github-actions[bot]'"
on_github
expect_log unchanged

# The comment is deleted between finding and writing.
start_hosting '"faults": [{"method": "PATCH", "status": 404, "message": "Not Found"}]'
on_github
on_github --candidate base --baseline head
expect_status 0
expect_log updated
expect "len(ours) == 1"
