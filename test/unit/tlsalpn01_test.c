#include "tlsalpn01.h"

#include "crypto/hash.h"
#include "kit.h"
#include "tls_hello.h"

#define PRINT "9jg46WB3rR_AHD-EBXdN7cBkH1WOu0tA3M9fm21mqTI"

static struct challenge challenge(struct op *op, const char *name)
{
    return (struct challenge){ .name = name,
                               .base = name,
                               .type = "tls-alpn-01",
                               .token = "token",
                               .key_authorization = op_text(op, "token-of-%s." PRINT, name) };
}

static bool publish(struct tlsalpn01 *tlsalpn01, struct op *op, const char *a, const char *b)
{
    struct challenge one = challenge(op, a), two = challenge(op, b);
    const struct challenge *const list[] = { &one, &two };
    bool taken[2] = { false };

    return tlsalpn01->solver.publish(&tlsalpn01->solver, op, list, 2, taken) && taken[0] && taken[1];
}

static bool withdraw(struct tlsalpn01 *tlsalpn01, struct op *op)
{
    return tlsalpn01->solver.withdraw(&tlsalpn01->solver, op);
}

static struct tls_heard ask(struct op *op, unsigned port, const char *asked)
{
    return tls_ask(op, port, &(struct tls_hello){ .name = asked, .protocols = "acme-tls/1" });
}

/* Whether who asks so is shown the proof for the name. */
static bool shown(struct op *op, unsigned port, const char *asked, const char *name)
{
    struct tls_heard heard = ask(op, port, asked);
    struct bytes digest = hash(op, HASH_SHA256, bytes_of(challenge(op, name).key_authorization));

    return heard.certificates == 1 &&
           memmem(heard.certificate.at, heard.certificate.length, digest.at, digest.length);
}

static struct tlsalpn01 solver_at(struct op *op, unsigned port)
{
    struct tlsalpn01 tlsalpn01 = { .listen = op_text(op, "127.0.0.1:%u", port) };

    CHECK(tlsalpn01_solver(&tlsalpn01) != NULL);
    return tlsalpn01;
}

TEST(tlsalpn01_type)
{
    struct tlsalpn01 tlsalpn01 = { 0 };
    struct solver *solver = tlsalpn01_solver(&tlsalpn01);

    CHECK_STR(solver->type_for(solver, "a.example"), "tls-alpn-01");
}

TEST(tlsalpn01_puts_up_and_takes_down)
{
    struct op *op = kit_op();
    unsigned port = tls_free_port();
    struct tlsalpn01 tlsalpn01 = solver_at(op, port);

    CHECK(withdraw(&tlsalpn01, op)); /* content when nothing is up */
    CHECK(!ask(op, port, "a.example").there);
    CHECK(publish(&tlsalpn01, op, "a.example", "192.0.2.1"));
    CHECK(publish(&tlsalpn01, op, "c.example", "a.example")); /* more, and the same again */
    CHECK(shown(op, port, "a.example", "a.example") && shown(op, port, "c.example", "c.example"));
    CHECK(shown(op, port, "1.2.0.192.in-addr.arpa", "192.0.2.1"));
    CHECK_INT(ask(op, port, "d.example").alert, TLS_ALERT_UNRECOGNIZED_NAME);
    CHECK(withdraw(&tlsalpn01, op));
    CHECK(!ask(op, port, "a.example").there); /* the post hook may start a web server again */
    CHECK(publish(&tlsalpn01, op, "a.example", "b.example") && shown(op, port, "b.example", "b.example"));
    CHECK(withdraw(&tlsalpn01, op) && withdraw(&tlsalpn01, op));
}

TEST(tlsalpn01_ends_with_the_operation)
{
    struct op *op = kit_op(), *child = op_child(op);
    unsigned port = tls_free_port();
    struct tlsalpn01 tlsalpn01 = solver_at(op, port);

    CHECK(publish(&tlsalpn01, child, "a.example", "b.example") && ask(op, port, "a.example").there);
    op_end(child);
    CHECK(!ask(op, port, "a.example").there);
}

TEST(tlsalpn01_on_a_port_in_use)
{
    struct op *op = kit_op(), *other = kit_op();
    unsigned port = tls_free_port();
    struct tlsalpn01 first = solver_at(op, port), second = solver_at(op, port);

    CHECK(publish(&first, op, "a.example", "b.example"));
    CHECK(!publish(&second, other, "a.example", "b.example"));
    CHECK_FAILED(other, ERR_PROVIDER,
                 "getting ready for TLS-ALPN-01: listening for TLS connections on 127.0.0.1:");
    CHECK(shown(op, port, "a.example", "a.example"));
    CHECK(withdraw(&first, op));
}

/* The listener is an effect on the outer world like any other. */
TEST(tlsalpn01_is_counted)
{
    struct op *op = kit_op();
    struct tlsalpn01 tlsalpn01 = solver_at(op, tls_free_port());
    size_t before = kit_world()->effects;

    CHECK(publish(&tlsalpn01, op, "a.example", "b.example") && withdraw(&tlsalpn01, op));
    CHECK_INT(kit_world()->effects - before, 1);
}
