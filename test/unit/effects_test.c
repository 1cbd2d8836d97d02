/*
 * The store under torture: each of its acts fails, and dies, at every point. See torture.h.
 */
#include "base/json.h"
#include "disk.h"
#include "store/journal.h"
#include "torture.h"

/* ---- an account ---- */

#define CA "https://ca.example/dir"

static bool account_register(struct op *op, const struct store *store)
{
    struct account account = { .server = CA, .key_pem = "key\n" };

    TRY(account_save(op, store, &account)); /* before the CA is asked */
    account.kid = CA "/acct/1";
    return account_save(op, store, &account);
}

/* An account URL never stands there without the key that it belongs to. */
static void account_check(struct op *op, const struct store *store)
{
    struct account account;

    account_load(op, store, CA, &account);
    CHECK(op_ok(op));
    CHECK(!account.key_pem || strcmp(account.key_pem, "key\n") == 0);
    CHECK(!account.kid || account.key_pem);
    CHECK(!file_there(store_path(op, store, "accounts/ca.example_dir/account.json")) ||
          file_there(store_path(op, store, "accounts/ca.example_dir/key.pem")));
}

static void account_done(struct op *op, const struct store *store)
{
    struct account account;

    CHECK(account_load(op, store, CA, &account));
    CHECK_STR(account.kid, CA "/acct/1");
    CHECK_INT(disk_count(store_path(op, store, "accounts/ca.example_dir")), 2);
}

TEST(effects_of_an_account)
{
    const struct act act = { NULL, account_register, account_check, account_done };

    CHECK(torture(&act) >= 10);
}

/* ---- what is wanted of a certificate ---- */

static void save_domains(struct op *op, const struct store *store, const char *domains)
{
    struct lineage lineage = { .name = "a" };

    settings_add(op, &lineage.wanted, OPT_DOMAIN, domains);
    lineage_save(op, store, &lineage);
}

static void lineage_before(struct op *op, const struct store *store)
{
    save_domains(op, store, "old.example");
}

static bool lineage_change(struct op *op, const struct store *store)
{
    save_domains(op, store, "new.example,other.example");
    return op_ok(op);
}

static void lineage_check(struct op *op, const struct store *store)
{
    struct lineage lineage;
    const char *domains;

    CHECK(lineage_load(op, store, "a", &lineage));
    domains = strings_join(op, &lineage.wanted.at[OPT_DOMAIN], ",");
    CHECK(strcmp(domains, "old.example") == 0 || strcmp(domains, "new.example,other.example") == 0);
}

static void lineage_done(struct op *op, const struct store *store)
{
    struct lineage lineage;

    CHECK(lineage_load(op, store, "a", &lineage));
    CHECK_STR(setting(&lineage.wanted, OPT_DOMAIN), "other.example");
    CHECK_INT(disk_count(store_path(op, store, "certs/a")), 1);
}

TEST(effects_of_a_lineage)
{
    const struct act act = { lineage_before, lineage_change, lineage_check, lineage_done };

    CHECK(torture(&act) >= 5);
}

/* ---- generations ---- */

static bool install(struct op *op, const struct store *store, const char *mark)
{
    const struct generation gen = { op_text(op, "key %s", mark), op_text(op, "cert %s", mark),
                                    op_text(op, "chain %s", mark), op_text(op, "full %s", mark),
                                    op_text(op, "{\"version\":1,\"mark\":\"%s\"}", mark) };

    return generation_install(op, store, "a", &gen);
}

static void old_generations(struct op *op, const struct store *store)
{
    for (int i = 1; i <= 5; i++) {
        const char *folder = store_path(op, store, "certs/a/gen/%04d", i);

        CHECK(folder_make(op, folder));
        disk_put(op_text(op, "%s/key.pem", folder), "key older", 0600);
    }
    install(op, store, "old");
}

static bool install_new(struct op *op, const struct store *store)
{
    return install(op, store, "new");
}

/* All files of the current generation are of one age. */
static const char *current_mark(struct op *op, const struct store *store)
{
    static const char *const files[] = { "key", "cert", "chain", "full" };
    const char *key = generation_read(op, store, "a", "key.pem");
    const char *mark = key ? key + strlen("key ") : NULL;

    for (size_t i = 0; mark && i < sizeof files / sizeof *files; i++) {
        const char *file = op_text(op, "%s.pem", strcmp(files[i], "full") == 0 ? "fullchain" : files[i]);

        CHECK_STR(generation_read(op, store, "a", file), op_text(op, "%s %s", files[i], mark));
    }
    return mark;
}

static void renewal_check(struct op *op, const struct store *store)
{
    const char *mark = current_mark(op, store);

    CHECK(mark && (strcmp(mark, "old") == 0 || strcmp(mark, "new") == 0));
    CHECK(op_ok(op));
}

