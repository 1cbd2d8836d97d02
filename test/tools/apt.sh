# shellcheck shell=sh
# What the machine's own package sources say, used without changing them.
#
#     apt_sources FROM TO plain|all FOLDER   copies of the sources with suite FROM called TO
#     apt_own FOLDER apt-get update          apt on those copies alone, lists and cache in FOLDER
#     apt_mirror                             the URL of the machine's mirror

# The name of the suite that this machine is made of.
apt_codename() {
    sed -n 's/^VERSION_CODENAME=//p' /etc/os-release
}

apt_source_files() {
    for apt_file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
        [ ! -f "$apt_file" ] || printf '%s\n' "$apt_file"
    done
}

# Renames suites on one line: "plain" keeps the suite itself only, "all" its -updates and -security as well.
APT_RENAME='
function renamed(suite) {
    if (suite == from || suite == "stable")
        return to
    if (mode == "all" && index(suite, from "-") == 1 && suite !~ /-backports|-proposed/)
        return to substr(suite, length(from) + 1)
    return ""
}'

# deb822: stanza by stanza; keys and mirrors stay as they are.
# shellcheck disable=SC2016
APT_STANZAS='
BEGIN { RS = ""; FS = "\n" }
{
    out = suites = ""
    wanted = 0
    for (i = 1; i <= NF; i++) {
        if ($i ~ /^Enabled:[ \t]*(no|false)/) { wanted = 0; out = ""; next }
        if ($i ~ /^#/) continue
        if ($i ~ /^Types:/) { wanted = $i ~ /deb([ \t]|$)/; out = out "Types: deb\n"; continue }
        if ($i ~ /^Suites:/) {
            n = split(substr($i, 8), word, /[ \t]+/)
            for (j = 1; j <= n; j++)
                if (renamed(word[j]) != "") suites = suites " " renamed(word[j])
            out = out "Suites:" suites "\n"
            continue
        }
        out = out $i "\n"
    }
    if (wanted && suites != "") print out
}'

# One-line style: deb [options] URI suite components
# shellcheck disable=SC2016
APT_LINES='
$1 == "deb" {
    at = 2
    if ($2 ~ /^\[/) { while ($at !~ /\]$/ && at < NF) at++; at++ }
    suite = renamed($(at + 1))
    if (suite == "") next
    $(at + 1) = suite
    print
}'

apt_sources() {
    mkdir -p "$4"
    apt_source_files | while read -r apt_file; do
        case $apt_file in
        *.sources) apt_program=$APT_STANZAS ;;
        *) apt_program=$APT_LINES ;;
        esac
        awk -v from="$1" -v to="$2" -v mode="$3" "$APT_RENAME $apt_program" "$apt_file" \
            >"$4/$(basename "$apt_file")"
    done
}

apt_mirror() {
    apt_found=$(mktemp -d)
    apt_sources "$(apt_codename)" here plain "$apt_found"
    # shellcheck disable=SC2016
    cat "$apt_found"/* | grep -o '[a-z+]*://[^ ]*' | head -n 1
    rm -rf "$apt_found"
}

# The sources are FOLDER/sources; nothing outside FOLDER is written, so no rights are needed. A mirror that stands
# still (a snapshot) is good enough for tools of tests: signatures are checked, the age of the list is not.
apt_own() {
    apt_folder=$1
    shift
    mkdir -p "$apt_folder/lists/partial" "$apt_folder/cache/archives/partial"
    apt_command=$1
    shift
    "$apt_command" -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$apt_folder/sources" \
        -o Dir::State::lists="$apt_folder/lists" -o Dir::Cache="$apt_folder/cache" \
        -o APT::Sandbox::User=root -o Acquire::Languages=none -o Acquire::Retries=3 \
        -o Acquire::Check-Valid-Until=false -qq "$@"
}
