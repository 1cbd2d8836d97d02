/* Attacks by the directory, the account, nonces and orders. */
#include "hostile_ca.h"

static void long_url(struct fake_ca *fake, struct fake_lie *lie)
{
    lie->to = op_text(fake->op, FAKE_CA "/%s", attack_repeat(fake->op, "x", 3000));
}

static void deep(struct fake_ca *fake, struct fake_lie *lie)
{
    lie->to = op_text(fake->op, "{\"x\":%s", attack_repeat(fake->op, "[", 100000));
}

static void no_good_nonces(struct fake_ca *fake, struct fake_lie *lie)
{
    (void)lie;
    fake->refuse_nonces = 100;
}

static void long_word(struct fake_ca *fake, struct fake_lie *lie)
{
    lie->to = op_text(fake->op, "{\"status\":\"%s\"}", attack_repeat(fake->op, "\\u001b[2J", 100000));
}

static void crowd(struct fake_ca *fake, struct fake_lie *lie)
{
    lie->to = op_text(fake->op, "{\"x\":[%s0],\"status\":\"ready\"}", attack_repeat(fake->op, "0,", 400000));
}

static void authorizations(struct fake_ca *fake, struct fake_lie *lie)
{
    lie->to = op_text(fake->op, "\"authorizations\":[%s",
                      attack_repeat(fake->op, "\"" FAKE_CA "/authz/1/1\",", 199));
}

static void never_ready(struct fake_ca *fake, struct fake_lie *lie)
{
    (void)lie;
    fake->validating = 1000000;
}

static void never_done(struct fake_ca *fake, struct fake_lie *lie)
{
    (void)lie;
    fake->processing = 1000000;
}

static struct attack attacks[] = {
    /* URLs in the directory */
    { "directory_plain_http", SAYS(DIRECTORY, "https://ca.test/order", "http://ca.test/order"),
      ENDS(UNTRUSTED, "URL for newOrder: the URL http://ca.test/order is not https") },
    { "directory_other_host", SAYS(DIRECTORY, FAKE_CA "/nonce", "https://evil.test/nonce"),
      ENDS(UNTRUSTED, "not on the CA's own host") },
    { "directory_userinfo", SAYS(DIRECTORY, FAKE_CA "/revoke", "https://ca.test@evil.test/"),
      ENDS(UNTRUSTED, "no plain host name") },
    { "directory_control_characters", SAYS(DIRECTORY, FAKE_CA "/order", FAKE_CA "/\\u001b[31m"),
      ENDS(UNTRUSTED, "control characters") },
    { "directory_line_ends", SAYS(DIRECTORY, FAKE_CA "/order", FAKE_CA "/\\r\\nHost: evil.test"),
      ENDS(UNTRUSTED, "control characters") },
    { "directory_long_url", SAYS(DIRECTORY, FAKE_CA "/account", ""), .prepare = long_url,
      ENDS(UNTRUSTED, "more than 2048 bytes") },
    { "directory_redirect", AT(DIRECTORY, .status = 302, .header = "Location: https://evil.test/"),
      ENDS(REFUSED, "the CA answers 302") },
    { "directory_html", BODY(DIRECTORY, "<html>welcome</html>"), ENDS(UNTRUSTED, "not JSON: <html>") },
    { "directory_wrong_type", BODY(DIRECTORY, "[1,2]"), ENDS(UNTRUSTED, "no URL for newNonce") },
    { "directory_deep", BODY(DIRECTORY, ""), .prepare = deep, ENDS(UNTRUSTED, "nested deeper than 32") },

    /* accounts */
    { "account_without_location", HEADER(ACCOUNT, "Location:"), ENDS(UNTRUSTED, "no URL for the account") },
    { "account_elsewhere", HEADER(ACCOUNT, "Location: https://evil.test/account/1"),
      ENDS(UNTRUSTED, "not on the CA's own host") },
    { "account_plain_http", HEADER(ACCOUNT, "Location: http://ca.test/account/1"),
      ENDS(UNTRUSTED, "is not https") },
    { "account_redirect", AT(ACCOUNT, .status = 307, .header = "Location: https://evil.test/account"),
      ENDS(REFUSED, "the CA answers 307") },
    { "account_repeated_members", BODY(ACCOUNT, "{\"status\":\"valid\",\"status\":\"revoked\"}"),
      ENDS(UNTRUSTED, "the member \"status\" twice") },
    { "account_refused",
      PROBLEM(ACCOUNT, "{\"type\":\"urn:ietf:params:acme:error:externalAccountRequired\"}"),
      ENDS(CONFIG, "(externalAccountRequired)") },

    /* nonces */
    { "nonce_never_good", .prepare = no_good_nonces, ENDS(NETWORK, "badNonce") },
    { "nonce_missing", HEADER(NONCE, "Replay-Nonce:"), ENDS(UNTRUSTED, "gives no nonce") },
    { "nonce_evil", HEADER(NONCE, "Replay-Nonce: \",\"url\":\"x"), ENDS(UNTRUSTED, "gives no nonce") },
    { "nonce_redirect", AT(NONCE, .status = 302, .header = "Replay-Nonce:"), ENDS(REFUSED, "302") },

