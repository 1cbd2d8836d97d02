#include "store/journal.h"

#include "disk.h"

#include <stdio.h>

#define SERVER "https://ca.example/dir"

static const struct journal_order order = { "https://ca.example/order/1", SERVER, "a.example|ec256" };

static struct journal_txt txt(const char *value)
{
    return (struct journal_txt){ .dns = "cloudflare",
                                 .credentials = "/etc/cf.conf",
                                 .fqdn = "_acme-challenge.a.example",
                                 .zone = "a.example",
                                 .name = "_acme-challenge",
                                 .value = value,
                                 .ttl = 120 };
}

static const char *log_path(struct op *op)
{
    return here(op, "state/journal/a.log");
}

/* All that a journal says, in one line, records in the order of their ids. */
static const char *shown(struct op *op, const struct journal *journal)
{
    struct text out = text_begin(op->arena);

    text_add(&out, "%s", journal->order.url ? journal->order.url : "-");
    for (int64_t id = 1; id < journal->next_id; id++)
        for (size_t i = 0; i < journal->txt_count; i++)
            if (journal->txts[i].id == id)
                text_add(&out, " %d=%s/%s", (int)id, journal->txts[i].value,
                         journal->txts[i].handle ? journal->txts[i].handle : "-");
    return out.data;
}

static const char *reopened(struct op *op, const struct store *store)
{
    const struct journal *journal = journal_open(op, store, "a");

    return journal ? shown(op, journal) : NULL;
}

TEST(journal_that_is_not_there_is_empty)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct journal *journal = journal_open(op, store, "a");

    CHECK_STR(shown(op, journal), "-");
    CHECK(!journal_key(op, journal));
    CHECK(journal_close(op, journal));
    CHECK_INT(disk_count(here(op, "state/journal")), 0);
    CHECK_INT(journal_list(op, store).count, 0);
}

TEST(journal_life)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct journal *journal = journal_open(op, store, "a");
    struct journal_txt txts[3] = { txt("v1"), txt("v2"), txt("v3") };

    CHECK(journal_order_made(op, journal, &order, "the key\n"));
    CHECK_STR(journal_key(op, journal), "the key\n");
    CHECK_INT(disk_mode(log_path(op)), 0600);
    CHECK_INT(disk_mode(here(op, "state/journal/a.key")), 0600);
    CHECK(journal_txts(op, journal, txts, 3));
    CHECK_STR(reopened(op, store), "https://ca.example/order/1 1=v1/- 2=v2/- 3=v3/-");
    txts[0].handle = "h1";
    txts[2].handle = "h3";
    CHECK(journal_handles(op, journal, txts, 3));
    CHECK_STR(shown(op, journal), "https://ca.example/order/1 1=v1/h1 2=v2/- 3=v3/h3");
    CHECK_STR(reopened(op, store), shown(op, journal));
    CHECK(journal_txts_gone(op, journal, txts, 1));
    CHECK_STR(reopened(op, store), "https://ca.example/order/1 2=v2/- 3=v3/h3");
    CHECK(journal_close(op, journal)); /* something is left: the file stays */
    CHECK(file_there(log_path(op)));
    CHECK(journal_order_ended(op, journal));
    CHECK_STR(reopened(op, store), "- 2=v2/- 3=v3/h3");
    CHECK(journal_txts_gone(op, journal, txts + 1, 2));
    CHECK(journal_close(op, journal));
    CHECK_INT(disk_count(here(op, "state/journal")), 0);
}

