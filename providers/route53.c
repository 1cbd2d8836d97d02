/*
 * Amazon Route 53, API 2013-04-01: XML, signed requests, whole sets of records, names with a final dot.
 *
 * A batch of changes is made all or none, and a DELETE must repeat the set as it is. So the set that was read
 * is deleted and the new one created in one batch; the vendor refuses it when somebody was faster. That also
 * makes do without the right to read: a set of ours alone can be created where none is, and deleted by
 * guessing.
 */
#include "provider.h"

#include <string.h>

static const struct field fields[] = {
    CLOUD_AWS_FIELDS,
    { .name = "AWS_HOSTED_ZONE_ID",
      .help = "id of the one zone: the right to list zones is not needed then" },
    { .name = "AWS_DNS_SLOWRATE", .help = "acme.sh's pause between changes; not needed" },
    { 0 },
};

/* NULL, op being ok, where the user's policy does not allow it. */
static const struct xml *ask(struct op *op, const char *url)
{
    struct rest_call call = { .method = "GET", .url = url };

    if (!cloud_aws_call(op, "route53", "us-east-1", &call) ||
        rest_says(op, &call.answer, "ErrorResponse.Error.Code", "AccessDenied"))
        return NULL;
    return rest_xml(op, &call.answer);
}

/* "/hostedzone/Z123" is the id Z123. */
static const char *bare_id(const char *id)
{
    const char *slash = id ? strrchr(id, '/') : NULL;

    return slash ? slash + 1 : id;
}

/* Of two public zones of one name only the user knows which one is delegated to. */
static const char *pick(struct op *op, const struct xml *page, const char *name, const char *found)
{
    const struct xml *zone;

    for (size_t i = 0; (zone = xml_each(page, "*.HostedZones.HostedZone", i)); i++) {
        if (!xml_is(zone, "Name", op_text(op, "%s.", name)) || !xml_is(zone, "Config.PrivateZone", "false"))
            continue;
        if (found)
            op_fail(op, ERR_CONFIG, "there are two public zones %s: set AWS_HOSTED_ZONE_ID", name);
        found = bare_id(xml_str(op, zone, "Id"));
    }
    return found;
}

static const char *look_up_zone(struct op *op, const char *name)
{
    const struct xml *page = ask(op, rest_url(op, "/hostedzone"));
    const char *found, *marker;

    if (op_ok(op) &&
        !page) /* the policy that lego's users have allows this instead; it begins with our name */
        page = ask(op, rest_url(op, "/hostedzonesbyname?dnsname=%s", name));
    found = pick(op, page, name, NULL);
    for (int i = 1; i < 100 && (marker = xml_opt(page, "*.NextMarker")); i++) {
        page = ask(op, rest_url(op, "/hostedzone?marker=%s", marker));
        found = pick(op, page, name, found);
    }
    xml_str(op, page, "*.IsTruncated"); /* what has none is no listing */
    if (op_ok(op) && !found) {
        op_fail(op, ERR_PROVIDER, "there is no public zone %s among those that these credentials may see",
                name);
        op_hint(op, "set AWS_HOSTED_ZONE_ID where the policy allows no listing of zones");
    }
    return found;
}

static const char *zone_id(struct op *op, const struct record *r)
{
    const char *key = op_text(op, "id of %s", r->zone);

    if (field(op, "AWS_HOSTED_ZONE_ID"))
        return field(op, "AWS_HOSTED_ZONE_ID");
    if (!field(op, key))
        session_keep(op, key, look_up_zone(op, r->zone));
    return field(op, key);
}

static const char *change(struct op *op, const char *action, const struct record *r, unsigned ttl,
                          const struct strings *values)
{
    struct text out = text_begin(op->arena);

    text_add(&out,
             "<Change><Action>%s</Action><ResourceRecordSet><Name>%s.</Name><Type>TXT</Type><TTL>%u</TTL>"
             "<ResourceRecords>",
             action, r->fqdn, ttl);
    for (size_t i = 0; i < values->count; i++)
        text_add(&out, "%s",
                 xml_text(op, "<ResourceRecord><Value>%s</Value></ResourceRecord>",
                          txt_content(op, values->at[i])));
    text_add(&out, "</ResourceRecords></ResourceRecordSet></Change>");
    return out.data;
}

/* Without the right to read: nothing is there before adding, and nothing but ours before removing. */
static bool guess(struct op *op, const struct record *r, struct values *values)
{
    session_keep(op, "blind", "yes");
    if (values->removing) {
        values->list = values->ours;
        values->version = change(op, "DELETE", r, r->ttl, &values->list);
    }
    return op_ok(op);
}

