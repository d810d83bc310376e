# SPDX-License-Identifier: MIT
# The snapshot behind nginx: the same figures as from our own server, the checks at work, nothing
# left behind.
. "$(dirname "$0")/lib.sh"

if ! command -v nginx >/dev/null && [ ! -x /usr/sbin/nginx ]; then
    bench --arms fake --phases p0 --rounds 1 --server nginx
    expect_status 5
    expect_in "$work/log" 'install the package nginx-light'
    echo "skipped: nginx is not installed"
    exit 77
fi
export TMPDIR="$work/tmp"
mkdir "$TMPDIR"

isolation_is() { # TEXT: in the run line
    grep '"type":"run"' "$work/out/journal.jsonl" | grep -qF -- "$1" || fail "the run line has no: $1"
}

# What the registry counted of the first sample of a phase.
counted() {
    grep '"type":"sample"' "$work/out/journal.jsonl" | grep "\"phase\":\"$1" | head -n 1 |
        grep -o '"\(requests_[a-z_]*\|net_connections\|tree_packages\)":[0-9]*' | sort
}

bench --arm fake --phases p0,p1,p4 --rounds 1
expect_status 0
for phase in p0 p1 p4; do counted $phase; done >"$work/embedded"
mv "$work/out" "$work/other"
bench --arm fake --phases p0,p1,p4 --rounds 1 --server nginx --trace timeline
expect_status 0
isolation_is '"registry server":"nginx: '
for phase in p0 p1 p4; do
    expect_cell fake $phase ok
    counted $phase
done >"$work/nginx"
cmp "$work/embedded" "$work/nginx" || fail "nginx's account differs: $(diff "$work/embedded" "$work/nginx")"
expect_in "$work/embedded" '"requests_tarball":3'
! grep '"type":"sample"' "$work/out/journal.jsonl" | grep -q '"registry_cpu_ns":\(0\|null\)' ||
    fail "no CPU time of the server"
cat "$work"/out/trace/*requests.json >"$work/requests"
expect_in "$work/requests" '"kind":"tarball"'
[ -z "$(ls "$TMPDIR")" ] || fail "left behind: $(ls "$TMPDIR")"
! pgrep -f "nginx -p $TMPDIR" >/dev/null || fail "an nginx runs on"

# Results of different servers are not compared.
status=0
"$PB_BIN/phasebench" compare "$work/other" "$work/out" >"$work/log" 2>&1 || status=$?
expect_status 3
expect_in "$work/log" 'other isolation: registry server: none and nginx'

# What the snapshot lacks is a miss as ever.
rm -rf "$work/out"
bench --arm miss=fake,FAKE_MODE=miss --phases p0 --rounds 1 --server nginx
expect_status 3
expect_cell miss p0 invalid 'no_registry_miss: '

# By TLS and HTTP/2.
command -v openssl >/dev/null && command -v curl >/dev/null ||
    { echo "skipped the rest: no openssl or curl" && exit 0; }
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=registry.example -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$work/key" -out "$work/certificate" 2>/dev/null
cat "$work/certificate" "$work/key" >"$work/both.pem"
"$PB_BIN/phasebench" serve "$work/snapshot" --port 0 --server nginx --tls "$work/both.pem" >"$work/served" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" || true; clean' EXIT
until url=$(sed -n 's/.* at //p' "$work/served") && [ -n "$url" ]; do
    kill -0 "$server" 2>/dev/null || fail "$(cat "$work/served")"
    sleep 0.1
done
got=$(curl -sS --cacert "$work/certificate" --http2 -o "$work/body" -w '%{http_version} %{http_code}' "${url}alpha")
[ "$got" = '2 200' ] || fail "over TLS: $got"
expect_in "$work/body" "\"${url}alpha/-/"
