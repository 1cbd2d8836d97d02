#include "mailcow/wanted.h"

#include "base/file.h"
#include "crypto/key.h"
#include "mailcow/domains.h"
#include "mailcow/precheck.h"
#include "net/resolver.h"

/* What mailcow.conf alone decides: a lineage may have saved what it says no more. */
static const enum option_id governed[] = { OPT_DOMAIN,      OPT_SERVER,  OPT_STAGING,    OPT_EMAIL,  OPT_DNS,
                                           OPT_CREDENTIALS, OPT_WEBROOT, OPT_STANDALONE, OPT_MAILCOW };

bool mailcow_settings(struct op *op, struct settings *settings, const struct settings *lineage,
                      const struct conf *conf, const char *cert)
{
    const struct settings *section = conf_section(conf, "certificate", cert);
    struct settings saved = { 0 };

    if (!section || !setting(section, OPT_MAILCOW))
        return false;
    if (lineage)
        saved = *lineage;
    for (size_t i = 0; i < sizeof governed / sizeof *governed; i++)
        saved.at[governed[i]] = (struct strings){ 0 };
    settings_default(op, settings, section, 0);
    settings_default(op, settings, &saved, OPT_SAVED);
    settings_default(op, settings, conf_section(conf, "mailcow", ""), 0);
    return true;
}

void mailcow_save(struct settings *saved, const struct conf *conf, const char *cert)
{
    const struct settings *section = conf_section(conf, "certificate", cert);

    for (size_t i = 0; section && setting(section, OPT_MAILCOW) && i < sizeof governed / sizeof *governed;
         i++)
        saved->at[governed[i]] = section->at[governed[i]];
}

/* ---- the parts of a section ---- */

/* mailcow puts a file of comments there; who exports the credentials instead leaves it like that. */
static bool says_something(struct op *op, const char *path)
{
    struct world quiet = *op->world, *world = op->world;
    const char *text = file_read_if_there(op, path);
    bool says;

    quiet.log = NULL; /* who uses the file will warn of its lines */
    op->world = &quiet;
    says = text && envfile_parse(op, text, path).names.count > 0;
    op->world = world;
    return says;
}

static void add_proof(struct op *op, const struct mailcow *mailcow, struct settings *settings)
{
    const char *credentials = mailcow_path(op, mailcow, MAILCOW_DNS);
    struct op *child = op_child(op);

    if (!mailcow->dns01)
        settings_add(op, settings, OPT_WEBROOT, mailcow_path(op, mailcow, MAILCOW_WEBROOT));
    else
        settings_add(op, settings, OPT_DNS, mailcow->provider);
    if (mailcow->dns01 && (says_something(child, credentials) || !op_ok(child)))
        settings_add(op, settings, OPT_CREDENTIALS, credentials);
    op_end(child);
}

static void add_ca(struct op *op, const struct mailcow *mailcow, struct settings *settings)
{
    const char *server = mailcow->staging     ? "letsencrypt-staging"
                         : mailcow->directory ? mailcow->directory
                                              : "letsencrypt";

    settings_add(op, settings, OPT_SERVER, server);
    if (mailcow->email)
        settings_add(op, settings, OPT_EMAIL, mailcow->email);
}

/*
 * The key stays, and with it the TLSA records that name it (RFC 7672 section 3.1.1), as long as nobody asks.
 */
static void add_key(struct op *op, const struct mailcow *mailcow, struct settings *settings)
{
    static const char *const places[] = { MAILCOW_SSL "/key.pem", MAILCOW_SSL "/acme/key.pem" };
    struct op *child = op_child(op);
    const struct key *key = NULL;

    for (size_t i = 0; !key && i < 2; i++) {
        const char *pem = file_read_if_there(child, mailcow_path(child, mailcow, places[i]));

        key = pem ? key_from_pem(child, pem, places[i]) : NULL;
        op_recover(child);
    }
    settings_add(op, settings, OPT_REUSE_KEY, NULL);
    if (key)
        settings_add(op, settings, OPT_KEY_TYPE, key_kind_name(key_kind(key)));
    op_end(child);
}

