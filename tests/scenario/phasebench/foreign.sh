# SPDX-License-Identifier: MIT
# A registry that is not ours: times are measured, what it alone could tell is missing with a reason.
. "$(dirname "$0")/lib.sh"

serve_snapshot

bench --arms fake --phases p0,p4 --rounds 1 --registry "mine=$url" --registry replay
expect_status 0
expect_in "$work/out/journal.jsonl" '"registries":["mine","replay"]'
expect_in "$work/log" '# mine'
expect_in "$work/log" '# replay'
mine=$(grep '"type":"sample"' "$work/out/journal.jsonl" | grep '"registry":"mine"')
[ "$(printf '%s\n' "$mine" | wc -l)" -eq 4 ] || fail "two samples of two phases expected: $mine"
case $mine in *'"requests_tarball":null'*'not ours'*) ;; *) fail "figures of a foreign registry: $mine" ;; esac
# Its traffic is known where sockets can be watched, else it is missing, and never 0 for a download.
cold=$(printf '%s\n' "$mine" | grep p0_full_cold)
if "$PB_BIN/phasebench" list probes | grep -q '^socket .* here '; then
    case $cold in *'"net_rx_bytes":'[1-9]*) ;; *) fail "no traffic: $cold" ;; esac
else
    case $mine in *'"net_rx_bytes":null'*) ;; *) fail "traffic from nowhere: $mine" ;; esac
fi
grep '"registry":"replay"' "$work/out/journal.jsonl" | grep -q '"requests_tarball":3' || fail "replay counts nothing"
