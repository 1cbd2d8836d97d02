#include "acme/challenge.h"

#include "crypto/jws.h"

#include <string.h>

#define MOST_CHALLENGES 32u
#define TOKEN_LEAST     22u /* 128 bits in base64url (RFC 8555 section 11.3) */
#define TOKEN_MOST      1024u
#define MOST_ISSUERS    10u /* more are to be refused, the draft says */
#define ISSUER_MOST     253u
#define LABEL_OCTETS    10u /* of the hash of the account's URL */

static const struct json *find(const struct json *json, const char *type)
{
    const struct json *challenge;

    for (size_t i = 0; i < MOST_CHALLENGES && (challenge = json_each(json, "challenges", i)); i++)
        if (json_is(challenge, "type", type))
            return challenge;
    return NULL;
}

/* ---- challenges with a token ---- */

static bool token_ok(const char *token)
{
    size_t length = strlen(token);

    return length >= TOKEN_LEAST && length <= TOKEN_MOST &&
           strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == length;
}

static bool read_token(struct op *op, const struct acme *ca, const struct json *found, struct challenge *c)
{
    c->token = json_str(op, found, "token");
    TRY(op_ok(op));
    if (!token_ok(c->token))
        return op_fail(op, ERR_UNTRUSTED, "the CA's token for %s is no token", c->name);
    c->key_authorization = jws_key_authorization(op, ca->key, c->token);
    c->value = jws_dns01_value(op, ca->key, c->token);
    return op_ok(op);
}

/* ---- dns-account-01 ---- */

/* Base32 of RFC 4648 section 6 in small letters, of whole groups of five octets. */
static const char *base32(struct op *op, const uint8_t *data, size_t length)
{
    struct text out = text_begin(op->arena);
    unsigned bits = 0, held = 0;

    for (size_t i = 0; i < length; i++) {
        held = (held << 8 | data[i]) & 0xfff;
        for (bits += 8; bits >= 5; bits -= 5)
            text_char(&out, "abcdefghijklmnopqrstuvwxyz234567"[held >> (bits - 5) & 31]);
    }
    return out.data;
}

static const char *account_label(struct op *op, const char *kid)
{
    struct bytes digest = hash(op, HASH_SHA256, bytes_of(kid));

    return op_ok(op) ? op_text(op, "_%s." CHALLENGE_LABEL, base32(op, digest.at, LABEL_OCTETS)) : NULL;
}

/* ---- dns-persist-01 ---- */

static bool issuer_ok(const char *name)
{
    size_t length = strlen(name);

    return length && length <= ISSUER_MOST && *name != '.' && name[length - 1] != '.' &&
           !strstr(name, "..") && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") == length;
}

static bool read_issuers(struct op *op, const struct json *found, struct challenge *c)
{
    struct strings *issuers = &c->persist.issuers;

    *issuers = json_strings(op, found, "issuer-domain-names");
    TRY(op_ok(op));
    if (!issuers->count && json_at(found, "issuerDomainNames")) {
        op_fail(op, ERR_REFUSED, "the CA speaks a newer draft of dns-persist-01 than this program");
        return op_hint(op, "use --challenge-type dns-01 until there is a newer version of it");
    }
    if (!issuers->count || issuers->count > MOST_ISSUERS)
        return op_fail(op, ERR_UNTRUSTED, "the CA's dns-persist-01 challenge for %s names %zu issuers",
                       c->name, issuers->count);
    for (size_t i = 0; i < issuers->count; i++)
        if (!issuer_ok(issuers->at[i]))
            return op_fail(op, ERR_UNTRUSTED, "the CA's issuer \"%s\" is no host name in normal form",
                           text_printable(op, issuers->at[i], 300));
    return true;
}

/* A CA that names another account would have us publish that this one may have certificates for our names. */
static bool read_persist(struct op *op, const struct acme *ca, const struct json *found, struct challenge *c)
{
    const char *account = json_opt(op, found, "accounturi");

    TRY(read_issuers(op, found, c));
    if (account && !text_same(account, ca->kid)) {
        op_fail(op, ERR_UNTRUSTED,
                "the CA's dns-persist-01 challenge for %s is for the account %s, ours is %s", c->name,
                text_printable(op, account, 300), ca->kid);
        return op_hint(op, "use --challenge-type dns-01 and ask the CA's operator");
    }
    c->persist.account = ca->kid;
    return op_ok(op);
}

/* ---- all types ---- */

static bool not_offered(struct op *op, const char *type, const char *name)
{
    if (text_same(type, "dns-account-01") || text_same(type, "dns-persist-01")) {
        op_fail(op, ERR_REFUSED, "this CA does not offer %s yet (asked for %s)", type, name);
        return op_hint(op, "use dns-01: --challenge-type dns-01 --dns PROVIDER");
    }
    op_fail(op, ERR_REFUSED, "the CA does not offer %s for %s", type, name);
    return op_hint(op, "this name cannot be proved in this way with this CA");
}

static const char *label_of(struct op *op, const struct acme *ca, const char *type)
{
    if (text_same(type, "dns-01"))
        return CHALLENGE_LABEL;
    if (text_same(type, "dns-account-01"))
        return account_label(op, ca->kid);
    return text_same(type, "dns-persist-01") ? PERSIST_LABEL : NULL;
}

bool challenge_read(struct op *op, const struct acme *ca, const struct json *json, const char *type,
                    struct authz *authz)
{
    const struct json *found = find(json, type);
    struct challenge *c = &authz->challenge;

    authz->problem = json_at(found, "error");
    if (!authz_open(authz))
        return true;
    if (!found)
        return not_offered(op, type, c->name);
    c->type = type;
    c->url = json_str(op, found, "url");
    TRY(acme_url_ok(op, ca, c->url, "a challenge"));
    c->label = label_of(op, ca, type);
    TRY(text_same(type, "dns-persist-01") ? read_persist(op, ca, found, c) : read_token(op, ca, found, c));
    /* A challenge that is being looked at already (a resumed order) wants no second answer. */
    authz->answered = authz->answered || json_is(found, "status", "processing");
    return op_ok(op);
}
