#include "run.h"

#include "acme/account.h"
#include "net/resolver.h"
#include "rollover.h"

static const char *desk_key(struct op *op, const struct policy *policy, const struct strings *resolvers)
{
    return op_text(op, "%s|%s|%s", policy->directory, policy->ca_bundle ? policy->ca_bundle : "",
                   strings_join(op, resolvers, ","));
}

static void end(void *op)
{
    op_end(op);
}

static struct desk *desk_make(struct run *run, const struct policy *policy, const struct strings *resolvers,
                              const char *key)
{
    struct op *op = run->op;
    struct desk *desk = op_new(op, struct desk);
    struct http_curl_options *options = op_new(op, struct http_curl_options);

    desk->key = key;
    desk->world = *op->world;
    desk->op = op_child(op);
    arena_defer(op->arena, end, desk->op);
    desk->op->world = &desk->world;
    options->ca_bundle = text_dup(op, policy->ca_bundle);
    options->connect_to = run->connect_to.count ? &run->connect_to : NULL;
    desk->world.http = http_curl(op, options);
    desk->world.resolver = resolver_system(desk->op, resolvers->count ? resolvers : NULL);
    desk->next = run->desks;
    run->desks = desk;
    return desk;
}

/* A desk's failure is that of every certificate that comes to it: each says so in its own words. */
static bool desk_adopt(struct op *op, const struct desk *desk)
{
    const struct err *err = &desk->op->err;

    if (err->code == ERR_NONE)
        return true;
    if (!op_ok(op))
        return false;
    op_fail(op, err->code, "%s", err->text);
    op->err.problem = text_dup(op, err->problem);
    op->err.http_status = err->http_status;
    op->err.retry_at = err->retry_at;
    return err->hint ? op_hint(op, "%s", err->hint) : false;
}

struct desk *run_desk(struct run *run, struct op *op, const struct policy *policy,
                      const struct settings *settings)
{
    const struct strings *resolvers = &settings->at[OPT_RESOLVER];
    const char *key = desk_key(run->op, policy, resolvers);
    struct strings *copy = op_new(run->op, struct strings);
    struct desk *desk = run->desks;

    while (desk && !text_same(desk->key, key))
        desk = desk->next;
    for (size_t i = 0; !desk && i < resolvers->count; i++)
        strings_add(run->op, copy, arena_strdup(run->op->arena, resolvers->at[i]));
    if (!desk)
        desk = desk_make(run, policy, copy, key);
    return desk_adopt(op, desk) ? desk : NULL;
}

static bool register_account(struct run *run, struct desk *desk, const struct policy *policy,
                             struct account *account)
{
    const struct account_wants wants = { policy->email, policy->eab_kid, policy->eab_key, policy->eab_hash };
    struct op *op = desk->op;
    const struct key *key = account->key_pem ? key_from_pem(op, account->key_pem, "the account key")
                                             : key_generate(op, KEY_EC256);

    if (!account->key_pem)
        account->key_pem = key ? key_pem(op, key) : NULL;
    account->contact = policy->email;
    account->server = desk->ca->directory;
    TRY(op_ok(op) && account_save(op, run->store, account));
    if (desk->ca->terms && text_starts(desk->ca->terms, "http"))
        op_log(op, LOG_NOTE, "by registering you agree to %s", text_printable(op, desk->ca->terms, 500));
    TRY(account_register(op, desk->ca, key, &wants));
    account->kid = desk->ca->kid;
    op_log(op, LOG_INFO, "the account is %s", account->kid);
    return account_save(op, run->store, account);
}

static bool use(struct desk *desk, const struct account *account)
{
    return account_use(desk->op, desk->ca, key_from_pem(desk->op, account->key_pem, "the account key"),
                       account->kid);
}

/* What the disk says may have changed while the lock was waited for. */
static bool settle_account(struct run *run, struct desk *desk, const struct policy *policy)
{
    struct account account = { 0 };

    account_load(desk->op, run->store, policy->directory, &account);
    TRY(op_ok(desk->op));
    if (!account.kid)
        return register_account(run, desk, policy, &account);
    if (account_key_staged(desk->op, run->store, policy->directory))
        TRY(rollover_finish(run, desk, &account));
    return use(desk, &account);
}

/*
 * Under the lock, because two first runs at once must not register twice, and a change of keys that another
 * run is at must not be taken for one that died.
 */
static bool find_account(struct run *run, struct desk *desk, const struct policy *policy)
{
    struct op *op = desk->op, *locked;
    struct account account = { 0 };

    account_load(op, run->store, policy->directory, &account);
    TRY(op_ok(op));
    if (account.kid && !account_key_staged(op, run->store, policy->directory))
        return use(desk, &account);
    locked = op_child(op);
    if (store_lock_account(locked, run->store, account_folder(op, policy->directory)))
        settle_account(run, desk, policy);
    op_adopt(op, locked);
    op_end(locked);
    return op_ok(op);
}

bool desk_reach(struct desk *desk, struct op *op, const struct policy *policy)
{
    if (op_ok(desk->op) && !desk->ca)
        desk->ca = acme_open(desk->op, policy->directory);
    return desk_adopt(op, desk);
}

bool desk_open(struct run *run, struct desk *desk, struct op *op, const struct policy *policy)
{
    TRY(desk_reach(desk, op, policy));
    if (!desk->ca->kid)
        find_account(run, desk, policy);
    return desk_adopt(op, desk);
}
