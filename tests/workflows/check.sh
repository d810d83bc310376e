#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh ROOT: the workflow and action files, by yamllint and by our own rules.
set -euo pipefail
cd "$1"
for needed in python3 yamllint; do
    command -v "$needed" >/dev/null || {
        echo "skipped: $needed is not installed"
        exit 77
    }
done
python3 -c 'import yaml' 2>/dev/null || {
    echo "skipped: python3 has no yaml"
    exit 77
}
mapfile -t files < <(ls action.yml .github/workflows/*.yml .github/actions/*/action.yml docs/examples/*.yml)
yamllint --strict -d '{extends: default, rules: {document-start: disable, line-length: disable,
    truthy: {check-keys: false}, comments: {min-spaces-from-content: 1}}}' "${files[@]}"
python3 tests/workflows/check_workflows.py .
