#include "policy.h"

#include "acme/account.h"
#include "base/file.h"
#include "base/when.h"
#include "config/credentials.h"
#include "crypto/secrets.h"
#include "names.h"

#include <string.h>

#define PATIENCE_MS (5 * 60 * 1000)

static const struct {
    const char *name, *directory, *staging;
} presets[] = {
    { "letsencrypt", "https://acme-v02.api.letsencrypt.org/directory",
      "https://acme-staging-v02.api.letsencrypt.org/directory" },
    { "letsencrypt-staging", "https://acme-staging-v02.api.letsencrypt.org/directory",
      "https://acme-staging-v02.api.letsencrypt.org/directory" },
    { "zerossl", "https://acme.zerossl.com/v2/DV90", NULL },
    { "google", "https://dv.acme-v02.api.pki.goog/directory",
      "https://dv.acme-v02.test-api.pki.goog/directory" },
    { "sslcom", "https://acme.ssl.com/sslcom-dv-ecc", NULL },
    { "actalis", "https://acme-api.actalis.com/acme/directory", NULL },
};
#define PRESET_COUNT (sizeof presets / sizeof *presets)

const char *const ca_preset_names[] = {
    "letsencrypt", "letsencrypt-staging", "zerossl", "google", "sslcom", "actalis", NULL
};

bool ca_has_staging(const char *server)
{
    for (size_t i = 0; i < PRESET_COUNT; i++)
        if (text_same(presets[i].name, server))
            return presets[i].staging != NULL;
    return false;
}

static bool unknown_ca(struct op *op, const char *server)
{
    struct strings names = { 0 };
    const char *near;

    for (size_t i = 0; i < PRESET_COUNT; i++)
        strings_add(op, &names, presets[i].name);
    near = text_nearest(op, server, &names);
    op_fail(op, ERR_USAGE, "unknown CA \"%s\"", text_printable(op, server, 200));
    return near ? op_hint(op, "did you mean \"%s\"?", near)
                : op_hint(op, "give one of %s, or a directory URL", strings_join(op, &names, ", "));
}

static bool is_rsa(enum key_kind kind)
{
    return kind != KEY_EC256 && kind != KEY_EC384;
}

/* SSL.com has a directory of its own for each kind of key. */
static const char *for_key(const char *directory, enum key_kind kind)
{
    return is_rsa(kind) && text_same(directory, "https://acme.ssl.com/sslcom-dv-ecc")
               ? "https://acme.ssl.com/sslcom-dv-rsa"
               : directory;
}

static bool read_server(struct op *op, const char *server, bool staging, struct policy *policy)
{
    if (strstr(server, "://")) {
        policy->directory = server;
        if (staging)
            return op_fail(op, ERR_USAGE, "--staging goes with the name of a CA, not with a directory URL");
        op_enter(op, "--server");
        if (!http_url_ok(op, server, false, NULL))
            op->err.code = ERR_CONFIG;
        op_leave(op);
        return op_ok(op);
    }
    for (size_t i = 0; i < PRESET_COUNT; i++) {
        if (!text_same(presets[i].name, server))
            continue;
        policy->directory = staging ? presets[i].staging : for_key(presets[i].directory, policy->key_kind);
        return policy->directory || op_fail(op, ERR_CONFIG, "%s has no staging server", server);
    }
    return unknown_ca(op, server);
}

static bool read_eab_hash(struct op *op, const struct settings *s, struct policy *policy)
{
    static const struct {
        const char *name;
        enum hash_kind hash;
    } known[] = { { "HS256", HASH_SHA256 }, { "HS384", HASH_SHA384 }, { "HS512", HASH_SHA512 } };
    const char *name = setting(s, OPT_EAB_HMAC_ALG);

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        policy->eab_hash = known[i].hash;
        if (!name || text_same_nocase(name, known[i].name))
            return true;
    }
    return op_fail(op, ERR_USAGE, "--eab-hmac-alg %s is none of HS256, HS384, HS512",
                   text_printable(op, name, 100));
}

static bool read_eab(struct op *op, const struct settings *s, struct policy *policy)
{
    const char *file = setting(s, OPT_EAB_HMAC_KEY_FILE);
    const char *key = file ? secret_file_read(op, file) : setting(s, OPT_EAB_HMAC_KEY);

    policy->eab_kid = setting(s, OPT_EAB_KID);
    TRY(op_ok(op) && read_eab_hash(op, s, policy));
    if (!policy->eab_kid != !key) {
        op_fail(op, ERR_CONFIG, "external account binding needs both a key id and a key");
        return op_hint(op, "give --eab-kid ID and --eab-hmac-key-file FILE");
    }
    if (!key)
        return true;
    secrets_add(op, key);
    return eab_key_decode(op, key, &policy->eab_key);
}

