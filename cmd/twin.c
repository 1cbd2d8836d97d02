#include "twin.h"

#include <string.h>

static const char *const endings[] = { ".rsa", ".ecdsa" };

static const char *ending_of(enum key_kind kind)
{
    return endings[kind == KEY_EC256 || kind == KEY_EC384];
}

static bool known(struct app *app, const char *cert)
{
    return conf_section(app->conf, "certificate", cert) || lineage_there(app->op, app->run.store, cert);
}

const char *twin_base(struct app *app, const char *cert)
{
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const char *base = text_less(app->op, cert, endings[i]);

        if (base && *base && known(app, base))
            return base;
    }
    return NULL;
}

/* By the settings that say so. */
static const char *by_kinds(struct app *app, const char *cert, const char *kinds)
{
    enum key_kind first, second;

    if (!key_kinds_parse(app->op, kinds, &first, &second) || second == KEY_KIND_COUNT)
        return NULL;
    return op_text(app->op, "%s%s", cert, ending_of(second));
}

const char *twin_of(struct app *app, const char *cert)
{
    const struct settings *section = conf_section(app->conf, "certificate", cert);
    const char *kinds = setting(&app->cli, OPT_KEY_TYPE), *twin;

    if (!kinds && section)
        kinds = setting(section, OPT_KEY_TYPE);
    if (!kinds)
        kinds = setting(&app->base, OPT_KEY_TYPE);
    twin = kinds && !twin_base(app, cert) ? by_kinds(app, cert, kinds) : NULL;
    for (size_t i = 0; !twin && i < sizeof endings / sizeof *endings; i++) {
        const char *name = op_text(app->op, "%s%s", cert, endings[i]);

        if (lineage_there(app->op, app->run.store, name))
            twin = name;
    }
    return op_ok(app->op) ? twin : NULL;
}

/* "PATH[:OWNER:GROUP:MODE]" with the ending behind PATH, unless it is there already. */
static const char *with_ending(struct op *op, const char *target, const char *ending)
{
    size_t path = strcspn(target, ":");
    const char *bare = text_cut(op, target, path);

    return !path || text_ends(bare, ending) ? target : op_text(op, "%s%s%s", bare, ending, target + path);
}

/* The name of the entry, also while neither of its two certificates exists. */
static const char *entry_of(struct app *app, const char *cert, enum key_kind second)
{
    const char *base = twin_base(app, cert);

    return base || second == KEY_KIND_COUNT ? base : text_less(app->op, cert, ending_of(second));
}

void twin_settle(struct app *app, const char *cert, struct settings *settings)
{
    static const enum option_id targets[] = { OPT_INSTALL_CERT,  OPT_INSTALL_CHAIN,  OPT_INSTALL_FULLCHAIN,
                                              OPT_INSTALL_KEY,   OPT_INSTALL_BUNDLE, OPT_INSTALL_DER,
                                              OPT_INSTALL_PKCS12 };
    const char *kinds = setting(settings, OPT_KEY_TYPE), *base;
    enum key_kind first, second = KEY_KIND_COUNT;

    if (kinds && strchr(kinds, ',') && !key_kinds_parse(app->op, kinds, &first, &second))
        return;
    base = entry_of(app, cert, second);
    if (second != KEY_KIND_COUNT)
        settings_set(app->op, settings, OPT_KEY_TYPE, key_kind_name(base ? second : first));
    for (size_t i = 0; base && i < sizeof targets / sizeof *targets; i++) {
        const char *target = setting(settings, targets[i]);

        if (target && *target)
            settings_set(app->op, settings, targets[i], with_ending(app->op, target, cert + strlen(base)));
    }
}
