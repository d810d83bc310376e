#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# at_level.sh LEVEL PROGRAM: runs an oracle test with the privileges of one level:
#   own        whatever the caller has
#   caps       nobody, with cap_bpf and cap_perfmon
#   delegated  as caps, with cap_net_admin and a cgroup of its own
#   none       nobody, without capabilities
# All but "own" need root to drop from; without it, or where root cannot load BPF programs itself,
# the test is skipped (77).
set -euo pipefail
level=$1 program=$2
export PB_ORACLE_LEVEL=$level

skip() {
    echo "skipped: $*"
    exit 77
}
as_nobody() { exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
has_probe() { "$PB_BIN/phasebench" list probes | grep -qE "^$1 .* here "; }

# nobody must be able to read the build tree
readable() { setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$program"; }

[ "$level" = own ] && exec "$program"
[ "$(id -u)" = 0 ] || skip "only root can drop to level $level"
readable || skip "the build folder cannot be read by others"
[ "$level" = none ] && as_nobody --inh-caps=-all --bounding-set=-all "$program"
has_probe process || skip "BPF programs cannot be loaded here"

case $level in
caps)
    as_nobody --inh-caps=-all,+bpf,+perfmon --ambient-caps=-all,+bpf,+perfmon "$program"
    ;;
delegated)
    has_probe cgroup || skip "no cgroup can be made here"
    mount=$(awk '$0 ~ / - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
    own=$(sed -n 's/^0:://p' /proc/self/cgroup)
    group="$mount${own%/}/oracle-$$"
    mkdir "$group"
    trap 'rmdir "$group"' EXIT
    chown -R 65534:65534 "$group"
    caps=+bpf,+perfmon,+net_admin
    (
        echo "$BASHPID" >"$group/cgroup.procs"
        as_nobody --inh-caps="-all,$caps" --ambient-caps="-all,$caps" "$program"
    )
    ;;
*) echo "at_level.sh: unknown level $level" >&2 && exit 2 ;;
esac
