/* Attacks by authorizations, challenges and words. */
#include "hostile_ca.h"

static void challenges(struct fake_ca *fake, struct fake_lie *lie)
{
    lie->to =
        op_text(fake->op, "\"challenges\":[%s", attack_repeat(fake->op, "{\"type\":\"other-01\"},", 32));
}

static void long_token(struct fake_ca *fake, struct fake_lie *lie)
{
    lie->to = attack_repeat(fake->op, "A", 1025);
}

static void long_detail(struct fake_ca *fake, struct fake_lie *lie)
{
    lie->to = op_text(fake->op, "{\"detail\":\"%s\"}",
                      attack_repeat(fake->op, "\\u001b]0;owned\\u0007 x \\n", 2000));
}

static void many_subproblems(struct fake_ca *fake, struct fake_lie *lie)
{
    lie->to = op_text(
        fake->op, "{\"detail\":\"no\",\"subproblems\":[%s{}]}",
        attack_repeat(fake->op, "{\"detail\":\"\\u009b31m\",\"identifier\":{\"value\":\"x\\ry\"}},", 5000));
}

static struct attack attacks[] = {
    /* authorizations and challenges */
    { "authz_for_another_name", SAYS(AUTHZ, "a.example", "evil.example"),
      ENDS(UNTRUSTED, "evil.example, which was not asked for") },
    { "authz_for_an_unprintable_name", SAYS(AUTHZ, "a.example", "a\\u001b[31m.example"),
      ENDS(UNTRUSTED, "a\\x1b[31m.example, which was not asked for") },
    { "authz_for_a_path", SAYS(AUTHZ, "a.example", "../../a.example"), ENDS(UNTRUSTED, "not asked for") },
    { "authz_without_identifier", SAYS(AUTHZ, "\"identifier\"", "\"id\""),
      ENDS(UNTRUSTED, "no \"identifier.value\"") },
    { "authz_identifier_wrong_type", SAYS(AUTHZ, "\"a.example\"", "{}"),
      ENDS(UNTRUSTED, "no \"identifier.value\"") },
    { "authz_unknown_status",
      SAYS(AUTHZ, "\"status\":\"pending\",\"challenges\"", "\"status\":\"ready\",\"challenges\""),
      ENDS(UNTRUSTED, "unknown status \"ready\"") },
    { "authz_html", AT(AUTHZ, .to = "<html>", .header = "Content-Type: text/html"),
      ENDS(UNTRUSTED, "no authorization") },
    { "authz_gone", AT(AUTHZ, .status = 404), ENDS(REFUSED, NULL) },
    { "authz_deactivated",
      SAYS(AUTHZ, "\"status\":\"pending\",\"challenges\"", "\"status\":\"deactivated\",\"challenges\""),
      ENDS(REFUSED, "a.example failed: the CA gives no reason") },
    { "authz_without_challenges", SAYS(AUTHZ, "\"challenges\"", "\"x\""),
      ENDS(REFUSED, "does not offer dns-01 for") },
    { "authz_without_dns_challenge", SAYS(AUTHZ, "dns-01", "dns-02"),
      ENDS(REFUSED, "does not offer dns-01 for") },
    { "authz_challenges_of_numbers", SAYS(AUTHZ, "\"challenges\":[", "\"challenges\":[1,2],\"x\":["),
      ENDS(REFUSED, "does not offer dns-01 for") },
    { "authz_too_many_challenges", SAYS(AUTHZ, "\"challenges\":[", ""), .prepare = challenges,
      ENDS(REFUSED, "does not offer dns-01 for") },
    { "challenge_elsewhere", SAYS(AUTHZ, FAKE_CA "/challenge", "https://evil.test/challenge"),
      ENDS(UNTRUSTED, "URL for a challenge") },
    { "challenge_plain_http", SAYS(AUTHZ, FAKE_CA "/challenge", "http://ca.test/challenge"),
      ENDS(UNTRUSTED, "is not https") },
    { "challenge_without_url", SAYS(AUTHZ, "\"url\"", "\"uri\""), ENDS(UNTRUSTED, "no \"url\"") },
    { "token_missing", SAYS(AUTHZ, "\"token\"", "\"taken\""), ENDS(UNTRUSTED, "no \"token\"") },
    { "token_empty", SAYS(AUTHZ, "token_of_authorization-", "\",\"x\":\""), ENDS(UNTRUSTED, "is no token") },
    { "token_too_short", SAYS(AUTHZ, "token_of_authorization-", "only-18-letters-"),
      ENDS(UNTRUSTED, "is no token") },
    { "token_too_long", SAYS(AUTHZ, "token_of_authorization-", ""), .prepare = long_token,
      ENDS(UNTRUSTED, "is no token") },
    { "token_path", SAYS(AUTHZ, "token_of_authorization-", "../../../../../etc/passwd/"),
      ENDS(UNTRUSTED, "is no token") },
    { "token_padded", SAYS(AUTHZ, "token_of_authorization-", "token_of_authorization="),
      ENDS(UNTRUSTED, "is no token") },
    { "token_number", SAYS(AUTHZ, "\"token\":\"token_of", "\"token\":1e30,\"x\":\""),
      ENDS(UNTRUSTED, "no \"token\"") },
    { "challenge_answer_refused",
      PROBLEM(CHALLENGE, "{\"type\":\"urn:ietf:params:acme:error:malformed\",\"detail\":\"no\"}"),
      ENDS(REFUSED, "telling the CA to look at the challenges: the CA says: no (malformed)") },
    { "challenge_answer_repeated_members", BODY(CHALLENGE, "{\"a\":1,\"a\":1}"), ENDS(UNTRUSTED, "twice") },

