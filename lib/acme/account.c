#include "acme/account.h"

#include "acme/problem.h"
#include "crypto/jws.h"

bool eab_key_decode(struct op *op, const char *text, struct bytes *key)
{
    *key = base64url_decode(op, text, "the EAB HMAC key");
    if (!op_ok(op)) {
        op->err.code = ERR_CONFIG;
        return op_hint(op, "copy it again as the CA shows it: base64url letters, digits, - and _");
    }
    return true;
}

static const char *new_account(struct op *op, struct acme *ca, const struct key *key,
                               const struct account_wants *wants)
{
    struct text out = text_begin(op->arena);
    struct strings contacts = { 0 };

    json_open(&out, NULL, '{');
    json_put_bool(&out, "termsOfServiceAgreed", true);
    if (wants->contact) {
        strings_add(op, &contacts, op_text(op, "mailto:%s", wants->contact));
        json_put_strings(&out, "contact", &contacts);
    }
    if (wants->eab_kid) {
        const char *binding = jws_bind(op, key, wants->eab_kid, wants->eab_key, HASH_SHA256, ca->new_account);

        if (!binding)
            return NULL;
        json_put_raw(&out, "externalAccountBinding", binding);
    }
    json_close(&out, '}');
    return out.data;
}

static bool need_binding(struct op *op, const struct acme *ca)
{
    op_fail(op, ERR_CONFIG,
            "%s binds accounts to its customers (external account binding), and no key was given", ca->host);
    return op_hint(op, "get a key id and an HMAC key from the CA, then give --eab-kid ID and "
                       "--eab-hmac-key-file FILE (or --eab-hmac-key KEY)");
}

bool account_register(struct op *op, struct acme *ca, const struct key *key,
                      const struct account_wants *wants)
{
    struct acme_call call = { .url = ca->new_account, .key = key };

    op_enter(op, "registering an account");
    if (ca->eab_required && !wants->eab_kid)
        need_binding(op, ca);
    call.payload = op_ok(op) ? new_account(op, ca, key, wants) : NULL;
    if (op_ok(op) && acme_post(op, ca, &call, 1))
        account_use(op, ca, key, http_header(&call.answer, "Location", 0));
    op_leave(op);
    return op_ok(op);
}

bool account_use(struct op *op, struct acme *ca, const struct key *key, const char *kid)
{
    TRY(acme_url_ok(op, ca, kid, "the account"));
    ca->key = key;
    ca->kid = kid;
    return true;
}
