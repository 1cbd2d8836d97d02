#!/usr/bin/env sh
# What a plugin needs of acme.sh, in its shape: functions, and the arguments run as a command at the end.

_info() {
    echo "$@"
}

_err() {
    echo "$@" >&2
}

_initpath() {
    HTTP_HEADER="$LE_CONFIG_HOME/http.header"
    ACCOUNT_CONF_PATH="$LE_CONFIG_HOME/account.conf"
}

_save_conf() {
    echo "$2='$3'" >>"$1"
}

_read_conf() {
    [ ! -f "$1" ] || sed -n "s/^$2='\(.*\)'$/\1/p" "$1"
}

_savedomainconf() {
    _save_conf "$DOMAIN_CONF" "$@"
}

_readdomainconf() {
    _read_conf "$DOMAIN_CONF" "$1"
}

_saveaccountconf_mutable() {
    _save_conf "$ACCOUNT_CONF_PATH" "SAVED_$1" "$2"
}

_readaccountconf_mutable() {
    _read_conf "$ACCOUNT_CONF_PATH" "SAVED_$1"
}

showhelp() {
    _err "this was meant to be a library"
    exit 9
}

main() {
    [ -z "$1" ] && showhelp && return
    "$@"
}

main "$@"
