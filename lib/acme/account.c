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
        const char *binding =
            jws_bind(op, key, wants->eab_kid, wants->eab_key, wants->eab_hash, ca->new_account);

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

bool account_find(struct op *op, struct acme *ca, const struct key *key, bool *found)
{
    struct acme_call call = { .url = ca->new_account,
                              .key = key,
                              .payload = "{\"onlyReturnExisting\":true}" };

    op_enter(op, "looking for the account of this key");
    *found = acme_send(op, ca, &call, 1) && call.answer.status < 300 &&
             account_use(op, ca, key, http_header(&call.answer, "Location", 0));
    if (op_ok(op) && !*found && !text_same(problem_type(op, call.json), "accountDoesNotExist"))
        problem_fail(op, &call);
    op_leave(op);
    return op_ok(op);
}

static bool read_facts(struct op *op, const struct acme_call *call, struct account_facts *facts)
{
    facts->status = json_str(op, call->json, "status");
    if (facts->status)
        facts->status = text_printable(op, facts->status, 50);
    facts->contacts = json_strings(op, call->json, "contact");
    for (size_t i = 0; i < facts->contacts.count; i++)
        facts->contacts.at[i] = text_printable(op, facts->contacts.at[i], 300);
    return op_ok(op);
}

bool account_read(struct op *op, struct acme *ca, struct account_facts *facts)
{
    struct acme_call call = { .url = ca->kid };

    op_enter(op, "asking the CA about the account %s", ca->kid);
    if (acme_post(op, ca, &call, 1))
        read_facts(op, &call, facts);
    op_leave(op);
    return op_ok(op);
}

bool account_update(struct op *op, struct acme *ca, const char *contact, struct account_facts *facts)
{
    struct text out = text_begin(op->arena);
    struct acme_call call = { .url = ca->kid };
    struct strings contacts = { 0 };

    if (contact)
        strings_add(op, &contacts, op_text(op, "mailto:%s", contact));
    json_open(&out, NULL, '{');
    json_put_strings(&out, "contact", &contacts);
    json_close(&out, '}');
    call.payload = out.data;
    op_enter(op, "changing the contact of the account %s", ca->kid);
    if (acme_post(op, ca, &call, 1))
        read_facts(op, &call, facts);
    op_leave(op);
    return op_ok(op);
}

/* The old key signs that the new one signs that it takes the account over. */
bool account_rollover(struct op *op, struct acme *ca, const struct key *key)
{
    struct text inner = text_begin(op->arena);
    struct acme_call call = { .url = ca->key_change };

    if (!ca->key_change) {
        op_fail(op, ERR_CONFIG, "%s does not let accounts change their key", ca->host);
        return op_hint(op, "make a new account instead: deactivate this one first");
    }
    json_open(&inner, NULL, '{');
    json_put(&inner, "account", ca->kid);
    json_put_raw(&inner, "oldKey", key_jwk(op, ca->key));
    json_close(&inner, '}');
    call.payload = jws_sign(op, key, NULL, NULL, ca->key_change, inner.data);
    op_enter(op, "changing the key of the account %s", ca->kid);
    if (op_ok(op) && acme_send(op, ca, &call, 1)) {
        if (call.answer.status < 300)
            ca->key = key;
        else if (!problem_fail(op, &call) && call.answer.status == 409)
            op_hint(op, "another account has this key already");
    }
    op_leave(op);
    return op_ok(op);
}

bool account_deactivate(struct op *op, struct acme *ca)
{
    struct acme_call call = { .url = ca->kid, .payload = "{\"status\":\"deactivated\"}" };

    op_enter(op, "deactivating the account %s", ca->kid);
    acme_post(op, ca, &call, 1);
    op_leave(op);
    return op_ok(op);
}
