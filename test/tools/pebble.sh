# shellcheck shell=sh
# Pebble, the ACME server for tests, and its DNS companion challtestsrv. Source it after setting TOP.
#
#     find_pebble                            sets PEBBLE_BIN, CHALLTESTSRV_BIN, PEBBLE_VERSION
#     start_challtestsrv DIR                 sets CHALLTESTSRV_DNS (addr:port), CHALLTESTSRV (management URL)
#     start_pebble DIR [KEY=VALUE]...        sets PEBBLE_DIR (directory URL), PEBBLE_CA (trust for it), PEBBLE_MGMT
#                                            (management URL), PEBBLE_PORT, PEBBLE_HTTP_PORT, PEBBLE_TLS_PORT
#
# Keys of start_pebble: dns=ADDR:PORT whom to ask (default: the system's resolver); port= mgmt= http= tls= ports
# (default: free ones); strict=no; eab=yes (accounts need kid-1 with PEBBLE_EAB_KEY_1, and so on to 3); key=ecdsa|rsa;
# retry=SECONDS of Retry-After (default 1, 0 for none); profiles=JSON; blocked=NAME; and Pebble's own knobs as
# PEBBLE_NAME=VALUE (PEBBLE_VA_NOSLEEP=1 is the default here). Two Pebbles may run at once, in two folders.

. "$TOP/test/tools/daemons.sh"
. "$TOP/test/tools/apt.sh"

PEBBLE_WANTED=2.10  # alreadyReplaced, dns-persist-01, DNS questions over TCP
PEBBLE_SUITE=forky  # the first Debian that has it
PEBBLE_CACHE=${PEBBLE_CACHE:-$TOP/build/tools/pebble}
# Pebble's public test keys of kid-1, kid-2 and kid-3.
PEBBLE_EAB_KEY_1=zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W
PEBBLE_EAB_KEY_2=b10lLJs8l1GPIzsLP0s6pMt8O0XVGnfTaCeROxQM0BIt2XrJMDHJZBM5NuQmQJQH
PEBBLE_EAB_KEY_3=HjudV5qnbreN-n9WyFSH-t4HXuEx_XFen45zuxY-G1h6fr74V3cUM_dVlwQZBWmc

pebble_at_least() {
    dpkg --compare-versions "$PEBBLE_VERSION" ge "$1"
}

# Takes the package out of an archive suite without installing it. The package of the newer suite needs no newer
# libc than Debian 12 has.
pebble_unpack_from() {
    pebble_temp=$(mktemp -d) || return 1
    apt_sources "$(apt_codename)" "$1" plain "$pebble_temp/sources"
    (
        cd "$pebble_temp" || exit 1
        apt_own "$pebble_temp" apt-get update && apt_own "$pebble_temp" apt-get download pebble || exit 1
        rm -rf "$PEBBLE_CACHE.new.$$" && mkdir -p "$PEBBLE_CACHE.new.$$"
        dpkg -x pebble_*.deb "$PEBBLE_CACHE.new.$$" || exit 1
        dpkg-deb -f pebble_*.deb Version >"$PEBBLE_CACHE.new.$$/version"
        rm -rf "$PEBBLE_CACHE" && mv "$PEBBLE_CACHE.new.$$" "$PEBBLE_CACHE"
    ) >"$pebble_temp/log" 2>&1 || {
        sed 's/^/pebble.sh: /' "$pebble_temp/log" >&2
        rm -rf "$pebble_temp"
        return 1
    }
    rm -rf "$pebble_temp"
}

pebble_use() {
    PEBBLE_BIN=$1/usr/bin/pebble CHALLTESTSRV_BIN=$1/usr/bin/pebble-challtestsrv PEBBLE_VERSION=$2
}

pebble_cached() {
    [ -f "$PEBBLE_CACHE/version" ] && pebble_use "$PEBBLE_CACHE" "$(cat "$PEBBLE_CACHE/version")"
}

