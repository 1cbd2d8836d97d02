/* Whether a record is gone: what txt_gone and spread_gone take for an answer, and what not. */
#include "dns01/instance.h"
#include "dns01/spread.h"
#include "fake_dns.h"
#include "fake_provider.h"
#include "kit.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define NAME         "_acme-challenge.example.com"

#define ZONE                                                                                                 \
    { .name = "example.com", .type = DNS_SOA },                                                              \
        { .name = "example.com", .type = DNS_NS, .text = "ns1.test" },                                       \
        { .name = "example.com", .type = DNS_NS, .text = "ns2.test" },                                       \
        { .name = "ns1.test", .type = DNS_A, .text = "192.0.2.1" },                                          \
    {                                                                                                        \
        .name = "ns2.test", .type = DNS_A, .text = "192.0.2.2"                                               \
    }

static const struct fake_rr none[] = { ZONE, { .name = NAME, .type = DNS_TXT, .text = "another" } };

/* As a provider asks, who need not know the zone. */
static bool gone(const struct fake_rr *rrs, size_t count, const struct fake_server *servers, const char *zone)
{
    static const char *const nothing[] = { NULL };
    struct op *op = kit_op();
    bool said;

    fake_dns(op, rrs, count)->servers = servers;
    op->instance = instance_parse(op, "fake_nozone", fake_credentials(op, NULL, nothing));
    said = txt_gone(op, &(struct record){ .fqdn = NAME, .zone = zone, .value = "v1" });
    CHECK(op_ok(op));
    return said;
}

TEST(gone_where_no_server_has_the_record)
{
    CHECK(gone(none, COUNT(none), NULL, "example.com"));
    CHECK(gone(none, COUNT(none), NULL, NULL));
}

TEST(gone_not_while_one_server_has_it)
{
    static const struct fake_rr one[] = {
        ZONE, { .name = NAME, .type = DNS_TXT, .text = "v1", .server = "192.0.2.2" }
    };

    CHECK(!gone(one, COUNT(one), NULL, "example.com"));
}

TEST(gone_not_while_a_server_says_nothing_useful)
{
    static const struct fake_server silent[] = { { "192.0.2.1", FAKE_SILENT }, { 0 } },
                                    lame[] = { { "192.0.2.1", FAKE_LAME }, { 0 } };

    CHECK(!gone(none, COUNT(none), silent, "example.com"));
    CHECK(!gone(none, COUNT(none), lame, "example.com"));
}

/* The resolver's own view may be old, or that of another network. */
TEST(gone_not_by_the_word_of_the_resolver)
{
    static const struct fake_rr no_servers[] = { { .name = "example.com", .type = DNS_SOA } };

    CHECK(!gone(no_servers, COUNT(no_servers), NULL, "example.com"));
    CHECK(!gone(NULL, 0, NULL, NULL));
}