static bool load(struct op *op, const struct record *r, struct values *values)
{
    const struct xml *answer =
        ask(op, rest_url(op, "/hostedzone/%s/rrset?name=%s.&type=TXT&maxitems=1", zone_id(op, r), r->fqdn));
    const struct xml *set = xml_at(answer, "*.ResourceRecordSets.ResourceRecordSet"), *one;
    int64_t ttl = 0;

    if (op_ok(op) && !answer)
        return guess(op, r, values);
    /* the listing begins at this name and type: what comes may be another set */
    if (!xml_str(op, answer, "*.IsTruncated") || !xml_is(set, "Name", op_text(op, "%s.", r->fqdn)) ||
        !xml_is(set, "Type", "TXT"))
        return op_ok(op);
    if (xml_at(set, "SetIdentifier"))
        return op_fail(op, ERR_CONFIG, "the TXT records of %s have a routing policy", r->fqdn);
    for (size_t i = 0; (one = xml_each(set, "ResourceRecords.ResourceRecord", i)); i++)
        strings_add(op, &values->list, txt_value(op, xml_str(op, one, "Value")));
    TRY(xml_str(op, set, "TTL"));
    text_number(xml_opt(set, "TTL"), 0, INT32_MAX, &ttl);
    values->ttl = (unsigned)ttl;
    values->version = change(op, "DELETE", r, values->ttl, &values->list);
    return op_ok(op);
}

/* A refused batch: perhaps the set is not as we said. */
static bool refused(struct op *op, const struct record *r, const struct http_response *answer)
{
    bool gone = strstr(answer->body, "but it was not found");

    if (!gone && !strstr(answer->body, "but it already exists") &&
        !strstr(answer->body, "do not match the cur"))
        return rest_refused(op, answer);
    if (!field(op, "blind"))
        return op_fail(op, ERR_BUSY, "somebody else changes the TXT records of %s as well", r->fqdn);
    if (gone)
        return true;
    rest_refused(op, answer);
    return op_hint(op, "others have TXT records at this name: the policy must allow "
                       "route53:ListResourceRecordSets on the zone, so that they can be kept");
}

static bool replace(struct op *op, const struct record *r, const struct values *values)
{
    const char *fresh = values->list.count ? change(op, "CREATE", r, values->ttl, &values->list) : "";
    struct rest_call call = { .method = "POST", .content_type = "application/xml" };
    const struct xml *answer;

    call.url = rest_url(op, "/hostedzone/%s/rrset", zone_id(op, r));
    call.body = op_text(op,
                        "<ChangeResourceRecordSetsRequest "
                        "xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Changes>%s%s"
                        "</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>",
                        values->version ? values->version : "", fresh);
    TRY(cloud_aws_call(op, "route53", "us-east-1", &call));
    if (call.answer.status == 400)
        return refused(op, r, &call.answer);
    answer = rest_xml(op, &call.answer);
    session_keep(op, op_text(op, "change of %s", r->fqdn), bare_id(xml_str(op, answer, "*.ChangeInfo.Id")));
    return op_ok(op);
}

static bool settled(struct op *op, const struct record *r, size_t n, bool *done)
{
    for (size_t i = 0; i < n && *done; i++) {
        const char *id = field(op, op_text(op, "change of %s", r[i].fqdn));
        const struct xml *answer = id ? ask(op, rest_url(op, "/change/%s", id)) : NULL;

        if (answer)
            *done = text_same(xml_str(op, answer, "*.ChangeInfo.Status"), "INSYNC");
    }
    return op_ok(op);
}

const struct provider provider_route53 = {
    .title = "Amazon Route 53",
    .docs = "https://docs.aws.amazon.com/Route53/latest/APIReference/",
    .alias = "dns_aws",
    .notes =
        "policy: route53:ListHostedZones (or ListHostedZonesByName) on *, route53:GetChange on change/*, "
        "route53:ListResourceRecordSets and route53:ChangeResourceRecordSets (for TXT) on the zone.\n"
        "Without ListResourceRecordSets nobody else may have TXT records at the names.",
    .fields = fields,
    .min_ttl = 60,
    .settle = 30,
    .base = "https://route53.amazonaws.com/2013-04-01",
    .headers = { "Accept: application/xml" },
    .error = "ErrorResponse.Error.Message,ErrorResponse.Error.Code InvalidChangeBatch.Messages.Message.0",
    .busy = "ErrorResponse.Error.Code=Throttling|PriorRequestNotComplete",
    .per_second = 5,
    .check = cloud_aws_check,
    .load = load,
    .replace = replace,
    .settled = settled,
};