static bool read_email(struct op *op, const struct settings *s, struct policy *policy)
{
    const char *email = setting(s, OPT_EMAIL);

    if (!email || !*email)
        return true;
    if (strpbrk(email, " \t<>,;\"") || !strchr(email, '@'))
        return op_fail(op, ERR_USAGE, "--email %s is no plain e-mail address", email);
    policy->email = email;
    return true;
}

/* A [ca NAME] section that --server names gives its settings where none are set, and its own server. */
static struct settings with_ca_section(struct op *op, const struct settings *settings,
                                       const struct conf *conf)
{
    struct settings s = *settings;
    const char *server = setting(&s, OPT_SERVER);
    const struct settings *section = conf && server ? conf_section(conf, "ca", server) : NULL;

    if (!section)
        return s;
    settings_default(op, &s, section, 0);
    if (section->at[OPT_SERVER].count)
        s.at[OPT_SERVER] = section->at[OPT_SERVER];
    return s;
}

static bool kind_of(struct op *op, const char *word, enum key_kind *kind)
{
    return key_kind_parse(word, kind) ||
           op_fail(op, ERR_USAGE, "--key-type %s is none of ec256, ec384, rsa2048, rsa3072, rsa4096",
                   text_printable(op, word, 100));
}

bool key_kinds_parse(struct op *op, const char *text, enum key_kind *first, enum key_kind *second)
{
    struct strings words = text_split(op, text ? text : "ec256", ",");

    *second = KEY_KIND_COUNT;
    if (!words.count)
        return kind_of(op, text, first);
    TRY(kind_of(op, words.at[0], first));
    if (words.count == 1)
        return true;
    TRY(kind_of(op, words.at[1], second));
    if (words.count == 2 && is_rsa(*first) != is_rsa(*second))
        return true;
    op_fail(op, ERR_USAGE, "--key-type %s: two kinds of key are one of ECDSA and one of RSA", text);
    return op_hint(op, "as in ec256,rsa2048");
}

static bool read_key_kind(struct op *op, const struct settings *s, struct policy *policy)
{
    enum key_kind second;

    TRY(key_kinds_parse(op, setting(s, OPT_KEY_TYPE), &policy->key_kind, &second));
    if (setting_on(s, OPT_REUSE_KEY) && setting_on(s, OPT_NEW_KEY))
        return op_fail(op, ERR_USAGE, "either --reuse-key or --new-key, not both");
    policy->reuse_key = setting_on(s, OPT_REUSE_KEY);
    return true;
}

static bool ca_bundle_readable(struct op *op, const char *path)
{
    const char *pem = path ? file_read_named(op, path) : NULL;

    if (!path || (pem && strstr(pem, "-----BEGIN ")))
        return true;
    if (pem)
        op_fail(op, ERR_CONFIG, "%s holds no certificate", path);
    return op_hint(op, "--ca-bundle names a PEM file of certificates");
}

bool policy_read_ca(struct op *op, const struct settings *settings, const struct conf *conf,
                    struct policy *policy)
{
    struct settings s = with_ca_section(op, settings, conf);
    const char *server = setting(&s, OPT_SERVER);

    policy->ca_bundle = setting(&s, OPT_CA_BUNDLE);
    policy->profile = setting(&s, OPT_PROFILE);
    policy->preferred_chain = setting(&s, OPT_PREFERRED_CHAIN);
    return read_key_kind(op, &s, policy) &&
           read_server(op, server ? server : "letsencrypt", setting_on(&s, OPT_STAGING), policy) &&
           ca_bundle_readable(op, policy->ca_bundle) && read_email(op, &s, policy) &&
           read_eab(op, &s, policy);
}

static bool read_challenge_type(struct op *op, const struct settings *s, struct policy *policy)
{
    static const char *const types[] = { "dns-01", "dns-account-01", "dns-persist-01" };
    const char *type = setting(s, OPT_CHALLENGE_TYPE);

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!type || text_same(type, types[i])) {
            policy->challenge_type = types[i];
            return true;
        }
    return op_fail(op, ERR_USAGE, "--challenge-type %s is none of dns-01, dns-account-01, dns-persist-01",
                   text_printable(op, type, 100));
}

