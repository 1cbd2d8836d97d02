#!/bin/sh
# Runs the tests, or another command, on a fresh minimal Debian: proof that nothing of this machine is needed.
#
#     sh test/tools/chroot.sh bookworm|trixie [COMMAND...]     as root, with debootstrap
#
# The system is made once from the machine's own mirror and kept in $TMPDIR/mcacme-chroot (default /var/tmp); each run
# works in a copy of it, with the files of this checkout in /src. The default command is `sh test/run.sh`.

set -eu
TOP=$(cd "$(dirname "$0")/../.." && pwd)
. "$TOP/test/tools/apt.sh"

SUITE=${1:?a suite: bookworm or trixie}
shift
[ $# -gt 0 ] || set -- sh test/run.sh
CACHE=${TMPDIR:-/var/tmp}/mcacme-chroot
ROOT=$CACHE/$SUITE.run

make_base() {
    [ ! -d "$CACHE/$SUITE" ] || return 0
    mkdir -p "$CACHE"
    rm -rf "$CACHE/$SUITE.new"
    debootstrap --variant=minbase "$SUITE" "$CACHE/$SUITE.new" "$(apt_mirror)" >"$CACHE/$SUITE.log" 2>&1 || {
        tail "$CACHE/$SUITE.log" >&2
        return 1
    }
    # The same mirror, with the suites for updates and security.
    rm -f "$CACHE/$SUITE.new/etc/apt/sources.list"
    apt_sources "$(apt_codename)" "$SUITE" all "$CACHE/$SUITE.new/etc/apt/sources.list.d"
    apt_plain_list_to_part "$CACHE/$SUITE.new/etc/apt/sources.list.d"
    mv "$CACHE/$SUITE.new" "$CACHE/$SUITE"
}

# A copy called sources.list would be ignored in that folder.
apt_plain_list_to_part() {
    [ ! -f "$1/sources.list" ] || mv "$1/sources.list" "$1/machine.list"
}

unmount() {
    for place in dev/shm dev proc; do
        ! mountpoint -q "$ROOT/$place" || umount "$ROOT/$place"
    done
}

# What could be committed, changed files included; without git (a release archive) everything but the builds.
source_files() {
    if git rev-parse --git-dir >/dev/null 2>&1; then
        git ls-files -z --cached --others --exclude-standard
    else
        find . -path './build*' -prune -o -type f -print0
    fi
}

fill_root() {
    unmount
    # /dev of the machine must not be in there when the old copy goes.
    if grep -q " $ROOT/" /proc/mounts; then
        echo "chroot.sh: something is still mounted in $ROOT" >&2
        return 1
    fi
    rm -rf --one-file-system "$ROOT"
    cp -a "$CACHE/$SUITE" "$ROOT"
    mkdir -p "$ROOT/src"
    (cd "$TOP" && source_files | xargs -0 tar -cf - --ignore-failed-read 2>/dev/null) | tar -xf - -C "$ROOT/src"
    mount -t proc proc "$ROOT/proc"
    mount --bind /dev "$ROOT/dev"
    mount -t tmpfs tmpfs "$ROOT/dev/shm"
    # Names are resolved as this machine does, or the mirror would not be found.
    cp -L /etc/resolv.conf /etc/hosts "$ROOT/etc/"
    if ls /etc/apt/apt.conf.d/*proxy* >/dev/null 2>&1; then
        cp /etc/apt/apt.conf.d/*proxy* "$ROOT/etc/apt/apt.conf.d/"
    fi
}

trap unmount EXIT
trap 'exit 130' INT TERM
make_base
fill_root
# An empty environment but for proxies: what the tests need they must bring.
env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin ${http_proxy:+http_proxy="$http_proxy"} \
    ${https_proxy:+https_proxy="$https_proxy"} chroot "$ROOT" sh -c 'cd /src && exec "$@"' sh "$@"