find_pebble() {
    if [ -n "${PEBBLE_BIN:-}" ] && [ -n "${CHALLTESTSRV_BIN:-}" ]; then
        PEBBLE_VERSION=${PEBBLE_VERSION:-$PEBBLE_WANTED}
        return 0
    fi
    PEBBLE_VERSION=$(dpkg-query -W -f '${Version}' pebble 2>/dev/null)
    pebble_use "" "$PEBBLE_VERSION"
    ! pebble_at_least "${PEBBLE_WANTED}" || [ ! -x "$PEBBLE_BIN" ] || return 0
    ! pebble_cached || ! pebble_at_least "$PEBBLE_WANTED" || return 0
    if ! pebble_unpack_from "$PEBBLE_SUITE"; then
        echo "pebble.sh: no Pebble $PEBBLE_WANTED from $PEBBLE_SUITE; taking this distribution's" >&2
        pebble_unpack_from "$(apt_codename)" || return 1
    fi
    pebble_cached
}

# A CA of our own and a certificate for the loopback names: the package brings none.
pebble_certificates() {
    cat >"$1/openssl.cnf" <<'CNF'
[req]
distinguished_name = dn
[dn]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
authorityKeyIdentifier = keyid
subjectAltName = DNS:localhost, IP:127.0.0.1, IP:::1
CNF
    pebble_one "$1" ca "mcacme test CA" && pebble_one "$1" server localhost -CA "$1/ca.pem" -CAkey "$1/ca.key"
}

pebble_one() {
    pebble_dir=$1 pebble_kind=$2 pebble_subject=$3
    shift 3
    openssl req -x509 -config "$pebble_dir/openssl.cnf" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
        -days 30 -extensions "$pebble_kind" -subj "/CN=$pebble_subject" -keyout "$pebble_dir/$pebble_kind.key" \
        -out "$pebble_dir/$pebble_kind.pem" "$@" 2>/dev/null
}

# The value of KEY among KEY=VALUE words, or the default.
pebble_option() {
    pebble_key=$1 pebble_value=$2
    shift 2
    for pebble_word in "$@"; do
        case $pebble_word in
        "$pebble_key="*) pebble_value=${pebble_word#*=} ;;
        esac
    done
    printf '%s\n' "$pebble_value"
}

pebble_config() {
    cat <<JSON
{
  "pebble": {
    "listenAddress": "127.0.0.1:$PEBBLE_PORT",
    "managementListenAddress": "127.0.0.1:$PEBBLE_MGMT_PORT",
    "certificate": "$1/server.pem",
    "privateKey": "$1/server.key",
    "httpPort": $PEBBLE_HTTP_PORT,
    "tlsPort": $PEBBLE_TLS_PORT,
    "ocspResponderURL": "",
    "externalAccountBindingRequired": $pebble_eab,
    "externalAccountMACKeys": {
      "kid-1": "$PEBBLE_EAB_KEY_1",
      "kid-2": "$PEBBLE_EAB_KEY_2",
      "kid-3": "$PEBBLE_EAB_KEY_3"
    },
    "domainBlocklist": ["$pebble_blocked"],
    "retryAfter": { "authz": $pebble_retry, "order": $pebble_retry },
    "keyAlgorithm": "$pebble_keys",
    "profiles": $pebble_profiles
  }
}
JSON
}

