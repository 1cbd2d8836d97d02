#include "store/journal.h"

#include "base/json.h"

#include <string.h>

static struct journal_txt *find(struct journal *journal, int64_t id)
{
    for (size_t i = 0; i < journal->txt_count; i++)
        if (journal->txts[i].id == id)
            return &journal->txts[i];
    return NULL;
}

static void remember(struct op *op, struct journal *journal, const struct journal_txt *txt)
{
    if (journal->txt_count == journal->txt_room) {
        size_t room = journal->txt_room ? 2 * journal->txt_room : 16;
        struct journal_txt *bigger = op_array(op, room, struct journal_txt);

        if (journal->txt_count)
            memcpy(bigger, journal->txts, journal->txt_count * sizeof *bigger);
        journal->txts = bigger;
        journal->txt_room = room;
    }
    journal->txts[journal->txt_count++] = *txt;
    if (txt->id >= journal->next_id)
        journal->next_id = txt->id + 1;
}

static void forget(struct journal *journal, int64_t id)
{
    struct journal_txt *txt = find(journal, id);

    if (txt)
        *txt = journal->txts[--journal->txt_count];
}

static void replay_txt(struct op *op, struct journal *journal, const struct json *json)
{
    struct journal_txt txt = {
        .id = json_int(json, "id", 0),
        .dns = json_opt(op, json, "dns"),
        .provider = json_opt(op, json, "provider"),
        .credentials = json_opt(op, json, "credentials"),
        .fqdn = json_opt(op, json, "fqdn"),
        .zone = json_opt(op, json, "zone"),
        .name = json_opt(op, json, "name"),
        .value = json_opt(op, json, "value"),
        .ttl = (unsigned)json_int(json, "ttl", 60),
    };

    if (txt.dns && txt.fqdn && txt.value)
        remember(op, journal, &txt);
}

static void replay(struct op *op, struct journal *journal, const struct json *line)
{
    const struct json *item;

    if (json_at(line, "order"))
        journal->order = (struct journal_order){ .url = json_opt(op, line, "order.url"),
                                                 .server = json_opt(op, line, "order.server"),
                                                 .shape = json_opt(op, line, "order.shape") };
    for (size_t i = 0; (item = json_each(line, "txt", i)); i++)
        replay_txt(op, journal, item);
    for (size_t i = 0; (item = json_each(line, "handle", i)); i++) {
        struct journal_txt *txt = find(journal, json_int(item, "id", -1));

        if (txt)
            txt->handle = json_opt(op, item, "handle");
    }
    for (size_t i = 0; (item = json_each(line, "gone", i)); i++)
        forget(journal, json_int(item, "", -1));
}

/* A line without its end, or with zeros in it: what a power cut leaves of a write that nobody relied on. */
static bool is_torn(const char *line, const char *end, const char *stop)
{
    return !end || (end + 1 == stop && memchr(line, '\0', (size_t)(end - line)));
}

static bool read_lines(struct op *op, struct journal *journal)
{
    struct bytes file = file_read_bytes(op, journal->path);
    const char *line = (const char *)file.at, *stop = file.at ? line + file.length : NULL, *end;
    unsigned number = 0;

    while (op_ok(op) && line != stop) {
        end = memchr(line, '\n', (size_t)(stop - line));
        if (is_torn(line, end, stop)) {
            journal->torn = text_cut(op, (const char *)file.at, (size_t)(line - (const char *)file.at));
            break;
        }
        op_enter(op, "reading %s line %u", journal->path, ++number);
        if (end > line)
            replay(op, journal, json_parse(op, line, (size_t)(end - line)));
        op_leave(op);
        line = end + 1;
    }
    return op_ok(op);
}

struct journal *journal_open(struct op *op, const struct store *store, const char *cert)
{
    struct journal *journal = op_new(op, struct journal);

    journal->path = store_path(op, store, "journal/%s.log", cert);
    journal->key_path = store_path(op, store, "journal/%s.key", cert);
    journal->next_id = 1;
    if (read_lines(op, journal))
        return journal;
    op->err.code = ERR_STORE;
    op_hint(op, "look for TXT records that this file still names and remove them, then the file");
    return NULL;
}

/* Whose file it is; ".new" is one that was about to replace another when its run died. */
static const char *cert_of(struct op *op, const char *file)
{
    const char *old = text_less(op, file, ".new");
    const char *log = text_less(op, old ? old : file, ".log");

    return log ? log : text_less(op, old ? old : file, ".key");
}

struct strings journal_list(struct op *op, const struct store *store)
{
    struct strings files = folder_list(op, store_path(op, store, "journal")), certs = { 0 };

