#include "policy.h"

#include "acme/account.h"
#include "base/file.h"
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

/* SSL.com has a directory of its own for each kind of key. */
static const char *for_key(const char *directory, enum key_kind kind)
{
    bool rsa = kind != KEY_EC256 && kind != KEY_EC384;

    return rsa && text_same(directory, "https://acme.ssl.com/sslcom-dv-ecc")
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

static bool read_eab(struct op *op, const struct settings *s, struct policy *policy)
{
    const char *file = setting(s, OPT_EAB_HMAC_KEY_FILE);
    const char *key = file ? secret_file_read(op, file) : setting(s, OPT_EAB_HMAC_KEY);

    policy->eab_kid = setting(s, OPT_EAB_KID);
    TRY(op_ok(op));
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

static bool read_key_kind(struct op *op, const struct settings *s, struct policy *policy)
{
    const char *type = setting(s, OPT_KEY_TYPE);

    policy->key_kind = KEY_EC256;
    if (type && !key_kind_parse(type, &policy->key_kind))
        return op_fail(op, ERR_USAGE, "--key-type %s is none of ec256, ec384, rsa2048, rsa3072, rsa4096",
                       type);
    policy->reuse_key = setting_on(s, OPT_REUSE_KEY) && !setting_on(s, OPT_NEW_KEY);
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

static const char *shape_of(struct op *op, const struct policy *policy)
{
    return op_text(op, "%s|%s|%s|%s|%s", strings_join(op, &policy->names, ","), policy->directory,
                   policy->profile ? policy->profile : "", key_kind_name(policy->key_kind),
                   policy->reuse_key ? "reuse" : "new");
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
    TRY(names_normalise(op, &settings->at[OPT_DOMAIN], &policy->names));
    TRY(policy_read_ca(op, settings, conf, policy));
    setting_seconds(op, settings, OPT_HOOK_TIMEOUT, 0); /* is needed later: better wrong now than then */
    policy->challenge_alias = alias(op, settings, OPT_CHALLENGE_ALIAS);
    policy->domain_alias = alias(op, settings, OPT_DOMAIN_ALIAS);
    TRY(spread_parse(op, setting(settings, OPT_PROPAGATION), &policy->spread));
    policy->spread.private_resolver = settings->at[OPT_RESOLVER].count > 0;
    policy->spread.patience = PATIENCE_MS;
    policy->shape = shape_of(op, policy);
    return op_ok(op);
}
