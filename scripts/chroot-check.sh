#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# chroot-check.sh [--suite NAME] [--mirror URL] [--cache DIR] [--keep] [-- COMMAND...]
# Does what a stranger does: on a minimal Debian (git, curl and certificates, nothing else), in a
# clean clone of the committed state, ./dev test and ./dev bench are the first commands. Prints the
# time of each. With COMMAND only that is run. Needs root, debootstrap, and a Debian mirror: by
# default the one of this machine's apt sources.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

suite=bookworm mirror='' cache='' keep=0
while [ $# -gt 0 ]; do
    case $1 in
    --suite | --mirror | --cache)
        [ $# -ge 2 ] || die "chroot-check: $1 needs a value"
        printf -v "${1#--}" %s "$2"
        shift
        ;;
    --keep) keep=1 ;;
    --)
        shift
        break
        ;;
    *) die "chroot-check: unknown argument: $1" ;;
    esac
    shift
done
[ "$(id -u)" -eq 0 ] || die "chroot-check: must be root, for debootstrap and chroot"
command -v debootstrap >/dev/null || die "chroot-check: install debootstrap first"

dir=$(mktemp -d "${TMPDIR:-/tmp}/phasebench-chroot.XXXXXX")
finish() {
    if [ "$keep" -eq 1 ]; then say "kept: $dir"; else rm -rf --one-file-system "$dir"; fi
}
trap finish EXIT

mirror_of_host() {
    # shellcheck disable=SC2016 # apt-get replaces these
    apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
        awk -v s="$suite" '$1 == s { print $2; exit }'
}

# The base system, from a tarball of the cache folder where there is one.
make_base() {
    local tarball=${cache:+$cache/$suite.tar}
    if [ -n "$tarball" ] && [ -f "$tarball" ]; then
        tar -C "$dir" -xf "$tarball"
        return
    fi
    debootstrap --variant=minbase --include=git,curl,ca-certificates "$suite" "$dir" "$mirror"
    if [ -n "$tarball" ]; then
        mkdir -p "$cache"
        tar -C "$dir" --one-file-system -cf "$tarball.part" .
        mv "$tarball.part" "$tarball"
    fi
}

# copy_in FILE...: those that exist, to the same place; never through a link that is there.
copy_in() {
    local file
    for file in "$@"; do
        [ -e "$file" ] || continue
        mkdir -p "$dir$(dirname "$file")"
        cp -RL --remove-destination "$file" "$dir$(dirname "$file")/"
    done
}

# Same sources, proxies, certificates and npm registry as this machine has.
configure_like_host() {
    local file
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
        if [ -f "$file" ] && grep -q "$mirror" "$file"; then
            copy_in "$file"
            case $file in */sources.list) ;; *) : >"$dir/etc/apt/sources.list" ;; esac
        fi
    done
    for file in /etc/apt/apt.conf /etc/apt/apt.conf.d/*; do
        if [ -f "$file" ] && grep -q 'Acquire::' "$file"; then copy_in "$file"; fi
    done
    copy_in /etc/resolv.conf /etc/hosts /etc/ssl/certs /usr/local/share/ca-certificates
    if command -v npm >/dev/null; then
        file=$(npm config get globalconfig)
        copy_in "$file"
        if [ -f "$file" ]; then cp -L --remove-destination "$file" "$dir/etc/npmrc"; fi
    fi
    if [ -f "$HOME/.npmrc" ]; then cp -L "$HOME/.npmrc" "$dir/ro""ot/.npmrc"; fi
}

# Namespaces of their own: all mounts and processes are gone with the command.
in_chroot() {
    local passed=() name
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY SSL_CERT_FILE \
        SSL_CERT_DIR CURL_CA_BUNDLE GIT_SSL_CAINFO NODE_EXTRA_CA_CERTS; do
        if [ -n "${!name:-}" ]; then passed+=("$name=${!name}"); fi
    done
    # shellcheck disable=SC2016 # expanded inside
    unshare --mount --pid --fork --propagation private sh -c '
        dir=$1
        shift
        mount -t proc proc "$dir/proc" && mount --rbind /sys "$dir/sys" &&
            mount --rbind /dev "$dir/dev" && exec chroot "$dir" env -i "$@"' sh "$dir" \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="/ro""ot" \
        TERM="${TERM:-dumb}" "${passed[@]}" sh -c 'cd /srv/phasebench && exec "$@"' sh "$@"
}

results=() failed=0
run_first() {
    local began=$SECONDS status=0
    say "== $*"
    in_chroot "$@" </dev/null || status=$?
    results+=("$*: exit status $status after $((SECONDS - began)) s")
    if [ "$status" -ne 0 ]; then failed=1; fi
}

[ -n "$mirror" ] || mirror=$(mirror_of_host)
mirror=${mirror%/}
[ -n "$mirror" ] || die "chroot-check: no mirror of $suite in apt's sources: give --mirror URL"
step "make base system $suite" make_base
chmod 755 "$dir" # it is the root folder of everybody in there
step "configure like this machine" configure_like_host
step "clone the project" git clone --quiet --no-hardlinks "$root" "$dir/srv/phasebench"
if [ $# -gt 0 ]; then
    run_first "$@"
else
    run_first ./dev test
    run_first ./dev bench
fi
printf '%s\n' "${results[@]}"
exit "$failed"
