/* From the files of another client into the store. */
#include "import_kit.h"

#include "base/json.h"
#include "material.h"
#include "provenance.h"

#include <stdio.h>

static bool take(struct import_scene *s, bool look, struct import_taken *taken)
{
    struct op *op = op_child(s->op); /* with the lock */
    bool good = import_cert_take(&s->run, op, s->import.certs, look, taken);

    op_adopt(s->op, op);
    op_end(op);
    return good;
}

static bool take_account(struct import_scene *s, bool look, struct import_taken *taken)
{
    struct op *op = op_child(s->op);
    bool good = import_account_take(&s->run, op, s->import.accounts, look, taken);

    op_end(op);
    return good;
}

TEST(import_takes_a_certificate)
{
    struct import_scene s = import_scene();
    struct import_taken taken;
    struct lineage lineage;

    import_put_uacme(&s);
    CHECK(import_of(&s, "uacme") && take(&s, true, &taken));
    CHECK_INT(taken.fate, IMPORT_NEW);
    CHECK(!lineage_load(s.op, s.run.store, "a.example", &lineage) && op_ok(s.op));
    CHECK(take(&s, false, &taken));
    CHECK_INT(taken.fate, IMPORT_NEW);
    CHECK(lineage_load(s.op, s.run.store, "a.example", &lineage));
    CHECK(lineage.held && !lineage.deploy_owed);
    CHECK_STR(setting(&lineage.wanted, OPT_SERVER), "letsencrypt");
    CHECK_STR(setting(&lineage.wanted, OPT_KEY_TYPE), "ec256");
    CHECK_STR(setting(&lineage.wanted, OPT_DOMAIN), "a.example");
    CHECK_STR(generation_read(s.op, s.run.store, "a.example", "key.pem"), s.key);
    CHECK_STR(generation_read(s.op, s.run.store, "a.example", "fullchain.pem"), s.chain);
    CHECK(take(&s, false, &taken));
    CHECK_INT(taken.fate, IMPORT_THERE);
}

/* What an order replaces (RFC 9773 section 5) is known afterwards, whether the account's URL is or not. */
TEST(import_keeps_where_it_came_from)
{
    static const char *const accounts[] = { "https://le/acct/7", NULL };

    for (size_t i = 0; i < 2; i++) {
        struct import_scene s = import_scene();
        struct import_taken taken;
        const char *text;

        import_put_uacme(&s);
        CHECK(import_of(&s, "uacme"));
        s.import.certs->account = accounts[i];
        CHECK(take(&s, false, &taken));
        text = generation_read(s.op, s.run.store, "a.example", "meta.json");
        text = text ? text : "{}";
        CHECK(provenance_is_of(json_parse(s.op, text, strlen(text)), IMPORT_LE, "https://le/acct/7"));
        CHECK(!provenance_is_of(json_parse(s.op, text, strlen(text)), "https://x/dir", "https://le/acct/7"));
        CHECK_INT(provenance_is_of(json_parse(s.op, text, strlen(text)), IMPORT_LE, "https://le/acct/8"), i);
        remove(store_path(s.op, s.run.store, "certs/a.example/lineage.json"));
    }
}

TEST(import_refuses_what_does_not_fit)
{
    static const struct {
        const char *chain, *key, *words;
    } cases[] = {
        { NULL, "ec256.pem", "is not the private key of" },
        { "no certificate", NULL, "" },
        { NULL, "ec521.pem", "" },
        { NULL, "encrypted.pem", "" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_scene s = import_scene();
        struct import_taken taken;
        struct lineage lineage;
        struct op *aside = op_child(s.op);

        s.chain = cases[i].chain ? cases[i].chain : s.chain;
        s.key = cases[i].key ? fixture(s.op, cases[i].key) : s.key;
        import_put_uacme(&s);
        CHECK(import_of(&s, "uacme"));
        CHECK(!import_cert_take(&s.run, aside, s.import.certs, false, &taken));
        CHECK_FAILED(aside, ERR_CONFIG, cases[i].words);
        op_end(aside);
        CHECK(!lineage_load(s.op, s.run.store, "a.example", &lineage));
    }
}

TEST(import_refuses_a_title_that_is_a_path)
{
    struct import_scene s = import_scene();
    struct import_taken taken;

    import_put_uacme(&s);
    CHECK(import_of(&s, "uacme"));
    s.import.certs->title = "../x";
    CHECK(!take(&s, false, &taken));
}

TEST(import_needs_the_private_key)
{
    struct import_scene s = import_scene();
    struct import_taken taken;

    import_put(&s, "a.example/cert.pem", s.chain);
    CHECK(import_of(&s, "uacme"));
    CHECK(!take(&s, false, &taken));
    CHECK_FAILED(s.op, ERR_CONFIG, "has no private key of it");
}

TEST(import_needs_the_ca)
{
    struct import_scene s = import_scene();
    struct import_taken taken;

    import_put_pair(&s, "certificates/a.example.crt", "certificates/a.example.key");
    CHECK(import_of(&s, "lego"));
    CHECK(!take(&s, false, &taken));
    CHECK_FAILED(s.op, ERR_CONFIG, "does not say which CA");
}

TEST(import_takes_an_account)
{
    struct import_scene s = import_scene();
    struct import_taken taken;
    struct account account;

    import_put_uacme(&s);
    CHECK(import_of(&s, "uacme"));
    CHECK(take_account(&s, true, &taken));
    CHECK_INT(taken.fate, IMPORT_NEW);
    CHECK(!account_load(s.op, s.run.store, IMPORT_LE, &account));
    CHECK(take_account(&s, false, &taken));
    CHECK(account_load(s.op, s.run.store, IMPORT_LE, &account));
    CHECK_STR(account.key_pem, s.key);
    CHECK_STR(account.kid, NULL);
    CHECK(take_account(&s, false, &taken));
    CHECK_INT(taken.fate, IMPORT_THERE);
    import_put(&s, "private/key.pem", fixture(s.op, "ec256.pem"));
    CHECK(take_account(&s, false, &taken));
    CHECK_INT(taken.fate, IMPORT_OTHER);
    CHECK(account_load(s.op, s.run.store, IMPORT_LE, &account));
    CHECK_STR(account.key_pem, s.key);
}

TEST(import_takes_the_address_of_an_account)
{
    static const char *const cases[][2] = {
        { "mailto:me@a.example", "me@a.example" },
        { "me@a.example", "me@a.example" },
        { "tel:+49", NULL },
        { "", NULL },
        { NULL, NULL },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct import_scene s = import_scene();
        struct import_taken taken;
        struct account account;

        s.run.store = store_open(s.op, here(s.op, op_text(s.op, "state%zu", i)));
        import_put_uacme(&s);
        CHECK(import_of(&s, "uacme"));
        s.import.accounts->kid = "https://le/acct/7";
        s.import.accounts->contact = cases[i][0];
        CHECK(take_account(&s, false, &taken) && account_load(s.op, s.run.store, IMPORT_LE, &account));
        CHECK_STR(account.contact, cases[i][1]);
    }
}

TEST(import_reads_a_key_in_jose)
{
    struct op *op = kit_op();

    disk_put(here(op, "key.json"), " {\"kty\": \"EC\"}", 0600);
    CHECK(!key_from_file(op, here(op, "key.json")));
    CHECK_FAILED(op, ERR_CONFIG, "no private JWK");
}
