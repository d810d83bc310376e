# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For sourcing, with $root set: a browser and its driver. Sets and exports PB_CHROMIUM and
# PB_BROWSER_MODULES (build/browser, into which axe-core and playwright-core come from the npm
# registry); returns 1 with the reason in $missing where they cannot be had.
find_browser() {
    local work=${root:?}/build/browser
    PB_CHROMIUM=${PB_CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
    PB_BROWSER_MODULES=$work
    export PB_CHROMIUM PB_BROWSER_MODULES
    missing="no chromium: apt-get install chromium"
    [ -n "$PB_CHROMIUM" ] || return 1
    missing="no node"
    command -v node > /dev/null || return 1
    mkdir -p "$work"
    cp "$root/tests/browser/package.json" "$work/"
    [ -d "$work/node_modules/axe-core" ] && [ -d "$work/node_modules/playwright-core" ] && return 0
    # shellcheck disable=SC2034 # for the caller
    missing="axe-core and playwright-core could not be installed: see $work/npm.log"
    (cd "$work" && npm install --no-audit --no-fund --ignore-scripts --no-package-lock > npm.log 2>&1)
}
