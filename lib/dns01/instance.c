#include "dns01/instance.h"

#include "base/text.h"
#include "crypto/secrets.h"
#include "dns01/instance_parts.h"
#include "dns01/registry.h"

#include <string.h>

#define CLOSING_TIME 60000 /* milliseconds for logging out, even after a signal or the deadline */

static void forget(struct instance *instance)
{
    if (instance->session)
        op_end(instance->session);
    instance->session = NULL;
    instance->names = instance->values = (struct strings){ 0 };
    instance->state = NULL;
    instance->open = false;
}

static void release(void *what)
{
    forget(what);
}

void instance_suggest(struct op *op, const char *name)
{
    struct strings names = provider_names(op);
    const char *nearest = text_nearest(op, name, &names);

    if (nearest)
        op_hint(op, "did you mean %s? \"mcacme providers\" lists all", nearest);
    op_hint(op, "\"mcacme providers\" lists all; \"exec\" calls a program of your own");
}

static const struct provider *provider_named(struct op *op, const char *name)
{
    const struct provider_entry *entry = provider_find(name);

    if (!entry && text_starts(name, "dns_"))
        entry = provider_find("acmesh");
    if (entry)
        return entry->provider;
    op_fail(op, ERR_USAGE, "there is no DNS provider \"%s\"", name);
    instance_suggest(op, name);
    return NULL;
}

static struct strings zones_of(struct op *op, const char *list)
{
    struct strings parts = text_split(op, list, ","), zones = { 0 };

    for (size_t i = 0; i < parts.count; i++) {
        const char *zone = text_lower(op, parts.at[i]);
        const char *undotted = text_less(op, zone, ".");

        strings_add(op, &zones, undotted ? undotted : zone);
    }
    return zones;
}

struct instance *instance_make(struct op *op, const char *label, const char *name, const char *zones,
                               const struct credentials *credentials)
{
    const struct provider *provider;
    struct instance *instance;

    if (!op_ok(op) || !(provider = provider_named(op, name)))
        return NULL;
    instance = op_new(op, struct instance);
    instance->label = label;
    instance->called = name;
    instance->provider = provider;
    instance->zones = zones_of(op, zones ? zones : "");
    instance->credentials = credentials;
    arena_defer(op->arena, release, instance);
    if (zones && !instance->zones.count) {
        op_fail(op, ERR_USAGE, "\"%s\" is given an empty list of zones", label);
        return NULL;
    }
    return instance;
}

struct instance *instance_parse(struct op *op, const char *text, const struct credentials *credentials)
{
    const char *colon = strchr(text, ':');
    const char *label = text_trim(op, text_cut(op, text, strcspn(text, ":")));

    return instance_make(op, label, label, colon ? colon + 1 : NULL, credentials);
}

/*
 * Length of the zone where it covers the name, else -1. Zones end at dots: not notexample.com in example.com.
 */
static int covers(const char *zone, const char *fqdn)
{
    size_t length = strlen(zone), whole = strlen(fqdn);

    if (whole < length || !text_same_nocase(fqdn + whole - length, zone))
        return -1;
    return whole == length || fqdn[whole - length - 1] == '.' ? (int)length : -1;
}

static int best_cover(const struct instance *instance, const char *fqdn)
{
    int best = instance->zones.count ? -1 : 0;

    for (size_t i = 0; i < instance->zones.count; i++) {
        int cover = covers(instance->zones.at[i], fqdn);

        if (cover > best)
            best = cover;
    }
    return best;
}

struct instance *instance_for(struct op *op, struct instance *const *all, size_t n, const char *fqdn)
{
    struct instance *found = NULL;
    int best = -1;

    for (size_t i = 0; i < n; i++) {
        int cover = best_cover(all[i], fqdn);

        if (cover > best) {
            best = cover;
            found = all[i];
        }
    }
    if (!found) {
        op_fail(op, ERR_CONFIG, "no DNS provider covers %s", fqdn);
        op_hint(op, "add --dns PROVIDER, or --dns PROVIDER:ZONE with the zone of this name");
    }
    return found;
}

struct visit instance_enter(struct op *op, struct instance *instance)
{
    struct visit before = { op->instance, op->frames };

    op->instance = instance;
    op_enter(op, "%s", instance->label);
    return before;
}

bool instance_leave(struct op *op, struct visit before)
{
    op->instance = before.instance;
    op->frames = before.frames;
    if (op_ok(op))
        return true;
    if (op->err.code == ERR_UNTRUSTED) /* which means the CA, elsewhere */
        op->err.code = ERR_PROVIDER;
    op->err.text = secrets_hide(op, op->err.text);
    op->err.hint = secrets_hide(op, op->err.hint);
    return false;
}

bool instance_ready(struct op *op, struct instance *instance)
{
    const struct provider *provider = instance->provider;

    TRY(op_ok(op) && instance_read_fields(op, instance));
    if (!instance->open && provider->open)
        TRY(provider->open(op) && op_ok(op));
    instance->open = true;
    return true;
}

bool instance_open(struct op *op, struct instance *instance)
{
    struct visit visit = instance_enter(op, instance);

    instance_ready(op, instance);
    return instance_leave(op, visit);
}

static const char *ask_zone(struct op *op, const struct provider *provider, const char *fqdn)
{
    const char *key = op_text(op, "zone of %s", fqdn);
    const char *zone = field(op, key);

    if (zone)
        return zone;
    zone = provider->zone(op, fqdn);
    if (op_ok(op) && zone && covers(zone, fqdn) <= 0)
        op_fail(op, ERR_PROVIDER, "%s is not in the zone %s", fqdn, zone);
    session_keep(op, key, zone);
    return zone;
}

const char *instance_zone(struct op *op, struct instance *instance, const char *fqdn)
{
    struct visit visit;
    const char *zone = NULL;

    if (!instance->provider->zone || !op_ok(op))
        return NULL;
    visit = instance_enter(op, instance);
    if (instance_ready(op, instance))
        zone = text_dup(op, ask_zone(op, instance->provider, fqdn));
    return instance_leave(op, visit) ? zone : NULL;
}

bool instance_settled(struct op *op, struct instance *instance, struct record *records, size_t n, bool *done)
{
    struct visit visit;

    *done = true;
    if (!instance->provider->settled || !op_ok(op))
        return op_ok(op);
    visit = instance_enter(op, instance);
    if (instance_ready(op, instance))
        instance->provider->settled(op, records, n, done);
    return instance_leave(op, visit);
}

bool instance_close(struct op *op, struct instance *instance)
{
    struct op *last;
    struct visit visit;

    if (instance->open && instance->provider->close) {
        last = op_child(op);
        last->shielded = true;
        last->deadline = op_ticks(op) + CLOSING_TIME;
        visit = instance_enter(last, instance);
        instance->provider->close(last);
        instance_leave(last, visit);
        op_adopt(op, last);
        op_end(last);
    }
    forget(instance);
    return op_ok(op);
}
