#include "rollover.h"

#include "acme/account.h"

static bool adopt(struct op *op, const struct store *store, struct account *account, const char *pem)
{
    account->key_pem = pem;
    return account_save(op, store, account) && account_key_drop(op, store, account->server);
}

bool rollover(struct run *run, struct op *op, struct acme *ca, struct account *account, const struct key *key)
{
    const char *pem = key_pem(op, key);

    TRY(pem && account_key_stage(op, run->store, account->server, pem));
    if (account_rollover(op, ca, key))
        return adopt(op, run->store, account, pem);
    if (op->err.code == ERR_REFUSED || op->err.code == ERR_CONFIG) { /* a clear no; else nobody knows yet */
        struct op *aside = op_child(op);

        account_key_drop(aside, run->store, account->server);
        op_end(aside);
    }
    return false;
}

bool rollover_finish(struct run *run, struct desk *desk, struct account *account)
{
    struct op *op = desk->op;
    const char *pem = account_key_staged(op, run->store, account->server);
    const struct key *key = pem ? key_from_pem(op, pem, "the account's new key") : NULL;
    bool found = false;

    TRY(key && account_find(op, desk->ca, key, &found));
    if (found && text_same(desk->ca->kid, account->kid))
        return adopt(op, run->store, account, pem);
    desk->ca->kid = NULL;
    return account_key_drop(op, run->store, account->server);
}
