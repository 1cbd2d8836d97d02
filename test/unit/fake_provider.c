#include "fake_provider.h"

#include "dns01/instance.h"

#include <stdio.h>
#include <string.h>

struct fake_vendor fake_vendor;

struct fake_credentials {
    struct credentials credentials;
    const char *const *lines;
};

static void called(const char *text)
{
    size_t length = strlen(fake_vendor.calls);

    snprintf(fake_vendor.calls + length, sizeof fake_vendor.calls - length, "%s;", text);
}

static size_t place_of(const char *name, const char *value)
{
    size_t i = 0;

    while (i < fake_vendor.count &&
           !(text_same(fake_vendor.records[i].name, name) && text_same(fake_vendor.records[i].value, value)))
        i++;
    return i;
}

bool fake_has(const char *name, const char *value)
{
    return place_of(name, value) < fake_vendor.count;
}

static void put(const char *name, const char *value)
{
    struct fake_record *record = &fake_vendor.records[fake_vendor.count++ % FAKE_ROOM];

    snprintf(record->name, sizeof record->name, "%s", name);
    snprintf(record->value, sizeof record->value, "%s", value);
}

static void drop(const char *name, const char *value)
{
    size_t place = place_of(name, value);

    if (place < fake_vendor.count)
        fake_vendor.records[place] = fake_vendor.records[--fake_vendor.count];
}

void fake_reset(const char *const *records)
{
    fake_vendor = (struct fake_vendor){ .count = 0 };
    for (; records && *records; records++) {
        char name[128];
        size_t length = strcspn(*records, "=");

        snprintf(name, sizeof name, "%.*s", (int)length, *records);
        put(name, *records + length + 1);
    }
}

static bool change(struct op *op, const char *what, struct record *records, size_t n, bool adding)
{
    struct text call = text_begin(op->arena);

    text_add(&call, "%s", what);
    for (size_t i = 0; i < n; i++)
        text_add(&call, "%c%s=%s", i ? ',' : ' ', records[i].fqdn, records[i].value);
    called(call.data);
    for (size_t i = 0; i < n; i++) {
        if (text_same(records[i].value, fake_vendor.refuses))
            return op_fail(op, ERR_PROVIDER, "the vendor dislikes %s", records[i].value);
        if (adding)
            put(records[i].fqdn, records[i].value);
        else
            drop(records[i].fqdn, records[i].value);
        fake_vendor.ttl = records[i].ttl;
        snprintf(fake_vendor.record_name, sizeof fake_vendor.record_name, "%s",
                 records[i].name ? records[i].name : "(none)");
    }
    return true;
}

static bool add(struct op *op, struct record *records, size_t n)
{
    bool good = change(op, "add", records, n, true);

    for (size_t i = 0; good && i < n; i++)
        records[i].handle = op_text(op, "id-%s", records[i].value);
    return good;
}

static bool del(struct op *op, struct record *records, size_t n)
{
    snprintf(fake_vendor.handle, sizeof fake_vendor.handle, "%s", records->handle ? records->handle : "");
    return change(op, "remove", records, n, false);
}

static bool load(struct op *op, const struct record *record, struct values *values)
{
    called("load");
    if (text_same(record->value, fake_vendor.refuses))
        return op_fail(op, ERR_PROVIDER, "the vendor dislikes %s", record->value);
    for (size_t i = 0; i < fake_vendor.count; i++)
        if (text_same(fake_vendor.records[i].name, record->fqdn))
            strings_add(op, &values->list, text_dup(op, fake_vendor.records[i].value));
    values->ttl = values->list.count ? 777 : 0;
    return true;
}

static bool replace(struct op *op, const struct record *record, const struct values *values)
{
    called(op_text(op, "replace %s(%s)", record->fqdn, strings_join(op, &values->list, ",")));
    for (size_t i = fake_vendor.count; i-- > 0;)
        if (text_same(fake_vendor.records[i].name, record->fqdn))
            fake_vendor.records[i] = fake_vendor.records[--fake_vendor.count];
    for (size_t i = 0; i < values->list.count; i++)
        put(record->fqdn, values->list.at[i]);
    fake_vendor.ttl = values->ttl;
    return true;
}

