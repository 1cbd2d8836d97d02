#!/bin/sh
# The systemd units are caged: at most 2.5 as root and 1.5 as a user of its own, in systemd's measure of exposure.

TOP=${TOP:-$(cd "$(dirname "$0")/../.." && pwd)}
. "$TOP/test/tools/report.sh"
ROOT=$(mktemp -d)
UNITS=$ROOT/usr/lib/systemd/system

if ! systemd-analyze --help 2>/dev/null | grep -q -e --offline; then
    rm -rf "$ROOT" "$OUTPUT"
    echo "skip: no systemd-analyze that works without systemd"
    echo "0 passed, 0 failed"
    exit 0
fi

# Ten times the measure, as --threshold has it.
caged() {
    systemd-analyze --root="$ROOT" security --offline=yes --threshold="$1" --no-pager mcacme.service
}

# Its complaints of what only a whole system has are left out.
verified() {
    systemd-analyze --root="$ROOT" verify mcacme.service mcacme.timer 2>&1 |
        grep -v -e "sysinit.target not found" -e "Command 'man " >"$ROOT/complaints"
    cat "$ROOT/complaints"
    [ ! -s "$ROOT/complaints" ]
}

open_cage() {
    sed '/^SystemCallFilter\|^Protect\|^Restrict/d' "$TOP/packaging/systemd/mcacme.service" >"$UNITS/mcacme.service"
    caged 25
}

misspelt() {
    echo 'Persistant=yes' >>"$UNITS/mcacme.timer" && verified
}

mkdir -p "$UNITS/mcacme.service.d" "$ROOT/usr/bin"
cp "$TOP/packaging/systemd/mcacme.service" "$TOP/packaging/systemd/mcacme.timer" "$UNITS"
cp /bin/true "$ROOT/usr/bin/mcacme"
check "the units are sound" verified
check "as root" caged 25
cp "$TOP/packaging/systemd/own-user.conf" "$UNITS/mcacme.service.d"
check "as a user of its own" caged 15
rm "$UNITS/mcacme.service.d/own-user.conf"
cp "$TOP/packaging/mailcow/systemd-mailcow.conf" "$UNITS/mcacme.service.d/mailcow.conf"
check "for a mailcow" caged 25
check "that is sound as well" verified
rm "$UNITS/mcacme.service.d/mailcow.conf"
refuse "it complains of an open cage" open_cage
refuse "it complains of an unknown key" misspelt
rm -rf "$ROOT"
finish
