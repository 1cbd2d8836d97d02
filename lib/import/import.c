#include "import/import.h"

#include "base/json.h"

#include <string.h>
#include <sys/stat.h>

extern const struct import_client import_certbot, import_acmesh, import_lego, import_dehydrated, import_uacme;

static const struct import_client *const clients[] = { &import_certbot, &import_acmesh, &import_lego,
                                                       &import_dehydrated, &import_uacme };
#define CLIENTS (sizeof clients / sizeof *clients)

const struct import_client *import_client(struct op *op, const char *name)
{
    struct strings names = { 0 };
    const char *near;

    for (size_t i = 0; i < CLIENTS; i++) {
        if (text_same(clients[i]->name, name))
            return clients[i];
        strings_add(op, &names, clients[i]->name);
    }
    near = text_nearest(op, name, &names);
    op_fail(op, ERR_USAGE, "\"%s\" is no client that is known here", text_printable(op, name, 100));
    op_hint(op, "%s%s", near ? "did you mean " : "those are ", near ? near : strings_join(op, &names, ", "));
    return NULL;
}

static bool is_taken(const struct import *import, const char *title)
{
    const struct import_cert *cert = import->certs;

    while (cert && !text_same(cert->title, title))
        cert = cert->next;
    return cert != NULL;
}

/* Here a wildcard's certificate is called by what is behind the "*.", where no other one is called so. */
static void name_wildcards(struct op *op, struct import *import)
{
    for (struct import_cert *cert = import->certs; cert; cert = cert->next) {
        if (!text_starts(cert->title, "*.") && !text_starts(cert->title, "_."))
            continue;
        cert->title =
            is_taken(import, cert->title + 2) ? op_text(op, "_%s", cert->title + 1) : cert->title + 2;
    }
}

bool import_read(struct op *op, const struct import_client *client, const char *dir, struct import *import)
{
    struct stat status;

    if (stat(dir, &status) != 0)
        return op_fail_errno(op, ERR_CONFIG, "looking for what %s has in %s", client->name, dir);
    op_enter(op, "reading what %s has in %s", client->name, dir);
    if (client->read(op, dir, import))
        name_wildcards(op, import);
    op_leave(op);
    if (!op_ok(op) || import->certs || import->accounts)
        return op_ok(op);
    op_fail(op, ERR_CONFIG, "there is neither a certificate nor an account of %s in %s", client->name, dir);
    return op_hint(op, "its folder usually is %s", client->usual);
}

/* ---- for the files of the clients ---- */

struct import_account *import_account_add(struct op *op, struct import *import)
{
    struct import_account **end = &import->accounts;

    while (*end)
        end = &(*end)->next;
    return *end = op_new(op, struct import_account);
}

struct import_cert *import_cert_add(struct op *op, struct import *import, const char *title)
{
    struct import_cert **end = &import->certs;

    while (*end)
        end = &(*end)->next;
    *end = op_new(op, struct import_cert);
    (*end)->title = title;
    settings_default(op, &(*end)->wanted, &import->wanted, OPT_SAVED);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (option_table[i].flags & OPT_WAY && import->wanted.at[i].count)
            (*end)->way_given = true;
    return *end;
}

const char *import_file(struct op *op, const char *format, ...)
{
    struct stat status;
    const char *path;
    va_list args;

    va_start(args, format);
    path = op_vtext(op, format, args);
    va_end(args);
    return stat(path, &status) == 0 && S_ISREG(status.st_mode) ? file_read_named(op, path) : NULL;
}

const struct json *import_json(struct op *op, const char *format, ...)
{
    struct op *child = op_child(op);
    const struct json *json = NULL;
    const char *path, *text;
    va_list args;

    va_start(args, format);
    path = op_vtext(op, format, args);
    va_end(args);
    text = import_file(op, "%s", path);
    if (text && json_parse(child, text, strlen(text)))
        json = json_parse(op, text, strlen(text));
    else if (text)
        op_log(op, LOG_WARN, "%s is left alone: %s", path, child->err.text);
    op_end(child);
    return json;
}

const struct import_account *import_only_account(const struct import *import, const char *server)
{
    const struct import_account *found = NULL;

    for (const struct import_account *a = import->accounts; a; a = a->next) {
        if (!text_same(a->server, server))
            continue;
        if (found)
            return NULL;
        found = a;
    }
    return found;
}
