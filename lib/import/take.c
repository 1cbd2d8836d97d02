/* From the files of another client into the store. */
#include "import/import.h"

#include "certify.h"
#include "names.h"
#include "provenance.h"

#include <string.h>

#define PATIENCE_MS 60000

/* ---- accounts ---- */

/* Of "mailto:me@a.example", as CAs have it, or the bare address; NULL for what is none. */
static const char *address_of(const char *contact)
{
    const char *behind = text_past(contact, "mailto:"), *address = behind ? behind : contact;

    return address && strchr(address, '@') && !strchr(address, ':') ? address : NULL;
}

static bool read_account(struct run *run, struct op *op, const struct import_account *account,
                         struct account *ours)
{
    struct settings settings = { 0 };
    struct policy policy = { 0 };
    const struct key *key = key_from_file(op, account->key);

    settings_set(op, &settings, OPT_SERVER, account->server);
    TRY(key && policy_read_ca(op, &settings, run->conf, &policy));
    *ours = (struct account){ .server = policy.directory,
                              .kid = account->kid,
                              .contact = address_of(account->contact),
                              .key_pem = key_pem(op, key) };
    return op_ok(op);
}

/* False: there is none yet, or op has failed. */
static bool have_one(struct op *op, const struct store *store, const struct account *found,
                     struct import_taken *taken)
{
    struct account ours;

    if (!account_load(op, store, found->server, &ours))
        return false;
    taken->fate = text_same(ours.key_pem, found->key_pem) ? IMPORT_THERE : IMPORT_OTHER;
    return true;
}

bool import_account_take(struct run *run, struct op *op, const struct import_account *account, bool look,
                         struct import_taken *taken)
{
    struct account found;

    *taken = (struct import_taken){ .server = account->server };
    op_enter(op, "taking over the account of %s", account->key);
    TRY(read_account(run, op, account, &found));
    taken->server = found.server;
    if (have_one(op, run->store, &found, taken) || !op_ok(op) || look)
        return op_ok(op);
    TRY(store_lock_account(op, run->store, account_folder(op, found.server)));
    return have_one(op, run->store, &found, taken) || account_save(op, run->store, &found);
}

/* ---- certificates ---- */

struct pair {
    struct key *key;
    struct chain chain;
};

static bool read_pair(struct op *op, const struct import_cert *cert, struct pair *pair)
{
    const char *text = cert->chain ? file_read_named(op, cert->chain) : NULL;

    TRY(op_ok(op));
    if (!text || !cert->key)
        return op_fail(op, ERR_CONFIG, "%s has no %s of it", cert->from,
                       text ? "private key" : "certificate");
    pair->key = key_from_file(op, cert->key);
    TRY(pair->key);
    pair->chain = chain_parse(op, text);
    if (!op_ok(op)) {
        op->err.code = ERR_CONFIG;
        return op_hint(op, "%s is damaged", cert->chain);
    }
    return bytes_same(pair->chain.certs->spki, key_public(op, pair->key)) ||
           op_fail(op, ERR_CONFIG, "%s is not the private key of %s", cert->key, cert->chain);
}

/* What is to be kept, with the CA and the kind of key that the certificate has. */
static bool settle(struct run *run, struct op *op, const struct import_cert *cert, const struct pair *pair,
                   struct import_taken *taken, struct policy *policy)
{
    struct settings *saved = &taken->saved;
    const struct cert *leaf = pair->chain.certs;

    settings_default(op, saved, &cert->wanted, OPT_SAVED);
    if (!cert->server) {
        op_fail(op, ERR_CONFIG, "%s does not say which CA it came from", cert->from);
        return op_hint(op, "add --server CA");
    }
    settings_set(op, saved, OPT_SERVER, cert->server);
    settings_set(op, saved, OPT_KEY_TYPE, key_kind_name(key_kind(pair->key)));
    TRY(policy_read_ca(op, saved, run->conf, policy));
    TRY(names_normalise(op, saved->at[OPT_DOMAIN].count ? &saved->at[OPT_DOMAIN] : &leaf->names,
                        &taken->names));
    saved->at[OPT_DOMAIN] = taken->names;
    taken->server = policy->directory;
    taken->serial = leaf->serial;
    taken->not_after = leaf->not_after;
    return true;
}

static const char *meta(struct op *op, const struct import_cert *cert, const struct pair *pair,
                        const struct policy *policy)
{
    struct provenance p = { .server = policy->directory,
                            .account = cert->account,
                            .profile = policy->profile,
                            .key_type = key_kind_name(policy->key_kind),
                            .leaf = pair->chain.certs,
                            .issued = pair->chain.certs->not_before };

    return provenance_write(op, &p);
}

static bool install(struct run *run, struct op *op, const struct import_cert *cert, const struct pair *pair,
                    const char *meta_json, const struct settings *saved)
{
    struct lineage lineage = { .name = cert->title, .wanted = *saved, .held = true };
    struct generation gen = certificate_files(op, &pair->chain);

    gen.key_pem = key_pem(op, pair->key);
    gen.meta_json = meta_json;
    return op_ok(op) && generation_install(op, run->store, cert->title, &gen) &&
           lineage_save(op, run->store, &lineage);
}

bool import_cert_take(struct run *run, struct op *op, const struct import_cert *cert, bool look,
                      struct import_taken *taken)
{
    struct policy policy = { 0 };
    struct pair pair = { 0 };

    *taken = (struct import_taken){ .fate = IMPORT_NEW };
    op_enter(op, "taking over %s", cert->title);
    TRY(title_ok(op, cert->title) && read_pair(op, cert, &pair));
    TRY(settle(run, op, cert, &pair, taken, &policy));
    if (!look && !store_lock_cert(op, run->store, cert->title, PATIENCE_MS))
        return false;
    taken->fate = lineage_there(op, run->store, cert->title) ? IMPORT_THERE : IMPORT_NEW;
    return look || taken->fate == IMPORT_THERE ||
           install(run, op, cert, &pair, meta(op, cert, &pair, &policy), &taken->saved);
}