pebble_read_options() {
    # shellcheck disable=SC2046
    set -- $(free_ports 4) "$@"
    PEBBLE_PORT=$(pebble_option port "$1" "$@")
    PEBBLE_MGMT_PORT=$(pebble_option mgmt "$2" "$@")
    PEBBLE_HTTP_PORT=$(pebble_option http "$3" "$@")
    PEBBLE_TLS_PORT=$(pebble_option tls "$4" "$@")
    pebble_dns=$(pebble_option dns "" "$@")
    pebble_strict=$(pebble_option strict yes "$@")
    pebble_keys=$(pebble_option key ecdsa "$@")
    pebble_retry=$(pebble_option retry 1 "$@")
    pebble_blocked=$(pebble_option blocked blocked-domain.example "$@")
    pebble_profiles=$(pebble_option profiles '{
      "default": { "description": "ninety days", "validityPeriod": 7776000 },
      "shortlived": { "description": "six days", "validityPeriod": 518400 }
    }' "$@")
    case $(pebble_option eab no "$@") in
    yes) pebble_eab=true ;;
    *) pebble_eab=false ;;
    esac
}

pebble_refuse_unknown_options() {
    for pebble_word in "$@"; do
        case $pebble_word in
        dns=* | port=* | mgmt=* | http=* | tls=* | strict=* | eab=* | key=* | retry=* | profiles=* | blocked=*) ;;
        PEBBLE_*=*) ;;
        *)
            echo "start_pebble: unknown option $pebble_word" >&2
            return 1
            ;;
        esac
    done
}

start_pebble() {
    pebble_folder=$1
    shift
    mkdir -p "$pebble_folder" && pebble_refuse_unknown_options "$@" && find_pebble || return 1
    pebble_read_options "$@"
    [ -f "$pebble_folder/server.pem" ] || pebble_certificates "$pebble_folder" || return 1
    pebble_config "$pebble_folder" >"$pebble_folder/pebble.json"
    pebble_knobs=PEBBLE_VA_NOSLEEP=1
    for pebble_word in "$@"; do
        case $pebble_word in
        PEBBLE_*=*) pebble_knobs="$pebble_knobs $pebble_word" ;;
        esac
    done
    set -- "$PEBBLE_BIN" -config "$pebble_folder/pebble.json"
    [ "$pebble_strict" != yes ] || set -- "$@" -strict
    [ -z "$pebble_dns" ] || set -- "$@" -dnsserver "$pebble_dns"
    # shellcheck disable=SC2086
    launch "$pebble_folder" pebble env $pebble_knobs "$@"
    PEBBLE_DIR=https://127.0.0.1:$PEBBLE_PORT/dir
    PEBBLE_MGMT=https://127.0.0.1:$PEBBLE_MGMT_PORT
    PEBBLE_CA=$pebble_folder/ca.pem
    await "$pebble_folder" pebble pebble_get "$PEBBLE_DIR" &&
        await "$pebble_folder" pebble pebble_get "$PEBBLE_MGMT/roots/0"
}

# pebble_get URL [CURL OPTION...]: for the management side too.
pebble_get() {
    curl -sSf --noproxy '*' --cacert "$PEBBLE_CA" "$@"
}

start_challtestsrv() {
    mkdir -p "$1" && find_pebble || return 1
    # shellcheck disable=SC2046
    challtestsrv_start_on "$1" $(free_ports 2)
}

challtestsrv_start_on() {
    CHALLTESTSRV_DNS=127.0.0.1:$2
    CHALLTESTSRV=http://127.0.0.1:$3
    challtestsrv_flag=-dnsserver
    # Older ones call the option differently.
    "$CHALLTESTSRV_BIN" -h 2>&1 | grep -q -e "$challtestsrv_flag" || challtestsrv_flag=-dns01
    launch "$1" challtestsrv "$CHALLTESTSRV_BIN" "$challtestsrv_flag" "$CHALLTESTSRV_DNS" -management "127.0.0.1:$3" \
        -doh "" -http01 "" -https01 "" -tlsalpn01 "" -defaultIPv6 ""
    await "$1" challtestsrv challtestsrv_post clear-a '{"host":"nobody.invalid."}'
}

# challtestsrv_post set-txt '{"host":"_acme-challenge.a.example.test.","value":"x"}'
challtestsrv_post() {
    curl -sSf --noproxy '*' -X POST -d "$2" "$CHALLTESTSRV/$1"
}