    /* orders */
    { "order_without_location", HEADER(NEW_ORDER, "Location:"), ENDS(UNTRUSTED, "no URL for the order") },
    { "order_elsewhere", HEADER(NEW_ORDER, "Location: https://evil.test/order/1"),
      ENDS(UNTRUSTED, "URL for the order: https://evil.test/order/1 is not on") },
    { "order_plain_http", HEADER(NEW_ORDER, "Location: http://ca.test/order/1"),
      ENDS(UNTRUSTED, "is not https") },
    { "order_relative", HEADER(NEW_ORDER, "Location: /order/1"), ENDS(UNTRUSTED, "is not https") },
    { "order_redirect", AT(NEW_ORDER, .status = 307, .header = "Location: https://evil.test/order"),
      ENDS(REFUSED, "the CA answers 307") },
    { "order_html", AT(NEW_ORDER, .to = "<html>", .header = "Content-Type: text/html"),
      ENDS(UNTRUSTED, "no order") },
    { "order_html_called_json", BODY(NEW_ORDER, "<html>\x1b[2J"),
      ENDS(UNTRUSTED, "not JSON: <html>\\x1b[2J") },
    { "order_empty", BODY(NEW_ORDER, ""), ENDS(UNTRUSTED, "no order") },
    { "order_cut_off", SAYS(NEW_ORDER, "\"finalize\"", "\"final"), ENDS(UNTRUSTED, "not JSON") },
    { "order_with_more_behind", SAYS(NEW_ORDER, "}", "}}"), ENDS(UNTRUSTED, "not JSON") },
    { "order_array", BODY(NEW_ORDER, "[]"), ENDS(UNTRUSTED, "no \"status\"") },
    { "order_unknown_status", SAYS(NEW_ORDER, "\"pending\"", "\"weird\""),
      ENDS(UNTRUSTED, "unknown status \"weird\"") },
    { "order_status_number", SAYS(NEW_ORDER, "\"pending\"", "1"), ENDS(UNTRUSTED, "unknown status \"1\"") },
    { "order_status_null", SAYS(NEW_ORDER, "\"pending\"", "null"), ENDS(UNTRUSTED, "no \"status\"") },
    { "order_status_object", SAYS(NEW_ORDER, "\"pending\"", "{}"), ENDS(UNTRUSTED, "no \"status\"") },
    { "order_status_missing", SAYS(NEW_ORDER, "\"status\"", "\"statue\""), ENDS(UNTRUSTED, "no \"status\"") },
    { "order_status_giant", BODY(NEW_ORDER, ""), .prepare = long_word, ENDS(UNTRUSTED, "unknown status") },
    { "order_repeated_members",
      SAYS(NEW_ORDER, "{\"status\":\"pending\"", "{\"status\":\"ready\",\"status\":\"pending\""),
      ENDS(UNTRUSTED, "the member \"status\" twice") },
    { "order_crowded", BODY(NEW_ORDER, ""), .prepare = crowd, ENDS(UNTRUSTED, "more than 10000 values") },
    { "order_deep", BODY(NEW_ORDER, ""), .prepare = deep, ENDS(UNTRUSTED, "nested deeper than 32") },
    { "order_finalize_elsewhere", SAYS(NEW_ORDER, FAKE_CA "/finalize", "https://evil.test/finalize"),
      ENDS(UNTRUSTED, "URL for finalizing") },
    { "order_finalize_missing", SAYS(NEW_ORDER, "\"finalize\"", "\"finalise\""),
      ENDS(UNTRUSTED, "no \"finalize\"") },
    { "order_finalize_list", SAYS(NEW_ORDER, "\"finalize\":", "\"finalize\":[],\"x\":"),
      ENDS(UNTRUSTED, "no \"finalize\"") },
    { "order_without_authorizations", SAYS(NEW_ORDER, "\"authorizations\"", "\"authorisations\""),
      ENDS(UNTRUSTED, "the CA's order has 0 authorizations") },
    { "order_authorizations_of_numbers", SAYS(NEW_ORDER, "\"authorizations\":[", "\"authorizations\":[1,"),
      ENDS(UNTRUSTED, "not a string") },
    { "order_200_authorizations", SAYS(NEW_ORDER, "\"authorizations\":[", ""), .prepare = authorizations,
      ENDS(UNTRUSTED, "the CA's order has 201 authorizations") },
    { "order_authorization_elsewhere", SAYS(NEW_ORDER, FAKE_CA "/authz/1/1", "https://evil.test/authz/1/1"),
      ENDS(UNTRUSTED, "URL for an authorization") },
    { "order_one_authorization_too_few", SAYS(NEW_ORDER, ",\"" FAKE_CA "/authz/1/1\"", ""),
      .also = { .page = FAKE_ORDER, .from = ",\"" FAKE_CA "/authz/1/1\"", .to = "" }, ENDS(TIMEOUT, NULL) },
    { "order_ready_too_early", SAYS(NEW_ORDER, "\"pending\"", "\"ready\""), ENDS(REFUSED, "orderNotReady") },
    { "order_valid_without_certificate", SAYS(NEW_ORDER, "\"pending\"", "\"valid\""),
      ENDS(UNTRUSTED, "no URL for the certificate") },
    { "order_invalid_at_once", SAYS(NEW_ORDER, "\"pending\"", "\"invalid\""),
      ENDS(REFUSED, "the CA made the order invalid") },
    { "order_changes_its_certificate_url", SAYS(FINALIZE, FAKE_CA "/cert", "https://evil.test/cert"),
      ENDS(UNTRUSTED, "URL for the certificate") },
    { "order_for_ever_pending", .prepare = never_ready, ENDS(TIMEOUT, NULL) },
    { "order_for_ever_processing", .prepare = never_done, ENDS(TIMEOUT, NULL) },
    { "order_ready_again_for_ever", SAYS(FINALIZE, "\"processing\"", "\"ready\""), .prepare = never_done,
      ENDS(TIMEOUT, NULL) },
    { "order_lost_while_polled", AT(ORDER, .lost = true), ENDS(NETWORK, "the line is cut") },
};

__attribute__((constructor)) static void register_orders(void)
{
    attacks_register(attacks, sizeof attacks / sizeof *attacks);
}