    for (size_t i = 0; i < files.count; i++) {
        const char *cert = cert_of(op, files.at[i]);

        if (cert && !strings_have(&certs, cert))
            strings_add(op, &certs, cert);
    }
    return certs;
}

/* A torn line must not become the beginning of a whole one. */
static bool add_line(struct op *op, struct journal *journal, const char *line)
{
    if (journal->torn)
        TRY(file_replace_text(op, journal->path, journal->torn, 0600));
    journal->torn = NULL;
    return file_append(op, journal->path, line);
}

bool journal_order_made(struct op *op, struct journal *journal, const struct journal_order *order,
                        const char *key_pem)
{
    const char *line = json_text(op, "{'order': {'url': %s, 'server': %s, 'shape': %s}}", order->url,
                                 order->server, order->shape);

    TRY(op_ok(op));
    if (key_pem)
        TRY(file_replace_text(op, journal->key_path, key_pem, 0600));
    TRY(add_line(op, journal, line));
    journal->order = *order;
    return true;
}

bool journal_order_ended(struct op *op, struct journal *journal)
{
    TRY(op_ok(op));
    if (journal->order.url && journal->txt_count)
        TRY(add_line(op, journal, "{\"order\":null}"));
    journal->order = (struct journal_order){ 0 };
    return true;
}

const char *journal_key(struct op *op, const struct journal *journal)
{
    return file_read_if_there(op, journal->key_path);
}

static void put_txt(struct text *out, const struct journal_txt *txt)
{
    json_open(out, NULL, '{');
    json_put_int(out, "id", txt->id);
    json_put(out, "dns", txt->dns);
    if (txt->provider && !text_same(txt->provider, txt->dns))
        json_put(out, "provider", txt->provider);
    json_put(out, "credentials", txt->credentials);
    json_put(out, "fqdn", txt->fqdn);
    json_put(out, "zone", txt->zone);
    json_put(out, "name", txt->name);
    json_put(out, "value", txt->value);
    json_put_int(out, "ttl", txt->ttl);
    json_close(out, '}');
}

/* {"<kind>":[ ... ]} with one item a record. */
static bool append(struct op *op, struct journal *journal, const char *kind, const struct journal_txt *txts,
                   size_t n, void (*put)(struct text *out, const struct journal_txt *txt))
{
    struct text out = text_begin(op->arena);

    TRY(op_ok(op));
    json_open(&out, NULL, '{');
    json_open(&out, kind, '[');
    for (size_t i = 0; i < n; i++)
        put(&out, &txts[i]);
    json_close(&out, ']');
    json_close(&out, '}');
    return add_line(op, journal, out.data);
}

bool journal_txts(struct op *op, struct journal *journal, struct journal_txt *txts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        txts[i].id = journal->next_id++;
    TRY(append(op, journal, "txt", txts, n, put_txt));
    for (size_t i = 0; i < n; i++)
        remember(op, journal, &txts[i]);
    return true;
}

static void put_handle(struct text *out, const struct journal_txt *txt)
{
    json_open(out, NULL, '{');
    json_put_int(out, "id", txt->id);
    json_put(out, "handle", txt->handle);
    json_close(out, '}');
}

bool journal_handles(struct op *op, struct journal *journal, const struct journal_txt *txts, size_t n)
{
    size_t known = 0;

    for (size_t i = 0; i < n; i++) {
        struct journal_txt *txt = find(journal, txts[i].id);

        if (txt)
            txt->handle = txts[i].handle;
        known += txts[i].handle != NULL;
    }
    return !known || append(op, journal, "handle", txts, n, put_handle);
}

static void put_id(struct text *out, const struct journal_txt *txt)
{
    json_put_int(out, NULL, txt->id);
}

bool journal_txts_gone(struct op *op, struct journal *journal, const struct journal_txt *txts, size_t n)
{
    size_t left = journal->txt_count;

    for (size_t i = 0; i < n; i++)
        forget(journal, txts[i].id);
    if (!journal->txt_count && !journal->order.url)
        return op_ok(op); /* the file goes as a whole, in journal_close */
    return left == journal->txt_count || append(op, journal, "gone", txts, n, put_id);
}

static bool remove_if_there(struct op *op, const char *path)
{
    return !file_there(path) || file_remove(op, path);
}

bool journal_close(struct op *op, struct journal *journal)
{
    TRY(op_ok(op));
    if (journal->txt_count || journal->order.url)
        return true;
    return remove_if_there(op, op_text(op, "%s.new", journal->path)) && remove_if_there(op, journal->path) &&
           remove_if_there(op, op_text(op, "%s.new", journal->key_path)) &&
           remove_if_there(op, journal->key_path);
}
