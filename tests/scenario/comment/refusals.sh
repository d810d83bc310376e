# SPDX-License-Identifier: MIT
# What is refused, and that the reasons help. The token is in no message.
. "$(dirname "$0")/lib.sh"

start_hosting '"read_only": true'
on_github
expect_status 5
expect_log "Resource not accessible by integration"
expect_log "second workflow"
expect "len(writes) == 1" # not repeated

start_hosting
GITHUB_TOKEN=wrong on_github
expect_status 5
expect_log "Bad credentials"
GITHUB_TOKEN='' on_github
expect_status 2
expect_log "set GITHUB_TOKEN"
GITHUB_TOKEN="$(printf '%s\r\nX-Injected: 1' "$token")" on_github
expect_status 2
expect_log "no token has"

# A server that sends the token back.
start_hosting "\"faults\": [{\"method\": \"POST\", \"status\": 400, \"message\": \"bad token $token\"}]"
on_github
expect_status 5
expect_log "bad token ****"

# Never over plain http to another machine; never after a redirect.
url=http://hosting.example
on_github
expect_status 2
expect_log "only go over https"
start_hosting '"faults": [{"status": 301, "headers": {"Location": "http://127.0.0.1:9/"}, "message": ""}]'
on_github
expect_status 5
expect_log "301"

start_hosting
comment --host github --repo 'owner/name?x=1' --pull-request 12
expect_status 2
comment --host github --repo owner/name
expect_status 2
expect_log "--pull-request"
comment --repo owner/name --pull-request 12
expect_status 2
expect_log "--host"
on_github --candidate nobody
expect_status 2
expect "len(s['log']) == 0"
