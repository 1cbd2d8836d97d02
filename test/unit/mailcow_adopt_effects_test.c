/* Taking over what an installation has, with failures and deaths at every point. */
#include "mailcow/adopt.h"

#include "mailcow_kit.h"
#include "torture.h"

#include <sys/stat.h>

#define LE "https://acme-v02.api.letsencrypt.org/directory"

static struct cow_pair installed;

static void an_installation(struct op *op, const struct store *store)
{
    struct cow cow = cow_new(op, op_text(op, "%s/cow", store->root));

    cow_put(op, &cow, "", &installed, NULL);
    CHECK_INT(mkdir(op_text(op, "%s/acme", cow.ssl), 0755), 0);
    disk_put(op_text(op, "%s/acme/account.pem", cow.ssl), fixture(op, "rsa2048.pem"), 0600);
}

static bool run(struct op *op, const struct store *store)
{
    struct store copy = *store;
    struct run all = { .op = op, .store = &copy, .conf = conf_parse(op, "", "/etc/x.conf") };
    struct lineage lineage = { .name = COW_HOST };
    struct settings settings = { 0 };

    settings_add(op, &settings, OPT_MAILCOW, op_text(op, "%s/cow", store->root));
    settings_add(op, &settings, OPT_DOMAIN, COW_HOST);
    if (mailcow_adopt(&all, op, &settings, &lineage))
        return true;
    if (op->err.code == ERR_CONFIG) /* mailcow.conf cannot be read */
        op->err.code = ERR_STORE;
    return false;
}

/* What the store has is whole: the key, and the certificate that belongs to it. */
static void check(struct op *op, const struct store *store)
{
    const char *key = generation_read(op, store, COW_HOST, "key.pem");
    const char *cert = generation_read(op, store, COW_HOST, "fullchain.pem");
    struct cow cow = { NULL, op_text(op, "%s/cow/data/assets/ssl", store->root) };

    CHECK(!key == !cert);
    CHECK(!cert || text_same(cert, installed.cert));
    CHECK(cow_has(op, &cow, "", &installed));
}

static void done(struct op *op, const struct store *store)
{
    struct account account;
    struct lineage lineage;

    CHECK_STR(generation_read(op, store, COW_HOST, "fullchain.pem"), installed.cert);
    CHECK(lineage_load(op, store, COW_HOST, &lineage) && lineage.deploy_owed);
    CHECK(account_load(op, store, LE, &account));
    CHECK(disk_count(store_path(op, store, "certs/" COW_HOST "/gen")) <= 2); /* not one a try */
}

TEST(effects_of_adopting)
{
    const struct act act = { an_installation, run, check, done };
    const struct cow_wish wish = {
        .key = "rsa2056.pem", .organisation = "Let's Encrypt", .issuer = "R11", .names = COW_HOST
    };

    installed = cow_pair(kit_op(), &wish);
    CHECK(torture(&act) >= 30);
}