static bool read_partial(struct op *op, const struct settings *s, struct policy *policy)
{
    const char *word = setting(s, OPT_PARTIAL);

    policy->partial = text_same(word, "allow");
    return policy->partial || !word || text_same(word, "refuse") ||
           op_fail(op, ERR_USAGE, "--partial %s is neither allow nor refuse", text_printable(op, word, 100));
}

/* "30d" is from now on, each time anew; a time that is over can be no wish for a certificate. */
static bool read_not_after(struct op *op, const struct settings *s, struct policy *policy)
{
    const char *text = setting(s, OPT_NOT_AFTER);
    int64_t when = 0, seconds;

    if (!text || !*text)
        return true;
    if (when_duration(text, &seconds) && seconds <= INT32_MAX)
        when = op_now(op) + seconds;
    else if (!when_rfc3339(text, &when)) {
        op_fail(op, ERR_USAGE, "--not-after %s is no point in time", text_printable(op, text, 100));
        return op_hint(op, "write 2027-01-31T12:00:00Z, or 30d for a month from now");
    }
    if (when <= op_now(op))
        return op_fail(op, ERR_USAGE, "--not-after %s is in the past", text_printable(op, text, 100));
    policy->not_after = when_print(op, when);
    return true;
}

/* What becomes of the key, in a word: the user's own request is known by its public key. */
static const char *key_fate(struct op *op, const struct policy *policy)
{
    if (policy->csr)
        return hex(op, hash(op, HASH_SHA256, policy->csr->spki));
    return policy->reuse_key ? "reuse" : "new";
}

const char *policy_shape(struct op *op, const struct policy *policy)
{
    return op_text(op, "%s|%s|%s|%s|%s", strings_join(op, &policy->names, ","), policy->directory,
                   policy->profile ? policy->profile : "", key_kind_name(policy->key_kind),
                   key_fate(op, policy));
}

static bool read_csr(struct op *op, const struct settings *settings, struct policy *policy)
{
    const char *path = setting(settings, OPT_CSR);
    struct csr *csr = op_new(op, struct csr);
    struct bytes file;

    if (!path || !*path)
        return names_normalise(op, &settings->at[OPT_DOMAIN], &policy->names);
    if (settings->at[OPT_DOMAIN].count) {
        op_fail(op, ERR_USAGE, "--csr and -d do not go together");
        return op_hint(op, "the names come from the request");
    }
    op_enter(op, "--csr %s", path);
    file = file_read_named_bytes(op, path);
    TRY(op_ok(op) && csr_read(op, file, csr));
    op_leave(op);
    policy->csr = csr;
    return names_normalise(op, &csr->names, &policy->names);
}

bool policy_names(struct op *op, const struct settings *settings, struct strings *names)
{
    struct policy policy = { 0 };

    TRY(read_csr(op, settings, &policy));
    *names = policy.names;
    return true;
}

static const char *alias(struct op *op, const struct settings *s, enum option_id id)
{
    const char *value = setting(s, id);
    const char *name = value ? text_lower(op, value) : NULL;
    const char *undotted = name ? text_less(op, name, ".") : NULL;

    return undotted ? undotted : name;
}

bool policy_read(struct op *op, const struct settings *settings, const struct conf *conf,
                 struct policy *policy)
{
    TRY(read_csr(op, settings, policy));
    TRY(policy_read_ca(op, settings, conf, policy));
    setting_seconds(op, settings, OPT_HOOK_TIMEOUT, 0); /* is needed later: better wrong now than then */
    policy->challenge_alias = alias(op, settings, OPT_CHALLENGE_ALIAS);
    policy->domain_alias = alias(op, settings, OPT_DOMAIN_ALIAS);
    if (policy->challenge_alias && policy->domain_alias && *policy->challenge_alias && *policy->domain_alias)
        return op_fail(op, ERR_USAGE, "either --challenge-alias or --domain-alias, not both");
    TRY(read_challenge_type(op, settings, policy) && read_partial(op, settings, policy) &&
        read_not_after(op, settings, policy));
    TRY(spread_parse(op, setting(settings, OPT_PROPAGATION), &policy->spread));
    policy->spread.private_resolver = settings->at[OPT_RESOLVER].count > 0;
    policy->spread.patience = PATIENCE_MS;
    policy->shape = policy_shape(op, policy);
    return op_ok(op);
}
