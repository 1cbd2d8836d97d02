/* How names were proved, and what ran around it: settings where they carry over, lines for people where not.
 */
#include "import/import.h"

#include "dns01/registry.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

#define LINE_MOST 4000u /* bytes */

void import_line(struct op *op, struct import_cert *cert, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    strings_add(op, &cert->lines, text_printable(op, op_vtext(op, format, args), LINE_MOST));
    va_end(args);
}

void import_hook(struct op *op, struct import_cert *cert, enum option_id id, const char *command)
{
    struct strings lines = text_split(op, command ? command : "", "\n");

    for (size_t i = 0; i < lines.count; i++)
        import_line(op, cert, "# %s = %s", option_table[id].name, lines.at[i]);
}

/* "CF_Token, " and so on: what has to be there whatever the rest is; "" where that depends. */
static const char *required_keys(struct op *op, const struct provider *provider)
{
    struct text out = text_begin(op->arena);

    for (const struct field *f = provider->fields; f->name; f++)
        if (f->flags & FIELD_REQUIRED)
            text_add(&out, "%s, ", f->name);
    return out.data;
}

static void tell_credentials(struct op *op, struct import_cert *cert, const struct provider_entry *entry,
                             const char *file, const struct strings *keys)
{
    if (!entry->provider->fields || setting(&cert->wanted, OPT_CREDENTIALS))
        return;
    import_line(op, cert, "# its credentials (%ssee mcacme providers %s) go into a file of mode 600:",
                required_keys(op, entry->provider), entry->name);
    import_line(op, cert, "# credentials = /etc/mcacme/%s.conf", entry->name);
    if (file && keys->count)
        import_line(op, cert, "# (%s has %s)", file, strings_join(op, keys, ", "));
}

/* Once for each provider, however many zones it has. */
static bool used_already(const struct import_cert *cert, const char *name)
{
    for (size_t i = 0; i < cert->wanted.at[OPT_DNS].count; i++) {
        const char *value = cert->wanted.at[OPT_DNS].at[i];

        if (text_starts(value, name) && strchr(":", value[strlen(name)]))
            return true;
    }
    return false;
}

void import_dns(struct op *op, struct import_cert *cert, const char *provider, const char *zone,
                const char *file, const struct strings *keys)
{
    const struct provider_entry *entry = provider_find(provider);
    const char *name = entry ? entry->name : provider;

    if (!entry && !text_starts(provider, "dns_")) { /* which acme.sh might have */
        import_no_way(op, cert, op_text(op, "the provider \"%s\" is not built in", provider));
        return;
    }
    if (cert->way_given)
        return;
    if (entry && !used_already(cert, name))
        tell_credentials(op, cert, entry, file, keys);
    settings_add(op, &cert->wanted, OPT_DNS, zone ? op_text(op, "%s:%s", name, zone) : name);
}

void import_set(struct op *op, struct import_cert *cert, enum option_id id, const char *value)
{
    if (value && !cert->wanted.at[id].count)
        settings_add(op, &cert->wanted, id, value);
}

void import_place(struct op *op, struct import_cert *cert, enum option_id id, const char *path)
{
    const struct passwd *user;
    const struct group *group;
    struct stat now;

    if (path && stat(path, &now) == 0 && S_ISREG(now.st_mode)) {
        user = getpwuid(now.st_uid);
        group = getgrgid(now.st_gid);
        path = op_text(op, "%s:%s:%s:%04o", path, user ? user->pw_name : op_text(op, "%u", now.st_uid),
                       group ? group->gr_name : op_text(op, "%u", now.st_gid), now.st_mode & 0775);
    }
    import_set(op, cert, id, path);
}

void import_listener(struct op *op, struct import_cert *cert, enum option_id id, const char *port)
{
    if (!cert->way_given)
        import_set(op, cert, id, port ? op_text(op, "0.0.0.0:%s", port) : "");
}

void import_webroot(struct op *op, struct import_cert *cert, const char *folder)
{
    const char *there = setting(&cert->wanted, OPT_WEBROOT);

    if (cert->way_given)
        return;
    if (!there)
        settings_add(op, &cert->wanted, OPT_WEBROOT, folder);
    else if (!text_same(there, folder))
        import_no_way(op, cert, "its names have several web roots, and a certificate has one here");
}

void import_no_way(struct op *op, struct import_cert *cert, const char *why)
{
    if (cert->way_given)
        return;
    import_line(op, cert, "# %s: say here how to prove the names, for example", why);
    import_line(op, cert, "# dns = PROVIDER");
}