    /* words */
    { "problem_with_escape_sequences",
      PROBLEM(NEW_ORDER, "{\"type\":\"urn:ietf:params:acme:error:\\u001b[1m\","
                         "\"detail\":\"\\u001b]0;owned\\u0007\\nsecond line\"}"),
      ENDS(REFUSED, "the CA says: \\x1b]0;owned\\x07 second line (\\x1b[1m)") },
    { "problem_giant", PROBLEM(NEW_ORDER, ""), .prepare = long_detail,
      ENDS(REFUSED, "the CA says: \\x1b]0;owned") },
    { "problem_with_5000_subproblems", PROBLEM(NEW_ORDER, ""), .prepare = many_subproblems,
      ENDS(REFUSED, "the CA says: no; x y: ") },
    { "problem_of_wrong_types",
      PROBLEM(NEW_ORDER, "{\"type\":{},\"detail\":[1],\"subproblems\":{\"a\":1},\"status\":\"x\"}"),
      ENDS(REFUSED, "the CA says: ; ?: refused") },
    { "problem_of_nothing", PROBLEM(NEW_ORDER, "{}"), ENDS(REFUSED, "the CA answers 403: {}") },
    { "problem_html",
      AT(NEW_ORDER, .status = 500, .header = "Content-Type: text/html", .to = "<h1>\x1b[5m</h1>\n"),
      ENDS(NETWORK, "the CA answers 500: <h1>\\x1b[5m</h1>") },
    { "problem_years_to_wait", AT(NEW_ORDER, .status = 429, .header = "Retry-After: 315360000"),
      ENDS(RATE_LIMIT, NULL) },
    { "problem_negative_time_to_wait", AT(NEW_ORDER, .status = 429, .header = "Retry-After: -315360000"),
      ENDS(RATE_LIMIT, NULL) },
    { "problem_garbage_time_to_wait", AT(NEW_ORDER, .status = 503, .header = "Retry-After: \x1b[5m"),
      ENDS(NETWORK, NULL) },
};

__attribute__((constructor)) static void register_proofs(void)
{
    attacks_register(attacks, sizeof attacks / sizeof *attacks);
}
