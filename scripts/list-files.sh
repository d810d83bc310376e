#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# list-files.sh [REGEX]: the project's own files, without what .gitignore names. Works without git.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

list() {
    if [ -e .git ] && git ls-files --cached --others --exclude-standard --deduplicate 2>/dev/null; then
        return
    fi
    find . \( -name .git -o -name build -o -name .cache -o -name node_modules \
        -o -name phasebench-results \) -prune -o -type f -printf '%P\n'
}
list | grep -E -- "${1:-.}" | while IFS= read -r file; do
    if [ -f "$file" ]; then printf '%s\n' "$file"; fi
done | sort
