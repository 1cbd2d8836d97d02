/*
 * Scaleway, Domains and DNS API v2beta1: a zone's records are changed by lists of changes, here of one each.
 *
 * Zones are addressed by name, sub-zones too; without "disallow_new_zone_creation" a mistaken name would make
 * a new one. Names are relative, "" is the top; content stands in quotes. What is to go is named by its id:
 * content would have to be written as the vendor has it.
 */
#include "provider.h"

static const struct field fields[] = {
    { .name = "SCALEWAY_API_TOKEN",
      .help = "secret key of an API key, from IAM, API keys in the console",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "SCW_SECRET_KEY" } },
    { 0 },
};

static const struct listing records = {
    .items = "records", .id = "id", .type = "type", .name = "name", .value = "data"
};

static const char *changes_url(struct op *op, const struct record *r)
{
    return rest_url(op, "/dns-zones/%s/records", r->zone);
}

static const char *find(struct op *op, const struct record *r)
{
    struct rest_pages pages = {
        .url =
            rest_url(op, "/dns-zones/%s/records?name=%s&type=TXT&page_size=100", r->zone, record_name(r, "")),
        .page_parameter = "page",
        .page_size = 100,
    };

    return listing_find(op, &records, &pages, record_name(r, ""), r->value);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    struct rest_call patch = {
        .method = "PATCH",
        .url = changes_url(op, r),
        .body =
            json_text(op,
                      "{'return_all_records': false, 'disallow_new_zone_creation': true, 'changes': [{'add': "
                      "{'records': [{'type': 'TXT', 'name': %s, 'data': %s, 'ttl': %u}]}}]}",
                      record_name(r, ""), txt_quote(op, r->value), r->ttl),
    };

    (void)n;
    TRY(rest_call(op, &patch));
    if ((patch.answer.status == 400 || patch.answer.status == 409) && find(op, r)) /* it exists already */
        return true;
    return rest_judge(op, &patch.answer); /* it need not tell the id, and del looks for it anyway */
}

/* Looks even where the id is known: a change of what is not there fails as a whole. */
static bool del(struct op *op, struct record *r, size_t n)
{
    const char *id = find(op, r), *body;

    (void)n;
    if (!id)
        return op_ok(op);
    body =
        json_text(op,
                  "{'return_all_records': false, 'disallow_new_zone_creation': true, 'changes': [{'delete': "
                  "{'id': %s}}]}",
                  id);
    return rest_patch(op, body, "/dns-zones/%s/records", r->zone);
}

const struct provider provider_scaleway = {
    .title = "Scaleway",
    .docs = "https://www.scaleway.com/en/developers/api/domains-and-dns/",
    .alias = "dns_scaleway",
    .notes =
        "the key of an IAM application with the permission set DomainsDNSFullAccess on the zone's project",
    .fields = fields,
    .min_ttl = 60,
    .settle = 30,
    .base = "https://api.scaleway.com/domain/v2beta1",
    .headers = { "X-Auth-Token: {SCALEWAY_API_TOKEN}" },
    .error = "details.0.help_message,details.0.argument_name message,type",
    .add = add,
    .remove = del,
};
