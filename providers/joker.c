/*
 * Joker.com, dynamic DNS for a zone: replaces the one TXT value at a name, and an empty value removes it. The
 * answer is plain text that begins with OK.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "JOKER_USERNAME",
      .help = "user name of the zone's dynamic DNS, which is switched on in the domain's DNS settings; not "
              "the login",
      .flags = FIELD_REQUIRED },
    { .name = "JOKER_PASSWORD", .help = "its password", .flags = FIELD_REQUIRED | FIELD_SECRET },
    { 0 },
};

static bool set(struct op *op, const struct record *r, const char *value)
{
    struct rest_call call = {
        .method = "POST",
        .url = rest_url(op, "/nic/replace"),
        .content_type = "application/x-www-form-urlencoded",
        .body = form_text(op, "username=%s&password=%s&zone=%s&label=%s&type=TXT&value=%s",
                          field(op, "JOKER_USERNAME"), field(op, "JOKER_PASSWORD"), r->zone, r->name, value),
    };

    TRY(rest_call(op, &call));
    return (call.answer.status == 200 && text_starts(text_trim(op, call.answer.body), "OK")) ||
           rest_refused(op, &call.answer);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    (void)n;
    return set(op, r, r->value);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    (void)n;
    return set(op, r, "");
}

const struct provider provider_joker = {
    .title = "Joker.com, dynamic DNS",
    .docs = "https://joker.com/faq/content/6/496/en/let_s-encrypt-support.html",
    .alias = "dns_joker",
    .notes =
        "User name and password are those of dynamic DNS, one pair a zone: they cannot touch other zones.\n"
        "A name has one TXT value at a time, so a wildcard and its apex are validated one after the other.",
    .fields = fields,
    .caps = CAP_SERIAL,
    .min_ttl = 60,
    .settle = 120,
    .base = "https://svc.joker.com",
    .add = add,
    .remove = del,
};
