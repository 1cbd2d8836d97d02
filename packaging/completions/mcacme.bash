# bash completion for mcacme. Made from mcacme.bash.in and the table of options: change those.

_mcacme_certificates()
{
    mcacme list 2>/dev/null | sed -n '2,$s/^\([^ ][^ ]*\) .*/\1/p'
}

_mcacme()
{
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
    local words='' files=''
    local commands='issue renew revoke list check account key persist import providers'

    COMPREPLY=()
    # bash takes "--server=x" for three words.
    if [[ $cur == '=' ]]; then
        cur=
    elif [[ $prev == '=' ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$cur")
        return
    fi

    case $prev in
    --config) files=f ;;
    --state) files=d ;;
    --mailcow) files=d ;;
    -d | --domain) ;;
    --name) ;;
    --cert) files=f ;;
    --reason) words='unspecified keyCompromise affiliationChanged superseded cessationOfOperation' ;;
    --key) files=f ;;
    --server) words='letsencrypt letsencrypt-staging zerossl google sslcom actalis' ;;
    --ca-bundle) files=f ;;
    -m | --email) ;;
    --eab-kid) ;;
    --eab-hmac-key) ;;
    --eab-hmac-key-file) files=f ;;
    --eab-hmac-alg) ;;
    --dns) words='acmedns dns_acmedns acmesh active24 dns_active24 alidns dns_ali azure dns_azure bunny dns_bunny challtestsrv cloudflare dns_cf desec dns_desec designate dns_openstack digitalocean dns_dgon dnsimple dns_dnsimple dnspod dns_dp dns_dpi domeneshop dns_domeneshop duckdns dns_duckdns dynv6 dns_dynv6 exec gandi dns_gandi_livedns gcloud dns_gcloud godaddy dns_gd he_ddns dns_he_ddns hetzner dns_hetzner hetznercloud dns_hetznercloud infomaniak dns_infomaniak inwx dns_inwx ionos dns_ionos joker dns_joker knot dns_knot linode dns_linode_v4 dns_linode loopia dns_loopia mythicbeasts dns_mythic_beasts namecheap dns_namecheap namedotcom dns_namecom namesilo dns_namesilo netcup dns_netcup njalla dns_njalla ovh dns_ovh porkbun dns_porkbun powerdns dns_pdns rfc2136 dns_nsupdate route53 dns_aws scaleway dns_scaleway servercow dns_servercow simply dns_simply standalone tencentcloud dns_tencent transip dns_transip vultr dns_vultr websupport dns_websupport zonomi dns_zonomi' ;;
    --credentials) files=f ;;
    --webroot) files=d ;;
    --standalone) ;;
    --tls-alpn) ;;
    --challenge-type) words='dns-01 dns-account-01 dns-persist-01' ;;
    --challenge-alias) ;;
    --domain-alias) ;;
    --resolver) ;;
    --propagation) words='authoritative resolver none' ;;
    --persist-until) ;;
    --key-type) words='ec256 ec384 rsa2048 rsa3072 rsa4096' ;;
    --csr) files=f ;;
    --profile) ;;
    --preferred-chain) ;;
    --not-after) ;;
    --partial) words='allow refuse' ;;
    --pre-hook) ;;
    --post-hook) ;;
    --deploy-hook) ;;
    --hook-timeout) ;;
    --install-cert) files=f ;;
    --install-chain) files=f ;;
    --install-fullchain) files=f ;;
    --install-key) files=f ;;
    --install-bundle) files=f ;;
    --install-der) files=f ;;
    --install-pkcs12) files=f ;;
    --pkcs12-password-file) files=f ;;
    --verify) ;;
    --jitter) ;;
    --deadline) ;;
    --connect-to) ;;
    --exit-changed) ;;
    --metrics) files=f ;;
    --ping) ;;
    *)
        case $command in
        issue) words='--config --state --mailcow --json --verbose --quiet --help --version --domain --name --server --staging --ca-bundle --email --eab-kid --eab-hmac-key --eab-hmac-key-file --eab-hmac-alg --dns --credentials --webroot --standalone --tls-alpn --challenge-type --challenge-alias --domain-alias --resolver --propagation --key-type --reuse-key --new-key --csr --profile --preferred-chain --not-after --partial --pre-hook --post-hook --deploy-hook --hook-timeout --install-cert --install-chain --install-fullchain --install-key --install-bundle --install-der --install-pkcs12 --pkcs12-password-file --verify --force --dry-run --wait --jitter --deadline --connect-to --exit-changed --ping' ;;
        renew) words='--config --state --mailcow --json --verbose --quiet --help --version --server --staging --ca-bundle --email --eab-kid --eab-hmac-key --eab-hmac-key-file --eab-hmac-alg --dns --credentials --webroot --standalone --tls-alpn --challenge-type --challenge-alias --domain-alias --resolver --propagation --key-type --reuse-key --new-key --profile --preferred-chain --not-after --partial --pre-hook --post-hook --deploy-hook --hook-timeout --install-cert --install-chain --install-fullchain --install-key --install-bundle --install-der --install-pkcs12 --pkcs12-password-file --verify --force --dry-run --wait --jitter --deadline --connect-to --exit-changed --metrics --ping' ;;
        revoke) words='--config --state --json --verbose --quiet --help --version --cert --reason --key --delete --yes --server --staging --ca-bundle --email --eab-kid --eab-hmac-key --eab-hmac-key-file --eab-hmac-alg --connect-to' ;;
        list) words='--config --state --mailcow --json --verbose --quiet --help --version --metrics' ;;
        check) words='--config --state --mailcow --json --verbose --quiet --help --version --domain --server --staging --ca-bundle --email --eab-kid --eab-hmac-key --eab-hmac-key-file --eab-hmac-alg --dns --credentials --webroot --standalone --tls-alpn --challenge-type --challenge-alias --domain-alias --resolver --propagation --profile --clean --deadline --connect-to' ;;
        account) words='--config --state --json --verbose --quiet --help --version --key --yes --server --staging --ca-bundle --email --eab-kid --eab-hmac-key --eab-hmac-key-file --eab-hmac-alg --connect-to' ;;
        key) words='--config --state --json --verbose --quiet --help --version --key-type' ;;
        persist) words='--config --state --json --verbose --quiet --help --version --domain --server --staging --ca-bundle --email --eab-kid --eab-hmac-key --eab-hmac-key-file --eab-hmac-alg --dns --credentials --challenge-type --challenge-alias --domain-alias --resolver --propagation --persist-until --connect-to' ;;
        import) words='--config --state --json --verbose --quiet --help --version --server --ca-bundle --dns --credentials --webroot --standalone --tls-alpn --challenge-alias --domain-alias --resolver --propagation --deploy-hook --dry-run' ;;
        providers) words='--config --state --json --verbose --quiet --help --version' ;;
        esac
        case $command$cur in
        account*)
            [[ $cur == -* ]] || words='show update rollover deactivate import'
            ;;
        persist*)
            [[ $cur == -* ]] || words='plan publish check drop'
            ;;
        import*)
            if [[ $cur == -* ]]; then
                :
            elif [[ $prev == import ]]; then
                words='certbot acme.sh lego dehydrated uacme'
            else
                files=d
            fi
            ;;
        key*)
            if [[ $cur == -* ]]; then
                :
            elif [[ $prev == key ]]; then
                words='stage drop'
            else
                words=$(_mcacme_certificates)
            fi
            ;;
        renew* | revoke* | list* | check*)
            [[ $cur == -* ]] || words=$(_mcacme_certificates)
            ;;
        providers*)
            [[ $cur == -* ]] || words=$(mcacme providers 2>/dev/null | sed 's/ .*//')
            ;;
        esac
        ;;
    esac

    if [[ -n $files ]]; then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -"$files" -- "$cur")
    else
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    fi
}

complete -F _mcacme mcacme
