/*
 * Hurricane Electric's dynamic DNS: sets the one value of a TXT record that was made for it by hand. There is
 * no removing; an empty-handed value is put in its place.
 */
#include "provider.h"

#include <string.h>

static const struct field fields[] = {
    { .name = "HE_DDNS_KEY",
      .help =
          "the key of the TXT record, from the arrows beside it at dns.he.net; one for all records of a run",
      .flags = FIELD_REQUIRED | FIELD_SECRET },
    { 0 },
};

/* "good ..." or "nochg ..."; all other words are failures, in HTTP 200. */
static bool update(struct op *op, const struct record *r, const char *value)
{
    struct rest_call call = {
        .method = "POST",
        .url = rest_url(op, "/nic/update"),
        .content_type = "application/x-www-form-urlencoded",
        .body = form_text(op, "hostname=%s&password=%s&txt=%s", r->fqdn, field(op, "HE_DDNS_KEY"), value),
    };
    const char *said;

    TRY(rest_call(op, &call));
    said = text_trim(op, call.answer.body);
    said = text_cut(op, said, strcspn(said, " "));
    if (call.answer.status == 200 && (text_same(said, "good") || text_same(said, "nochg")))
        return true;
    rest_refused(op, &call.answer);
    if (text_same(said, "badauth"))
        return op_hint(
            op,
            "make a TXT record %s by hand at dns.he.net, with dynamic DNS switched on for it, and a "
            "key by the arrows beside it",
            r->fqdn);
    return false;
}

static bool add(struct op *op, struct record *r, size_t n)
{
    (void)n;
    return update(op, r, r->value);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    (void)n;
    return update(op, r, "none");
}

const struct provider provider_he_ddns = {
    .title = "Hurricane Electric, dynamic DNS",
    .docs = "https://dns.he.net/docs.html",
    .alias = "dns_he_ddns",
    .notes =
        "Each _acme-challenge record must be made once by hand, with dynamic DNS switched on, and all of\n"
        "them with the same key. The key cannot change anything else.\n"
        "The record stays, with the value \"none\". A wildcard and its apex are validated one after the\n"
        "other, for it holds one value.",
    .fields = fields,
    .caps = CAP_SERIAL | CAP_NO_ZONE,
    .settle = 300,
    .base = "https://dyn.dns.he.net",
    .add = add,
    .remove = del,
};
