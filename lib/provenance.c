#include "provenance.h"

#include "base/json.h"
#include "base/op.h"
#include "base/when.h"

static void put_known(struct text *out, const char *name, const char *value)
{
    if (value)
        json_put(out, name, value);
}

const char *provenance_write(struct op *op, const struct provenance *p)
{
    struct text out = text_begin(op->arena);

    json_open(&out, NULL, '{');
    json_put_int(&out, "version", 1);
    put_known(&out, "server", p->server);
    put_known(&out, "account", p->account);
    put_known(&out, "order", p->order);
    json_put(&out, "key-type", p->key_type);
    if (p->leaf) {
        json_put(&out, "profile", p->profile ? p->profile : "");
        json_put(&out, "key", hex(op, hash(op, HASH_SHA256, p->leaf->spki)));
        json_put(&out, "issued", when_print(op, p->issued));
        json_put(&out, "serial", p->leaf->serial);
        json_put_strings(&out, "names", &p->leaf->names);
    }
    json_close(&out, '}');
    text_char(&out, '\n');
    return op_ok(op) ? out.data : NULL;
}

bool provenance_is_of(const struct json *meta, const char *server, const char *account)
{
    return json_is(meta, "server", server) &&
           (!json_at(meta, "account") || json_is(meta, "account", account));
}
