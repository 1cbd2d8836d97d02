#!/bin/sh
# Installs what building and testing need on Debian 12 or 13, and nothing that is there already.
#
#     sh test/tools/install.sh [GROUP...]    default: all groups
#
# Other scripts source this file with INSTALL_ONLY_DEFINE=1 and call `need GROUP...`. Services that come with the
# packages are neither started nor enabled: the tests start their own on loopback.

install_packages_of() {
    case $1 in
    build) echo gcc libc6-dev make cmake pkgconf "libcurl4-openssl-dev|libcurl4-gnutls-dev" libmbedtls-dev \
        libcjson-dev libidn2-dev libexpat1-dev ;;
    test) echo python3 openssl curl ca-certificates procps ;;
    lint) echo shellcheck "clang-format-14?" ;;
    pebble) echo python3 openssl curl ca-certificates ;;
    servers) echo python3 curl bind9 bind9-dnsutils knot knot-dnsutils pdns-server pdns-backend-sqlite3 sqlite3 ;;
    e2e) echo strace netcat-openbsd iproute2 ;;
    long) echo clang libclang-rt-dev valgrind ;;
    *)
        echo "install.sh: no group called $1" >&2
        return 1
        ;;
    esac
}

install_is_there() {
    dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

# The packages of a list that are missing: "a|b" is content with either and asks for the first, "a?" can be done
# without where the distribution has no such package.
install_missing() {
    for install_item in "$@"; do
        install_first=${install_item%%|*}
        install_second=${install_item##*|}
        case $install_item in
        *\?) ;;
        *) install_is_there "$install_first" || install_is_there "$install_second" || echo "$install_first" ;;
        esac
    done | sort -u
}

install_missing_optional() {
    [ "$(id -u)" -eq 0 ] || return 0
    for install_item in "$@"; do
        case $install_item in
        *\?) install_is_there "${install_item%\?}" || apt-cache show "${install_item%\?}" 2>/dev/null |
            sed -n 's/^Package: //p' | sort -u ;;
        esac
    done
}

# Debian's own way to say that a package's service must not start now; a policy that is there already stays.
install_quietly() {
    install_policy=/usr/sbin/policy-rc.d
    if [ -e "$install_policy" ]; then
        install_policy=
    else
        printf '#!/bin/sh\nexit 101\n' >"$install_policy"
        chmod 755 "$install_policy"
    fi
    install_result=0
    DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 -qq install --no-install-recommends -y "$@" ||
        install_result=$?
    [ -z "$install_policy" ] || rm -f "$install_policy"
    return "$install_result"
}

# Names of the services of packages just installed, so that the next boot does not start them either.
install_disable_services() {
    command -v systemctl >/dev/null || return 0
    for install_item in "$@"; do
        case $install_item in
        bind9) systemctl disable --quiet named ;;
        knot) systemctl disable --quiet knot ;;
        pdns-server) systemctl disable --quiet pdns ;;
        esac
    done >/dev/null 2>&1 || :
}

# need GROUP...: afterwards the groups' packages are there, or it says what is missing and fails.
need() {
    if ! command -v dpkg-query >/dev/null; then
        echo "install.sh: not a Debian system; going on with what is here" >&2
        return 0
    fi
    install_wanted=
    for install_group in "$@"; do
        install_wanted="$install_wanted $(install_packages_of "$install_group")" || return 1
    done
    # shellcheck disable=SC2086
    install_listed "$(install_missing $install_wanted | tr '\n' ' ')" &&
        install_listed "$(install_missing_optional $install_wanted | tr '\n' ' ')"
}

install_listed() {
    [ -n "$1" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        echo "install.sh: these packages are missing, and only root can install them: $1" >&2
        return 1
    fi
    echo "installing: $1" >&2
    # The lists may be absent (a fresh machine) or older than the mirror: fetch them when the first try fails.
    # shellcheck disable=SC2086
    install_quietly $1 >/dev/null 2>&1 || { apt-get -qq update && install_quietly $1 >/dev/null; } || return 1
    # shellcheck disable=SC2086
    install_disable_services $1
}

if [ -z "${INSTALL_ONLY_DEFINE:-}" ]; then
    [ $# -gt 0 ] || set -- build test lint pebble servers e2e long
    need "$@"
fi
