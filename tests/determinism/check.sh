#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh: the same project and registry give the same lock and the same tree, 20 times out of 20,
# by 1, 2 and 16 workers and however the answers come (1 to 48 connections, and a random delay of
# each answer where Node.js can stand between). Hermetic. The order of answers alone, over every
# scenario of the resolver, is tests/unit/installer/resolve.
set -euo pipefail
bin=${PB_BIN:?PB_BIN names the folder of the programs}
work=$(mktemp -d)
server=
proxy=
clean_up() {
    [ -z "$proxy" ] || kill "$proxy" 2> /dev/null || true
    [ -z "$server" ] || kill "$server" 2> /dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT

wait_for() { # FILE PATTERN: prints what matches
    for _ in $(seq 600); do
        grep -oE "$2" "$1" && return
        sleep 0.05
    done
    echo "no $2 in $1" >&2
    return 1
}

"$bin/phasebench" synth -o "$work/registry" --packages 60 --files 400 --seed 7 > /dev/null
"$bin/phasebench" serve "$work/registry" --port 0 > "$work/serve" 2>&1 &
server=$!
url=$(wait_for "$work/serve" 'http://[0-9.]+:[0-9]+/')
: > "$work/proxy"
if command -v node > /dev/null; then
    # Passes bytes on; what comes back waits up to 20 ms, so answers overtake each other.
    node -e 'const net = require("net"), port = +process.argv[1]
        net.createServer(client => {
            const up = net.connect(port, "127.0.0.1")
            client.on("error", () => up.destroy()).pipe(up)
            up.on("error", () => client.destroy()).on("end", () => setTimeout(() => client.end(), 30))
            let last = 0
            up.on("data", data => {
                last = Math.max(last, Date.now() + Math.random() * 20)
                setTimeout(() => client.writable && client.write(data), last - Date.now())
            })
        }).listen(0, "127.0.0.1", function () { console.log("port " + this.address().port) })' \
        "$(grep -oE '[0-9]+/$' <<< "$url" | tr -d /)" > "$work/proxy" &
    proxy=$!
    delayed="http://127.0.0.1:$(wait_for "$work/proxy" '[0-9]+')/"
else
    echo "no node: answers are not delayed"
    delayed=$url
fi

# Paths, kinds, modes, link texts and contents of the tree, and the lock, without the address.
digest() { # FOLDER
    (cd "$1" && {
        find node_modules -printf '%p %y %m %l\n' | LC_ALL=C sort
        find node_modules -type f ! -name .package-lock.json -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
        sed -E 's|http://127.0.0.1:[0-9]+/||' package-lock.json node_modules/.package-lock.json
    } | sha256sum | cut -c 1-32)
}

first=
for run in $(seq 20); do
    workers=$(((run % 3 == 0) ? 16 : run % 3))
    sockets=$(((run % 4 == 0) ? 1 : run * 2))
    registry=$url
    [ $((run % 2)) -eq 0 ] || registry=$delayed
    rm -rf "$work/run"
    mkdir -p "$work/run/home"
    cp -R "$work/registry/project" "$work/run/project"
    (cd "$work/run/project" && env -i PATH="$PATH" HOME="$work/run/home" PLUMB_STORE="$work/run/store" \
        PLUMB_CACHE="$work/run/cache" npm_config_registry="$registry" npm_config_maxsockets="$sockets" \
        "$bin/plumb" install --silent --workers "$workers")
    now=$(digest "$work/run/project")
    first=${first:-$now}
    if [ "$now" != "$first" ]; then
        echo "run $run ($workers workers, $sockets connections): another lock or tree"
        exit 1
    fi
done
echo "20 of 20 the same: $first"
