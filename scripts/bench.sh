#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# bench.sh [--project NAME] [RUN OPTIONS]: compares the package managers at hand.
# Without --project the project is a synthetic one, made once; with it, fixtures/projects/NAME,
# whose registry snapshot is recorded once (that needs a registry).
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

phasebench=${PB_PHASEBENCH:-$root/build/release/bin/phasebench}
snapshots=${PB_SNAPSHOTS:-$root/.cache/snapshots}
native_managers=(bun utoo pnpm)

# make_snapshot NAME COMMAND...: runs `COMMAND... -o DIR` unless it is there; all or nothing.
make_snapshot() {
    local name=$1 dir=$snapshots/$1
    shift
    [ -d "$dir" ] && return
    mkdir -p "$snapshots"
    rm -rf "$dir.part"
    step "make snapshot $name" "$@" -o "$dir.part"
    mv "$dir.part" "$dir"
}

projects() { find fixtures/projects -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | tr '\n' ' '; }

fetch_managers() {
    local name
    for name in "${native_managers[@]}"; do
        PB_LOG_LINES=1 step "fetch $name" "$phasebench" managers fetch "$name" ||
            say "--  $name is left out unless it is on PATH"
    done
}

project=
args=()
while [ $# -gt 0 ]; do
    case $1 in
    --project)
        [ $# -ge 2 ] || die "bench: --project needs a name: $(projects)"
        project=$2
        shift
        ;;
    --project=*) project=${1#--project=} ;;
    *) args+=("$1") ;;
    esac
    shift
done
if [ -n "$project" ] && [ ! -d "fixtures/projects/$project" ]; then
    die "bench: no such project: $project: there are: $(projects)"
fi

if [ -z "${PB_PHASEBENCH:-}" ]; then
    scripts/setup.sh build
    build_preset release
fi
case " ${args[*]} " in
*" --help "* | *" -h "*) exec "$phasebench" run --help ;;
esac
# Read by phasebench and plumb; without it they run on what is at hand.
if npm_config_registry=$(scripts/npm-registry.sh 2>/dev/null); then export npm_config_registry; fi
fetch_managers
if [ -n "$project" ]; then
    make_snapshot "$project" "$phasebench" record "fixtures/projects/$project"
    exec "$phasebench" run "fixtures/projects/$project" --snapshot "$snapshots/$project" "${args[@]}"
fi
make_snapshot synthetic "$phasebench" synth
exec "$phasebench" run --snapshot "$snapshots/synthetic" "${args[@]}"
