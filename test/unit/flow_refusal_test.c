/* Orders that are refused, and what is asked of a CA besides names. */
#include "flow_kit.h"

/* ---- refusals ---- */

TEST(flow_says_which_name_failed_and_why)
{
    struct scene *s = scene("a.example,b.example,c.example");

    s->fake->refused = "b.example";
    CHECK(!scene_issue(s));
    CHECK_FAILED(s->op, ERR_REFUSED,
                 "the proof for b.example failed: the CA says: no TXT record at _acme-challenge.b.example "
                 "(unauthorized)");
    CHECK_STR(s->op->err.problem, "unauthorized");
    CHECK_INT(s->fake->asked[FAKE_FINALIZE], 0);
}

TEST(flow_says_of_every_name_why_it_failed)
{
    struct scene *s = scene("a.example,b.example,*.c.example");

    s->fake->refused = "";
    CHECK(!scene_issue(s));
    CHECK_FAILED(s->op, ERR_REFUSED, "the proof for *.c.example failed: the CA says: no TXT record");
    CHECK(
        strstr(s->op->err.text,
               "; the proof for a.example failed: the CA says: no TXT record at _acme-challenge.a.example"));
    CHECK(strstr(s->op->err.text, "; the proof for b.example failed"));
    CHECK_STR(s->op->err.names, "*.c.example b.example a.example");
}

TEST(flow_repeats_the_subproblems)
{
    static const struct fake_lie lie = {
        .page = FAKE_NEW_ORDER,
        .status = 403,
        .header = "Content-Type: application/problem+json",
        .to = "{\"type\":\"urn:ietf:params:acme:error:rejectedIdentifier\",\"detail\":\"some "
              "names\",\"subproblems\":["
              "{\"type\":\"urn:ietf:params:acme:error:caa\",\"detail\":\"CAA forbids\",\"identifier\":"
              "{\"type\":\"dns\",\"value\":\"a.example\"}},"
              "{\"detail\":\"is high-risk\",\"identifier\":{\"value\":\"b.example\"}},{}]}"
    };
    struct scene *s = scene("a.example,b.example");

    scene_lies(s, &lie);
    CHECK(!scene_place(s));
    CHECK_FAILED(
        s->op, ERR_REFUSED,
        "asking the CA for an order: the CA says: some names (rejectedIdentifier); a.example: CAA forbids; "
        "b.example: is high-risk; ?: refused");
    CHECK_INT(s->op->err.http_status, 403);
}

TEST(flow_an_order_that_becomes_invalid_without_a_reason)
{
    struct scene *s = scene("a.example");

    s->fake->valid_already = 1;
    scene_lies(s, &(struct fake_lie){ .page = FAKE_FINALIZE, .from = "\"valid\"", .to = "\"invalid\"" });
    CHECK(!scene_issue(s));
    CHECK_FAILED(s->op, ERR_REFUSED, "the CA made the order invalid and gives no reason");
}

TEST(flow_an_order_that_becomes_invalid_with_a_reason_of_its_own)
{
    struct scene *s = scene("a.example");

    s->fake->valid_already = 1;
    scene_lies(s,
               &(struct fake_lie){ .page = FAKE_FINALIZE,
                                   .from = "\"status\":\"valid\"",
                                   .to = "\"status\":\"invalid\",\"error\":{\"type\":\"urn:ietf:params:acme:"
                                         "error:caa\",\"detail\":\"no\"}" });
    CHECK(!scene_issue(s));
    CHECK_FAILED(s->op, ERR_REFUSED, "the CA says: no (caa)");
    CHECK(s->op->err.hint && strstr(s->op->err.hint, "CAA records"));
}

/* ---- profiles and chains ---- */

TEST(flow_asks_for_the_profile)
{
    struct scene *s = scene("a.example");

    s->fake->profiles = "{\"classic\":\"x\",\"shortlived\":\"y\"}";
    s->wants.profile = "shortlived";
    CHECK(scene_issue(s));
    CHECK_STR(s->fake->orders[0]->profile, "shortlived");
    s = scene("a.example");
    CHECK(scene_issue(s));
    CHECK_STR(s->fake->orders[0]->profile, NULL);
}

