#!/usr/bin/env sh
dns_fake_info='A vendor for tests, whose records are lines of a file
Options:
 FAKE_Records path of the file
 FAKE_Token a token that must be "token-of-the-test"
OptionsAlt:
 FAKE_Mood "sullen": nothing works
'

dns_fake_add() {
    _fake_ready || return 1
    id=$(($(wc -l <"${FAKE_Records:?}") + 1))
    echo "$id $1 $2" >>"$FAKE_Records"
    _savedomainconf "FAKE_IDS" "$id"
    _savedomainconf FAKE_Token "$FAKE_Token"
}

dns_fake_rm() {
    _fake_ready || return 1
    id=$(_readdomainconf FAKE_IDS)
    if [ -z "$id" ]; then
        _err "no id for $1 with $FAKE_Token"
        return 1
    fi
    sed -i "/^$id $1 $2\$/d" "$FAKE_Records"
}

# Tells what it was given, too.
_fake_ready() {
    FAKE_Mood="${FAKE_Mood:-$(_readaccountconf_mutable FAKE_Mood)}"
    FAKE_Token="${FAKE_Token:-$(_readaccountconf_mutable FAKE_Token)}"
    _saveaccountconf_mutable FAKE_Token "$FAKE_Token"
    env >"${FAKE_Records:?}.env"
    find "$LE_WORKING_DIR" -type f | sort >"$FAKE_Records.files"
    echo "$LE_WORKING_DIR $(stat -c %a "$LE_WORKING_DIR")" >"$FAKE_Records.folder"
    if [ "$FAKE_Token" != token-of-the-test ] || [ "$FAKE_Mood" = sullen ]; then
        _err "the vendor does not like $FAKE_Token"
        return 1
    fi
}
