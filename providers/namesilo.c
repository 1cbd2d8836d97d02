/*
 * NameSilo: a GET for everything, with the key in the query, and XML back. Names in listings are whole; a
 * listing is the zone.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "Namesilo_Key",
      .help = "API key, from API Manager of the account; not one for read-only access",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "NAMESILO_API_KEY" } },
    { 0 },
};

static const struct xml *get(struct op *op, const char *operation, const struct record *r, const char *more)
{
    struct rest_call call = { .method = "GET" };
    const char *url = rest_url(op, "/%s?version=1&type=xml&key=%s&domain=%s", operation,
                               field(op, "Namesilo_Key"), r->zone);

    if (!url || !more)
        return NULL;
    call.url = op_text(op, "%s%s", url, more);
    return rest_call(op, &call) ? rest_xml(op, &call.answer) : NULL;
}

static bool is_ours(struct op *op, const struct xml *one, const struct record *r)
{
    return xml_is(one, "type", "TXT") && text_same_nocase(xml_opt(one, "host"), r->fqdn) &&
           txt_is(op, xml_opt(one, "value"), r->value);
}

/* The id of our record; NULL where there is none. */
static const char *find(struct op *op, const struct record *r)
{
    const struct xml *answer = get(op, "dnsListRecords", r, ""), *one;

    for (size_t i = 0; (one = xml_each(answer, "namesilo.reply.resource_record", i)); i++)
        if (is_ours(op, one, r))
            return xml_str(op, one, "record_id");
    return NULL;
}

static bool add(struct op *op, struct record *r, size_t n)
{
    const char *id = find(op, r);

    (void)n; /* no CAP_BATCH: always one */
    if (id || !op_ok(op))
        return op_ok(op);
    return get(op, "dnsAddRecord", r,
               form_text(op, "&rrtype=TXT&rrhost=%s&rrvalue=%s&rrttl=%u", record_name(r, ""), r->value,
                         r->ttl)) != NULL;
}

static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = find(op, r);

    (void)n;
    return id ? get(op, "dnsDeleteRecord", r, form_text(op, "&rrid=%s", id)) != NULL : op_ok(op);
}

const struct provider provider_namesilo = {
    .title = "NameSilo",
    .docs = "https://www.namesilo.com/api-reference",
    .alias = "dns_namesilo",
    .notes = "The key can change all domains of the account; it may be bound to addresses.\n"
             "The name servers show a change after up to 15 minutes.",
    .fields = fields,
    .min_ttl = 3600,
    .settle = 900,
    .base = "https://www.namesilo.com/api",
    .headers = { "Accept: application/xml" },
    .error = "namesilo.reply.detail,namesilo.reply.code",
    .good = "namesilo.reply.code=300",
    .per_second = 1,
    .add = add,
    .remove = del,
};