static void renewal_done(struct op *op, const struct store *store)
{
    CHECK_STR(current_mark(op, store), "new");
    CHECK(!file_there(store_path(op, store, "certs/a/gen/.new")));
    CHECK(!file_there(store_path(op, store, "certs/a/current.new")));
    CHECK_INT(folder_list(op, store_path(op, store, "certs/a/gen")).count, 5);
}

TEST(effects_of_a_renewal)
{
    const struct act act = { old_generations, install_new, renewal_check, renewal_done };

    CHECK(torture(&act) >= 25);
}

static void first_check(struct op *op, const struct store *store)
{
    const char *mark = current_mark(op, store);

    CHECK(!mark || strcmp(mark, "new") == 0);
    CHECK(op_ok(op));
}

static void first_done(struct op *op, const struct store *store)
{
    CHECK_STR(current_mark(op, store), "new");
}

TEST(effects_of_a_first_certificate)
{
    const struct act act = { NULL, install_new, first_check, first_done };

    CHECK(torture(&act) >= 25);
}

static void archive_before(struct op *op, const struct store *store)
{
    save_domains(op, store, "old.example");
    install(op, store, "old");
}

/* As revoke --delete does it: what is gone already is fine. */
static bool archive(struct op *op, const struct store *store)
{
    return !file_there(store_path(op, store, "certs/a")) || lineage_archive(op, store, "a");
}

static void archive_check(struct op *op, const struct store *store)
{
    const char *to = store_path(op, store, "archive/a-%lld/current/key.pem", (long long)op_now(op));
    const char *from = store_path(op, store, "certs/a/current/key.pem");

    CHECK((disk_get(op, from) != NULL) != (disk_get(op, to) != NULL));
}

static void archive_done(struct op *op, const struct store *store)
{
    CHECK(!file_there(store_path(op, store, "certs/a")));
}

TEST(effects_of_an_archive)
{
    const struct act act = { archive_before, archive, archive_check, archive_done };

    CHECK(torture(&act) >= 4);
}

/* ---- the journal ---- */

/* All that it says, in one line. */
static const char *journal_shown(struct op *op, const struct store *store)
{
    const struct journal *journal = journal_open(op, store, "a");
    struct text out = text_begin(op->arena);

    if (!CHECK(journal != NULL))
        return "";
    text_add(&out, "%s", journal->order.url ? "order" : "-");
    for (size_t i = 0; i < journal->txt_count; i++)
        text_add(&out, " %s/%s", journal->txts[i].value,
                 journal->txts[i].handle ? journal->txts[i].handle : "-");
    return out.data;
}

static bool work(struct op *op, struct journal *journal, struct journal_txt txts[2])
{
    const struct journal_order order = { CA "/order", CA, "shape" };

    txts[0] = (struct journal_txt){ .dns = "d", .fqdn = "f", .value = "v1", .ttl = 60 };
    txts[1] = (struct journal_txt){ .dns = "d", .fqdn = "f", .value = "v2", .ttl = 60 };
    TRY(journal_order_made(op, journal, &order, "key\n"));
    TRY(journal_txts(op, journal, txts, 2));
    txts[0].handle = "h1";
    return journal_handles(op, journal, txts, 2);
}

/* What a run does, its clean-up in an operation of its own, whatever happened before. */
static bool journal_life(struct op *op, const struct store *store)
{
    struct journal *journal = journal_open(op, store, "a");
    struct journal_txt txts[2];
    struct op *clean;

    TRY(journal);
    if (!journal->txt_count && !journal->order.url)
        work(op, journal, txts);
    clean = op_child(op);
    while (op_ok(clean) && journal->txt_count)
        journal_txts_gone(clean, journal, &(struct journal_txt){ .id = journal->txts[0].id }, 1);
    journal_order_ended(clean, journal);
    journal_close(clean, journal);
    op_adopt(op, clean);
    op_end(clean);
    return op_ok(op);
}

static void journal_check(struct op *op, const struct store *store)
{
    static const char *const states[] = { "-",          "order", "order v1/- v2/-", "order v1/h1 v2/-",
                                          "order v2/-", "- v2/-" };
    const char *shown = journal_shown(op, store);
    bool known = false;

    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        known = known || strcmp(states[i], shown) == 0;
    kit_check(known, __FILE__, __LINE__, "the journal says \"%s\"", shown);
    CHECK(*shown == '-' || disk_get(op, store_path(op, store, "journal/a.key")));
}

static void journal_done(struct op *op, const struct store *store)
{
    CHECK_STR(journal_shown(op, store), "-");
    CHECK_INT(disk_count(store_path(op, store, "journal")), 0);
}

TEST(effects_of_a_journal)
{
    const struct act act = { NULL, journal_life, journal_check, journal_done };

    CHECK(torture(&act) >= 15);
}
