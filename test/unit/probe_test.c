#include "probe.h"

#include "fake_peers.h"

static struct probe parsed(struct op *op, const char *text)
{
    struct probe probe = { 0 };

    CHECK(probe_parse(op, text, "mail.example.com", &probe));
    CHECK_STR(probe.peer.name, "mail.example.com");
    return probe;
}

TEST(probe_forms)
{
    static const struct {
        const char *text;
        enum peer_talk talk;
        const char *address;
    } cases[] = {
        { "smtp:127.0.0.1:2525", PEER_SMTP, "127.0.0.1:2525" },
        { "smtp:mail.example.com", PEER_SMTP, "mail.example.com:25" },
        { "imap:dovecot", PEER_IMAP, "dovecot:143" },
        { "imap:[::1]:1143", PEER_IMAP, "[::1]:1143" },
        { "tls:[2001:db8::1]", PEER_TLS, "[2001:db8::1]:443" },
        { "tls:a.example:65535", PEER_TLS, "a.example:65535" },
        { "https:a_b.example", PEER_TLS, "a_b.example:443" },
        { "https:a.example:8443", PEER_TLS, "a.example:8443" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct probe probe = parsed(kit_op(), cases[i].text);

        CHECK_INT(probe.peer.talk, cases[i].talk);
        CHECK_STR(probe.peer.address, cases[i].address);
    }
}

TEST(probe_forms_refused)
{
    static const char *const bad[] = { "",
                                       "smtp",
                                       "smtp:",
                                       "pop3:a.example:110",
                                       "tls::443",
                                       "tls:a:0",
                                       "tls:a:65536",
                                       "tls:a:25x",
                                       "tls:[::1",
                                       "tls:[::1]443",
                                       "tls:2001:db8::1",
                                       "smtp:a.example:",
                                       "SMTP:a:25",
                                       "\x1b[31m:a:1",
                                       "https",
                                       "http:a",
                                       "tls:[]:443",
                                       "tls:[a.b]",
                                       "tls:a@b:443",
                                       "tls:a/b:443",
                                       "tlss:a",
                                       "tls:a b:443",
                                       "https:\xc3\xa9:1",
                                       "https:[x::1]:1" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *op = kit_op();
        struct probe probe;

        if (!CHECK(!probe_parse(op, bad[i], "x", &probe)))
            kit_check(false, __FILE__, __LINE__, "for \"%s\"", bad[i]);
        CHECK_FAILED(op, ERR_CONFIG, "is not smtp:HOST:PORT");
        CHECK(!strchr(op->err.text, '\x1b'));
    }
}

TEST(probe_asks_for_its_host_where_no_name_is_given)
{
    static const char *const cases[][2] = {
        { "smtp:mx.example.com:25", "mx.example.com" },
        { "https:mx.example.com", "mx.example.com" },
        { "tls:127.0.0.1:4", "127.0.0.1" },
        { "tls:[::1]", "[::1]" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct probe probe = { 0 };

        CHECK(probe_parse(kit_op(), cases[i][0], NULL, &probe));
        CHECK_STR(probe.peer.name, cases[i][1]);
    }
}

static struct probe probe_at(struct op *op, struct fake_peer *peer, const char *serial)
{
    struct fake_peers fake = fake_peers(op, peer, 1);
    struct probe probe = parsed(op, "imap:127.0.0.1:143");

    peer->address = "127.0.0.1:143";
    probe.serial = serial;
    CHECK(probe_all(op, &fake.peers, &probe, 1));
    CHECK_STR(fake.asked.data, "imap 127.0.0.1:143 mail.example.com\n");
    return probe;
}

TEST(probe_compares_serials)
{
    struct op *op = kit_op();
    struct fake_peer peer = { .pem = pem_of_serial(op, "04ab12") };
    struct probe probe = probe_at(op, &peer, "04ab12");

    CHECK(probe.shown);
    CHECK_STR(probe.failure, NULL);
    probe = probe_at(op, &peer, "05ab12");
    CHECK(!probe.shown);
    CHECK_STR(probe.failure, "imap at 127.0.0.1:143 shows the certificate 04ab12");
}

TEST(probe_tells_what_it_saw_instead)
{
    struct op *op = kit_op();
    struct fake_peer silent = { .failure = "Connection refused" };
    struct fake_peer odd = { .pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" };
    struct probe probe = probe_at(op, &silent, "04");

    CHECK(!probe.shown);
    CHECK_STR(probe.failure, "imap at 127.0.0.1:143: Connection refused");
    probe = probe_at(op, &odd, "04");
    CHECK(!probe.shown);
    CHECK_STR(probe.failure, "imap at 127.0.0.1:143: its certificate cannot be read");
    CHECK(op_ok(op));
}

TEST(probe_speaks_as_it_was_written)
{
    struct op *op = kit_op();
    struct fake_peers fake = fake_peers(op, NULL, 0);
    struct probe probes[2] = { parsed(op, "https:a.example"), parsed(op, "tls:a.example:443") };

    CHECK(probe_all(op, &fake.peers, probes, 2));
    CHECK_STR(probe_failures(op, probes, 2),
              "https at a.example:443: nobody is there; tls at a.example:443: nobody is there");
    probes[1].shown = true;
    CHECK_STR(probe_failures(op, probes, 2), "https at a.example:443: nobody is there");
    probes[1] = probes[0];
    CHECK_STR(probe_failures(op, probes, 2), "https at a.example:443: nobody is there"); /* once */
}

/* Without a serial to look for nothing is proved, whatever is shown. */
TEST(probe_without_a_serial_proves_nothing)
{
    struct op *op = kit_op();
    struct fake_peer odd = { .pem = "" };

    CHECK(!probe_at(op, &odd, NULL).shown);
}

TEST(probe_stops_at_a_signal)
{
    struct op *op = kit_op();
    struct fake_peers fake = fake_peers(op, NULL, 0);
    struct probe probes[2] = { parsed(op, "smtp:a"), parsed(op, "imap:a") };
    int stop = 15;

    kit_world()->stop = &stop;
    CHECK(!probe_all(op, &fake.peers, probes, 2));
    CHECK_FAILED(op, ERR_STOPPED, NULL);
    CHECK_STR(fake.asked.data, "smtp a:25 mail.example.com\n");
    kit_world()->stop = NULL;
}

/* ---- waiting ---- */

static const struct probe_patience patience = { 10000, 2000, "the services" };

/* From the turn-th look on the one service shows what is wanted. */
static bool wait_for_turn(struct op *op, int turn, bool *shown)
{
    struct fake_peer peer = { .address = "a:25", .failure = "Connection refused", .turn = turn };
    struct fake_peers fake = fake_peers(op, &peer, 1);
    struct probe probe = parsed(op, "smtp:a");

    peer.later = pem_of_serial(op, "04ab12");
    probe.serial = "04ab12";
    return probe_wait(op, &fake.peers, &probe, 1, &patience, shown);
}

TEST(probe_waits_until_it_is_shown)
{
    struct op *op = kit_op();
    int64_t began = op_ticks(op);
    bool shown = false;

    CHECK(wait_for_turn(op, 1, &shown) && shown);
    CHECK_INT(op_ticks(op) - began, 0);
    CHECK(wait_for_turn(op, 4, &shown) && shown);
    CHECK_INT(op_ticks(op) - began, 6000);
}

TEST(probe_waits_no_longer_than_told)
{
    struct op *op = kit_op();
    int64_t began = op_ticks(op);
    bool shown = true;

    CHECK(wait_for_turn(op, 7, &shown) && !shown);
    CHECK_INT(op_ticks(op) - began, 10000);
}

TEST(probe_ends_before_the_deadline)
{
    struct op *op = kit_op();
    bool shown = true;

    op->deadline = op_ticks(op) + 5000;
    CHECK(wait_for_turn(op, 7, &shown) && !shown);
    CHECK(op_ok(op) && op_ticks(op) < op->deadline);
}