TEST(flow_profile_that_is_not_offered)
{
    struct scene *s = scene("a.example");

    s->fake->profiles = "{\"classic\":\"x\",\"\\u001b[31mred\":\"y\"}";
    s->wants.profile = "shortlived";
    CHECK(!scene_place(s));
    CHECK_FAILED(s->op, ERR_CONFIG, "does not offer the profile \"shortlived\"");
    CHECK_STR(s->op->err.hint, "it offers: classic, \\x1b[31mred");
    CHECK_INT(s->fake->asked[FAKE_NEW_ORDER], 0);
    s = scene("a.example");
    s->wants.profile = "shortlived";
    CHECK(!scene_place(s));
    CHECK_STR(s->op->err.hint, "it offers no profiles");
}

static const char *topmost(struct scene *s)
{
    struct chain chain = chain_parse(s->op, s->pem);

    return chain.count ? chain.certs[chain.count - 1].issuer_cn : "(none)";
}

TEST(flow_takes_the_preferred_chain)
{
    struct scene *s = scene("a.example");

    s->fake->alternates = 3;
    s->wants.preferred_chain = "Root 2";
    CHECK(scene_issue(s));
    CHECK_STR(topmost(s), "Root 2");
    CHECK_INT(s->fake->asked[FAKE_ALTERNATE], 3);
    s = scene("a.example");
    s->fake->alternates = 3;
    s->wants.preferred_chain = "R"; /* the default one is it */
    CHECK(scene_issue(s));
    CHECK_INT(s->fake->asked[FAKE_ALTERNATE], 0);
    s = scene("a.example");
    s->fake->alternates = 1;
    s->wants.preferred_chain = "Root 9";
    CHECK(scene_issue(s));
    CHECK_STR(topmost(s), "R");
    CHECK(strstr(kit_logged(), "no chain whose topmost issuer is \"Root 9\""));
    s = scene("a.example");
    s->fake->alternates = 3;
    CHECK(scene_issue(s));
    CHECK_INT(s->fake->asked[FAKE_ALTERNATE], 0); /* nobody asked */
}

TEST(flow_alternate_chains_come_from_the_ca_only)
{
    static const char *const links[] = { "Link: <https://evil.test/x>;rel=\"alternate\"",
                                         "Link: <http://ca.test/alternate/1/1>;rel=\"alternate\"",
                                         "Link: <>;rel=\"alternate\"" };

    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        struct scene *s = scene("a.example");

        s->wants.preferred_chain = "Root 1";
        scene_lies(s, &(struct fake_lie){ .page = FAKE_CERT, .header = links[i] });
        CHECK(!scene_issue(s));
        CHECK_FAILED(s->op, ERR_UNTRUSTED, "the CA's URL for a request");
    }
}

TEST(flow_alternate_links_that_are_none_are_passed_over)
{
    static const char *const links[] = { "Link: https://ca.test/alternate/1/1;rel=\"alternate\"",
                                         "Link: <https://ca.test/alternate/1/1;rel=\"alternate\"",
                                         "Link: <https://ca.test/alternate/1/1>;rel=\"up\"",
                                         "Link: ", "Link:" };

    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        struct scene *s = scene("a.example");

        s->wants.preferred_chain = "Root 1";
        scene_lies(s, &(struct fake_lie){ .page = FAKE_CERT, .header = links[i] });
        CHECK(scene_issue(s));
        CHECK_INT(s->fake->asked[FAKE_ALTERNATE], 0);
    }
}

/* What is given up is told to the CA, so that it does not count against the account for days. */
TEST(flow_abandons_what_is_pending)
{
    struct scene *s = scene("a.example,b.example,c.example");
    unsigned asked;

    s->fake->valid_already = 1;
    CHECK(scene_place(s));
    asked = s->fake->asked[FAKE_AUTHZ];
    CHECK(flow_abandon(s->op, s->ca, &s->order));
    CHECK_INT(s->fake->asked[FAKE_AUTHZ], asked + 3); /* none was read yet, so none is known to be valid */
    for (size_t i = 0; i < 3; i++)
        CHECK_INT(s->fake->orders[0]->authzs[i].status, AUTHZ_DEACTIVATED);
    CHECK_STR(fake_complaints(s->fake), "");
}
