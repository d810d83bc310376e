#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# build.sh [PRESET]
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

preset=${1:-dev}
groups=(build)
[ "$preset" = release ] || groups+=(test)
scripts/setup.sh "${groups[@]}"
build_preset "$preset"
say "programs: build/$preset/bin/"
