# SPDX-License-Identifier: MIT
# A note on a merge request of GitLab, by the environment of the job.
. "$(dirname "$0")/lib.sh"

export GITLAB_CI=true CI_PROJECT_PATH=owner/name CI_MERGE_REQUEST_IID=12 CI_COMMIT_SHA=$head
others='"others": [["mallory", "<!-- phasebench:default:linux-x64 -->\nforged", 1], ["reviewer", "fine", 130]]'
start_hosting "\"host\": \"gitlab\", \"login\": \"project_bot\", $others"
comment
expect_status 0
expect_log created
comment
expect_log unchanged
comment --candidate base --baseline head
expect_status 0
expect_log updated
expect "len(ours) == 2 and writes[-1]['method'] == 'PUT'"
expect "s['comments'][-1]['author']['username'] == 'project_bot'"

CI_COMMIT_SHA=ffff comment
expect_status 5
expect_log "merge request 12"

start_hosting '"host": "gitlab", "login": "b", "faults": [{"method": "POST", "status": 429, "headers": {"Retry-After": "1"}}]'
comment
expect_status 0
expect "len(ours) == 1"
