/*
 * Zonomi: a GET for everything; several SETs in one request make the whole set of values at a name, DELETE
 * removes it. Answers are XML behind a document type with entities, which is left aside unread.
 */
#include "provider.h"

#include <string.h>

static const struct field fields[] = {
    { .name = "ZM_Key",
      .help = "API key, from zonomi.com/app/cp/apikeys.jsp; the one for DNS is enough",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "ZONOMI_API_KEY" } },
    { 0 },
};

static const struct xml *ask(struct op *op, const char *query)
{
    struct rest_call call = { .method = "GET",
                              .url = op_text(op, "%s&%s", rest_url(op, "?api_key=%s", field(op, "ZM_Key")),
                                             query ? query : "") };
    struct http_response *answer = &call.answer;
    const struct xml *xml;
    const char *end, *said;

    if (!query || !rest_call(op, &call))
        return NULL;
    end = strstr(answer->body, "<!DOCTYPE") ? strstr(answer->body, "]>") : NULL;
    answer->body = end ? end + strlen("]>") : answer->body;
    answer->length = strlen(answer->body);
    xml = rest_xml(op, answer);
    said = xml_opt(xml, "dnsapi_result.is_ok");
    if (!xml || (said && text_starts(said, "OK")))
        return xml;
    rest_refused(op, answer);
    return NULL;
}

/* "3600 seconds" */
static unsigned ttl_of(struct op *op, const struct xml *record)
{
    const char *text = xml_opt(record, "@ttl");
    int64_t ttl = 0;

    text_number(text ? text_cut(op, text, strcspn(text, " ")) : "", 1, 604800, &ttl);
    return (unsigned)ttl;
}

static bool load(struct op *op, const struct record *r, struct values *values)
{
    const struct xml *answer = ask(op, form_text(op, "action=QUERY&type=TXT&name=%s", r->fqdn)), *one;

    TRY(answer);
    if (!xml_at(answer, "dnsapi_result.actions.action"))
        return op_fail(op, ERR_PROVIDER, "the answer has no list of the records of %s", r->fqdn);
    for (size_t i = 0; (one = xml_each(answer, "dnsapi_result.actions.action.record", i)); i++) {
        if (!xml_is(one, "@type", "TXT") || !text_same_nocase(xml_opt(one, "@name"), r->fqdn))
            continue;
        strings_add(op, &values->list, txt_unquote(op, xml_str(op, one, "@content")));
        values->ttl = ttl_of(op, one);
    }
    return op_ok(op);
}

static bool replace(struct op *op, const struct record *r, const struct values *values)
{
    struct text query = text_begin(op->arena);

    if (!values->list.count)
        return ask(op, form_text(op, "action=DELETE&type=TXT&name=%s", r->fqdn)) != NULL;
    for (unsigned i = 0; i < values->list.count; i++) {
        unsigned n = i + 1;

        text_add(&query, "%s%s", i ? "&" : "",
                 form_text(op,
                           "action%%5B%u%%5D=SET&type%%5B%u%%5D=TXT&name%%5B%u%%5D=%s&value%%5B%u%%5D=%s"
                           "&ttl%%5B%u%%5D=%u",
                           n, n, n, r->fqdn, n, values->list.at[i], n, values->ttl));
    }
    return ask(op, query.data) != NULL;
}

const struct provider provider_zonomi = {
    .title = "Zonomi",
    .docs = "https://zonomi.com/app/dns/dyndns.jsp",
    .alias = "dns_zonomi",
    .notes = "There are two keys in an account: the one for DNS cannot do more than this.",
    .fields = fields,
    .min_ttl = 60,
    .settle = 60,
    .base = "https://zonomi.com/app/dns/dyndns.jsp",
    .headers = { "Accept: application/xml" },
    .error = "error dnsapi_result.is_ok",
    .load = load,
    .replace = replace,
};