static bool log_in(struct op *op)
{
    called("open");
    if (fake_vendor.login)
        return op_fail(op, ERR_UNTRUSTED, "%s", fake_vendor.login);
    session_set(op, "session", "session-token-1");
    return true;
}

static bool log_out(struct op *op)
{
    called(op_text(op, "close %s", field(op, "session")));
    return op_alive(op);
}

static const char *zone(struct op *op, const char *fqdn)
{
    (void)op;
    called("zone");
    if (text_ends(fqdn, ".unknown"))
        return NULL;
    return text_ends(fqdn, ".wrong") ? "not.here" : name_parent(fqdn);
}

static const struct field fields[] = {
    { .name = "FAKE_Token",
      .help = "a token from the fake panel",
      .flags = FIELD_SECRET | FIELD_SET_A,
      .also = { "FAKE_API_TOKEN", "OTHER_TOKEN" } },
    { .name = "FAKE_User", .help = "the user", .flags = FIELD_SET_B },
    { .name = "FAKE_Password", .help = "the password", .flags = FIELD_SECRET | FIELD_SET_B },
    { .name = "FAKE_Region", .help = "the region", .otherwise = "eu" },
    { .name = "FAKE_File", .help = "a file", .flags = FIELD_FILE },
    { 0 },
};

static const struct field set_fields[] = {
    { .name = "SET_Url", .help = "where the panel is", .flags = FIELD_REQUIRED },
    { .name = "SET_Key", .help = "the key of the panel", .flags = FIELD_REQUIRED | FIELD_SECRET },
    { 0 },
};

static const struct provider fake = { .title = "Fake",
                                      .alias = "dns_fake dns_fk",
                                      .fields = fields,
                                      .min_ttl = 120,
                                      .notes = "be kind to it",
                                      .open = log_in,
                                      .close = log_out,
                                      .zone = zone,
                                      .add = add,
                                      .remove = del };
static const struct provider fake_batch = {
    .title = "Fake, many at once", .caps = CAP_BATCH, .add = add, .remove = del
};
static const struct provider fake_nozone = {
    .title = "Fake, no zones", .caps = CAP_NO_ZONE, .add = add, .remove = del
};
static const struct provider fake_rest = { .title = "Fake, REST",
                                           .fields = fields,
                                           .base = "https://api.example/v2",
                                           .headers = { "Authorization: Bearer {FAKE_Token}",
                                                        "Authorization: Basic {FAKE_User:FAKE_Password}",
                                                        "X-Region: {FAKE_Region}" },
                                           .notes = "needs the right to write",
                                           .error = "errors.0.message,errors.0.code message",
                                           .good = "status=ok|done",
                                           .add = add,
                                           .remove = del };
static const struct provider fake_set = { .title = "Fake, sets",
                                          .alias = "dns_set",
                                          .fields = set_fields,
                                          .base = "{SET_Url}/api/{SET_Key}",
                                          .per_second = 2,
                                          .load = load,
                                          .replace = replace };

const struct provider_entry provider_table[] = {
    { "fake", &fake },           { "fake_batch", &fake_batch }, { "fake_nozone", &fake_nozone },
    { "fake_rest", &fake_rest }, { "fake_set", &fake_set },     { 0 },
};

static const char *get(const struct credentials *credentials, struct op *op, const char *name)
{
    const struct fake_credentials *self = (const struct fake_credentials *)credentials;

    (void)op;
    for (const char *const *line = self->lines; *line; line++)
        if (text_starts(*line, name) && (*line)[strlen(name)] == '=')
            return *line + strlen(name) + 1;
    return NULL;
}

const struct credentials *fake_credentials(struct op *op, const char *source, const char *const *lines)
{
    struct fake_credentials *self = op_new(op, struct fake_credentials);

    self->credentials.get = get;
    self->credentials.source = source;
    self->lines = lines;
    return &self->credentials;
}
