/* Taking over from another client, with failures and deaths at every point. */
#include "import_kit.h"
#include "torture.h"

static struct import_scene scene;

static bool run(struct op *op, const struct store *store)
{
    struct op *own = op_child(op); /* as the command has one for each */
    struct store copy = *store;
    struct run all = { .op = own, .store = &copy, .conf = scene.run.conf };
    struct import_taken taken;
    bool good;

    if (import_account_take(&all, own, scene.import.accounts, false, &taken))
        import_cert_take(&all, own, scene.import.certs, false, &taken);
    if (own->err.code == ERR_CONFIG) /* what is to be taken over cannot be read */
        own->err.code = ERR_STORE;
    good = op_adopt(op, own);
    op_end(own);
    return good;
}

/* What the store has is whole: the key, and the certificate that belongs to it. */
static void check(struct op *op, const struct store *store)
{
    const char *key = generation_read(op, store, "a.example", "key.pem");
    const char *cert = generation_read(op, store, "a.example", "fullchain.pem");

    CHECK(!key == !cert);
    CHECK(!cert || (text_same(cert, scene.chain) && text_same(key, scene.key)));
}

static void done(struct op *op, const struct store *store)
{
    struct account account;
    struct lineage lineage;

    CHECK_STR(generation_read(op, store, "a.example", "fullchain.pem"), scene.chain);
    CHECK(lineage_load(op, store, "a.example", &lineage) && lineage.held);
    CHECK(account_load(op, store, IMPORT_LE, &account));
}

TEST(effects_of_importing)
{
    const struct act act = { NULL, run, check, done };

    scene = import_scene();
    import_put_uacme(&scene);
    CHECK(import_of(&scene, "uacme"));
    CHECK(torture(&act) >= 20);
}