TEST(journal_keeps_every_member)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct journal *journal = journal_open(op, store, "a");
    struct journal_txt txts[2] = { txt("\"quoted\" \\ \n"), { .dns = "x", .fqdn = "f", .value = "v" } };

    CHECK(journal_order_made(op, journal, &order, NULL));
    CHECK(!journal_key(op, journal) && op_ok(op));
    CHECK(journal_txts(op, journal, txts, 2));
    journal = journal_open(op, store, "a");
    CHECK_INT(journal->txt_count, 2);
    CHECK_STR(journal->order.server, SERVER);
    CHECK_STR(journal->order.shape, "a.example|ec256");
    CHECK_STR(journal->txts[0].dns, "cloudflare");
    CHECK_STR(journal->txts[0].credentials, "/etc/cf.conf");
    CHECK_STR(journal->txts[0].fqdn, "_acme-challenge.a.example");
    CHECK_STR(journal->txts[0].zone, "a.example");
    CHECK_STR(journal->txts[0].name, "_acme-challenge");
    CHECK_STR(journal->txts[0].value, "\"quoted\" \\ \n");
    CHECK_INT(journal->txts[0].ttl, 120);
    CHECK(!journal->txts[1].credentials && !journal->txts[1].zone && !journal->txts[1].name);
}

TEST(journal_ids_go_on_after_a_restart)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct journal *journal = journal_open(op, store, "a");
    struct journal_txt first = txt("v1"), second = txt("v2");

    CHECK(journal_txts(op, journal, &first, 1));
    journal = journal_open(op, store, "a");
    CHECK(journal_txts(op, journal, &second, 1));
    CHECK(second.id != first.id);
    CHECK(journal_txts_gone(op, journal, &first, 1));
    CHECK_STR(reopened(op, store), "- 2=v2/-");
}

TEST(journal_holds_many_records)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct journal *journal = journal_open(op, store, "a");
    struct journal_txt txts[100];

    for (size_t i = 0; i < 100; i++)
        txts[i] = txt(op_text(op, "v%zu", i));
    CHECK(journal_txts(op, journal, txts, 100));
    CHECK(journal_txts_gone(op, journal, txts, 99));
    CHECK_STR(reopened(op, store), "- 100=v99/-");
}

TEST(journal_list_names_what_is_unfinished)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct strings names;

    disk_put(here(op, "state/journal/b.example.log"), "", 0600);
    disk_put(here(op, "state/journal/b.example.key"), "", 0600);
    disk_put(here(op, "state/journal/a.example.key"), "", 0600);
    disk_put(here(op, "state/journal/c.example.log.new"), "", 0600);
    names = journal_list(op, store);
    CHECK_STR(strings_join(op, &names, " "), "a.example b.example c.example");
    for (size_t i = 0; i < names.count; i++)
        CHECK(journal_close(op, journal_open(op, store, names.at[i])));
    CHECK_INT(disk_count(here(op, "state/journal")), 0);
}

/* ---- what a power cut leaves ---- */

#define FIRST  "{\"txt\":[{\"id\":1,\"dns\":\"d\",\"fqdn\":\"f\",\"value\":\"v1\",\"ttl\":60}]}\n"
#define SECOND "{\"txt\":[{\"id\":2,\"dns\":\"d\",\"fqdn\":\"f\",\"value\":\"v2\",\"ttl\":60}]}\n"

/* Cut at every byte: the first line counts, the second does once it is whole, and a third can be added. */
TEST(journal_last_line_torn_at_every_byte)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);

    for (size_t length = 0; length <= strlen(SECOND); length++) {
        struct op *child = op_child(op);
        bool whole = length == strlen(SECOND);
        struct journal *journal;
        struct journal_txt third = txt("v3");

        disk_put(log_path(child), op_text(child, FIRST "%.*s", (int)length, SECOND), 0600);
        journal = journal_open(child, store, "a");
        CHECK_STR(shown(child, journal), whole ? "- 1=v1/- 2=v2/-" : "- 1=v1/-");
        CHECK(journal_txts(child, journal, &third, 1));
        CHECK_STR(reopened(child, store), whole ? "- 1=v1/- 2=v2/- 3=v3/-" : "- 1=v1/- 2=v3/-");
        CHECK(journal_txts_gone(child, journal, &third, 1));
        CHECK(op_ok(child));
        op_end(child);
    }
}