static struct settings common(struct op *op, const struct mailcow *mailcow)
{
    struct settings settings = { 0 };

    settings_add(op, &settings, OPT_MAILCOW, mailcow->dir);
    add_ca(op, mailcow, &settings);
    add_proof(op, mailcow, &settings);
    if (file_there(mailcow_path(op, mailcow, MAILCOW_SSL "/force_renew")))
        settings_add(op, &settings, OPT_FORCE, NULL);
    return settings;
}

/* ---- the sections ---- */

static struct settings *section_of(struct op *op, struct conf *conf, const char *kind, const char *name)
{
    struct conf_section **place = &conf->sections;

    while (*place && !(text_same((*place)->kind, kind) && text_same((*place)->name, name)))
        place = &(*place)->next;
    if (!*place) {
        *place = op_new(op, struct conf_section);
        (*place)->kind = kind;
        (*place)->name = name;
    }
    return &(*place)->settings;
}

static void add_section(struct op *op, struct conf *conf, const struct settings *shared,
                        const struct mailcow_cert *cert)
{
    struct settings all = *shared;

    all.at[OPT_DOMAIN] = cert->names;
    settings_default(op, section_of(op, conf, "certificate", cert->title), &all, 0);
}

/* ---- from the folder to the sections ---- */

/* The mail domains through doors of our own, closed again at once; a test has put in its own. */
static bool find_domains(struct op *op, const struct mailcow *mailcow, struct mail_domains *domains)
{
    struct op *child = op_child(op);
    struct http *const given[] = { op->world->http, NULL };
    bool good = mailcow_domains(op, mailcow, *given ? given : mailcow_doors(child, mailcow), domains);

    op_end(child);
    return good;
}

/* HTTP-01 leaves out what cannot be proved; the doors are as above. */
static bool check_names(struct op *op, const struct mailcow *mailcow, const struct mailcow_source *source,
                        struct mailcow_certs *certs)
{
    const struct strings *resolvers = &source->settings->at[OPT_RESOLVER];
    struct http_curl_options options = { .connect_to = &source->settings->at[OPT_CONNECT_TO] };
    struct world here = *op->world, *world = op->world;
    struct op *child = op_child(op);
    struct own own = { 0 };
    bool good;

    if (!here.http)
        here.http = http_curl(child, &options);
    if (!here.resolver)
        here.resolver = resolver_system(child, resolvers->count ? resolvers : NULL);
    op_adopt(op, child);
    op->world = &here;
    good = own_addresses(op, &own) && mailcow_precheck(op, mailcow, &own, certs);
    op->world = world;
    op_end(child);
    return good;
}

static bool add_sections(struct op *op, const struct mailcow *mailcow, const struct mailcow_source *source,
                         struct conf *conf)
{
    struct mail_domains domains = { 0 };
    struct mailcow_certs certs;
    struct settings shared;

    TRY(find_domains(op, mailcow, &domains) && mailcow_certs(op, mailcow, &domains, &certs));
    TRY(mailcow->dns01 || check_names(op, mailcow, source, &certs));
    shared = common(op, mailcow);
    add_key(op, mailcow, section_of(op, conf, "mailcow", ""));
    for (size_t i = 0; i < certs.count; i++)
        add_section(op, conf, &shared, &certs.at[i]);
    return op_ok(op);
}

bool mailcow_wanted(struct op *op, const struct mailcow_source *source, struct conf *conf, const char **idle)
{
    struct mailcow mailcow;

    *idle = NULL;
    TRY(mailcow_read(op, source->dir, &mailcow));
    mailcow.advice = source->advice;
    if (mailcow.skip) {
        *idle = op_text(op, "SKIP_LETS_ENCRYPT=y in %s/mailcow.conf: nothing is done", mailcow.dir);
        return true;
    }
    op_enter(op, "mailcow");
    add_sections(op, &mailcow, source, conf);
    op_leave(op);
    return op_ok(op);
}
