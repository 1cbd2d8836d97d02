/*
 * Loopia, XML-RPC: a record belongs to a subdomain and has an id there, which only a listing tells. Calls
 * that change something answer with a word, "OK" or what is wrong; a listing that fails is a list of words.
 *
 * An empty subdomain would stay, and be served: it goes with its last record.
 */
#include "provider.h"

#define ANSWER "methodResponse.params.param.value"

static const struct field fields[] = {
    { .name = "LOOPIA_User",
      .help = "API user (NAME@loopiaapi), from LoopiaAPI in the Customer Zone; not the login there",
      .flags = FIELD_REQUIRED,
      .also = { "LOOPIA_API_USER" } },
    { .name = "LOOPIA_Password",
      .help = "its password",
      .flags = FIELD_REQUIRED | FIELD_SECRET,
      .also = { "LOOPIA_API_PASSWORD" } },
    { .name = "LOOPIA_Api",
      .help = "where the API is: at api.loopia.se, .com, .no or .rs",
      .otherwise = "https://api.loopia.se/RPCSERV",
      .also = { "LOOPIA_API_URL" } },
    { 0 },
};

/* The first parameters are the same in all calls: who, and which subdomain. */
static bool ask(struct op *op, struct rest_call *call, const char *method, const struct record *r,
                const char *more)
{
    const char *body =
        xml_text(op,
                 "<?xml version=\"1.0\" encoding=\"UTF-8\"?><methodCall><methodName>%s</methodName><params>"
                 "<param><value><string>%s</string></value></param>"
                 "<param><value><string>%s</string></value></param>"
                 "<param><value><string>%s</string></value></param>"
                 "<param><value><string>%s</string></value></param>",
                 method, field(op, "LOOPIA_User"), field(op, "LOOPIA_Password"), r->zone, r->name);

    *call =
        (struct rest_call){ .method = "POST", .url = field(op, "LOOPIA_Api"), .content_type = "text/xml" };
    call->body = body && more ? op_text(op, "%s%s</params></methodCall>", body, more) : NULL;
    return rest_call(op, call);
}

/* The text of a value, whatever its type says, in a member or alone. */
static const char *text_of(struct op *op, const struct xml *value)
{
    static const char *const types[] = { "string", "int", "i4" };
    const char *text = xml_opt(value, "");

    for (size_t i = 0; !text && i < sizeof types / sizeof *types; i++)
        text = xml_opt(value, types[i]);
    return text ? text_trim(op, text) : NULL;
}

static const char *member(struct op *op, const struct xml *record, const char *name)
{
    const struct xml *one;

    for (size_t i = 0; (one = xml_each(record, "struct.member", i)); i++)
        if (text_same(text_of(op, xml_at(one, "name")), name))
            return text_of(op, xml_at(one, "value"));
    return NULL;
}

/* The ids of our record (there may be several), and how many records of all types are at the name. */
static bool list(struct op *op, const struct record *r, struct strings *ids, size_t *count)
{
    struct rest_call call;
    const struct xml *answer, *one;

    TRY(ask(op, &call, "getZoneRecords", r, "") && (answer = rest_xml(op, &call.answer)));
    if (!xml_at(answer, ANSWER ".array.data"))
        return rest_refused(op, &call.answer);
    for (*count = 0; (one = xml_each(answer, ANSWER ".array.data.value", *count)); ++*count) {
        if (!xml_at(one, "struct"))
            return rest_refused(op, &call.answer);
        if (text_same(member(op, one, "type"), "TXT") && txt_is(op, member(op, one, "rdata"), r->value))
            strings_add(op, ids, member(op, one, "record_id"));
    }
    return true;
}

static bool is_there(struct op *op, const struct record *r)
{
    struct op *aside = op_child(op);
    struct strings ids = { 0 };
    size_t count;
    bool there = list(aside, r, &ids, &count) && ids.count;

    op_end(aside);
    return there;
}

/* Makes a change. To add what is there already may be refused. */
static bool change(struct op *op, const char *method, const struct record *r, const char *more, bool adding)
{
    struct rest_call call;
    const struct xml *answer;

    TRY(ask(op, &call, method, r, more) && (answer = rest_xml(op, &call.answer)));
    if (text_same(text_of(op, xml_at(answer, ANSWER)), "OK"))
        return true;
    return (adding && is_there(op, r)) || rest_refused(op, &call.answer);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    const char *record = xml_text(op,
                                  "<param><value><struct>"
                                  "<member><name>type</name><value><string>TXT</string></value></member>"
                                  "<member><name>ttl</name><value><int>%u</int></value></member>"
                                  "<member><name>priority</name><value><int>0</int></value></member>"
                                  "<member><name>rdata</name><value><string>%s</string></value></member>"
                                  "<member><name>record_id</name><value><int>0</int></value></member>"
                                  "</struct></value></param>",
                                  r->ttl, r->value);

    (void)n; /* no CAP_BATCH: always one */
    return change(op, "addZoneRecord", r, record, true);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    struct strings ids = { 0 };
    size_t count;

    (void)n;
    TRY(list(op, r, &ids, &count));
    for (size_t i = 0; i < ids.count; i++)
        TRY(change(op, "removeZoneRecord", r,
                   xml_text(op, "<param><value><int>%s</int></value></param>", ids.at[i]), false));
    if (!ids.count || ids.count < count || text_same(r->name, "@"))
        return true;
    return change(op, "removeSubdomain", r, "", false);
}

const struct provider provider_loopia = {
    .title = "Loopia",
    .docs = "https://support.loopia.se/wiki/loopiaapi-oversikt/",
    .alias = "dns_loopia",
    .notes = "The API user needs the rights for addZoneRecord, getZoneRecords, removeZoneRecord and\n"
             "removeSubdomain, no others.",
    .fields = fields,
    .min_ttl = 300,
    .settle = 600,
    .base = "{LOOPIA_Api}",
    .headers = { "Accept: text/xml" },
    .error = "methodResponse.fault.value.struct.member.1.value.string " ANSWER ".string " ANSWER
             ".array.data.value.string",
    .busy = ANSWER ".string=RATE_LIMITED",
    .per_second = 1,
    .add = add,
    .remove = del,
};