/* Some file systems make the file longer before its content is there: zeros. */
TEST(journal_with_zeros_at_its_end)
{
    static const char zeros[] = FIRST "\0\0\0\0\0\0\0\0", holed[] = FIRST "{\"txt\":[{\0\0\0\0\0\"}]}\n";
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct journal_txt next = txt("v2");
    struct journal *journal;

    disk_put_bytes(log_path(op), zeros, sizeof zeros - 1);
    journal = journal_open(op, store, "a");
    CHECK_STR(shown(op, journal), "- 1=v1/-");
    CHECK(journal_txts(op, journal, &next, 1));
    CHECK_STR(reopened(op, store), "- 1=v1/- 2=v2/-");
    disk_put_bytes(log_path(op), holed, sizeof holed - 1);
    journal = journal_open(op, store, "a");
    CHECK_STR(shown(op, journal), "- 1=v1/-");
    CHECK(journal_order_made(op, journal, &order, NULL));
    CHECK_STR(reopened(op, store), "https://ca.example/order/1 1=v1/-");
}

TEST(journal_damaged)
{
    static const char *const damaged[] = { "not JSON\n", "{\"txt\":\n", "\xff\xfe\x01\n", "{}x\n",
                                           "{\"a\":1,\"a\":2}\n" };
    struct op *op = kit_op();
    struct store *store = disk_store(op);

    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        struct op *child = op_child(op);

        disk_put(log_path(child), op_text(child, FIRST "%s" SECOND, damaged[i]), 0600);
        CHECK(!journal_open(child, store, "a"));
        CHECK_FAILED(child, ERR_STORE, op_text(child, "%s line 2: ", log_path(child)));
        CHECK(kit_has(child->err.hint, "TXT records"));
        CHECK(kit_has(disk_get(child, log_path(child)), "v2"));
        op_end(child);
    }
}

TEST(journal_of_a_later_version_is_read)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);

    disk_put(log_path(op),
             "{\"order\":{\"url\":\"https://ca.example/order/1\",\"mood\":[1]},\"weather\":\"fine\"}\n"
             "{\"note\":[1,2,{}]}\n\n[]\n5\n\"text\"\n"
             "{\"txt\":[{\"id\":7,\"dns\":\"d\",\"fqdn\":\"f\",\"value\":\"v\",\"extra\":true}]}\n",
             0600);
    CHECK_STR(reopened(op, store), "https://ca.example/order/1 7=v/-");
    CHECK(op_ok(op));
}

/* Members of the wrong type, missing ones, ids of nobody and absurd numbers: no crash, nothing invented. */
TEST(journal_with_nonsense)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);
    struct journal *journal;
    struct journal_txt next = txt("v2");

    disk_put(log_path(op),
             "{\"order\":5}\n{\"order\":{\"url\":[]}}\n{\"txt\":5}\n{\"txt\":[5,null,{},{\"id\":3}]}\n"
             "{\"handle\":[{\"id\":9,\"handle\":\"h\"},7]}\n{\"gone\":[9,\"x\",-1,1e300]}\n"
             "{\"txt\":[{\"id\":1000000,\"dns\":\"d\",\"fqdn\":\"f\",\"value\":\"v\",\"ttl\":-1}]}\n"
             "{\"txt\":[{\"id\":-5,\"dns\":\"d\",\"fqdn\":\"f\",\"value\":\"w\",\"ttl\":1e18}]}\n",
             0600);
    journal = journal_open(op, store, "a");
    CHECK(journal && !journal->order.url);
    CHECK_INT(journal->txt_count, 2);
    CHECK(journal_txts(op, journal, &next, 1));
    CHECK_INT(next.id, 1000001);
}

TEST(journal_that_is_no_file)
{
    struct op *op = kit_op();
    struct store *store = disk_store(op);

    CHECK(folder_make(op, log_path(op)));
    CHECK(!journal_open(op, store, "a"));
    CHECK_FAILED(op, ERR_STORE, "a.log");
}
