/*
 * Any plugin of an acme.sh that is installed here, for vendors that are not built in. "--dns dns_example"
 * comes here by itself where there is no provider of that name.
 *
 * Plugins differ in care: some hold one value at a name only, so challenges at the same name are validated
 * one after the other; some fail to remove what is gone, so then the zone's name servers are asked.
 */
#include "acmesh.h"
#include "provider.h"

static const struct field fields[] = {
    { .name = "ACMESH_HOME",
      .help = "the folder that holds acme.sh and dnsapi; else ~/.acme.sh, /usr/share/acme.sh, "
              "/usr/local/share/acme.sh and /opt/acme.sh are looked at" },
    { .name = "ACMESH_PLUGIN",
      .help = "name of the plugin, dns_...; else the name by which the provider was called" },
    { 0 },
};

/* Besides what the plugin reads: how acme.sh makes its requests. */
static const char *const general[] = { "HTTPS_INSECURE", "CA_BUNDLE",   "CA_PATH",  "ACME_USE_WGET",
                                       "http_proxy",     "https_proxy", "no_proxy", "HTTPS_PROXY",
                                       "ALL_PROXY",      "NO_PROXY" };

static bool find_plugin(struct op *op, struct acmesh *plugin)
{
    const char *name = field(op, "ACMESH_PLUGIN");

    return acmesh_find(op, field(op, "ACMESH_HOME"), name ? name : called_as(op), plugin);
}

static bool check(struct op *op)
{
    struct acmesh plugin;

    return find_plugin(op, &plugin);
}

static void give(struct op *op, struct strings *env, const char *name)
{
    const char *value = credential_named(op, name);

    if (value)
        strings_add(op, env, op_text(op, "%s=%s", name, value));
}

static bool call(struct op *op, const char *verb, struct record *r)
{
    struct acmesh plugin;
    struct strings env = { 0 };

    TRY(find_plugin(op, &plugin));
    for (size_t i = 0; i < plugin.variables.count; i++)
        give(op, &env, plugin.variables.at[i]);
    for (size_t i = 0; i < sizeof general / sizeof *general; i++)
        give(op, &env, general[i]);
    strings_add(op, &env, NULL);
    return acmesh_run(op, &plugin, verb, env.at, r->fqdn, r->value, &r->handle);
}

static bool add(struct op *op, struct record *r, size_t n)
{
    (void)n; /* no CAP_BATCH: always one */
    return call(op, "add", r);
}

static bool del(struct op *op, struct record *r, size_t n)
{
    struct op *first = op_child(op);
    bool gone = call(first, "rm", r);

    (void)n;
    if (!gone && first->err.code == ERR_PROVIDER && txt_gone(op, r))
        gone = op_ok(op);
    else
        op_adopt(op, first);
    op_end(first);
    return gone;
}

const struct provider provider_acmesh = {
    .title = "Any plugin of an installed acme.sh",
    .docs = "https://github.com/acmesh-official/acme.sh/wiki/dnsapi",
    .notes =
        "Credentials are the plugin's own variables; it gets those of them that are set, and no others.\n"
        "acme.sh itself is not changed, and nothing is saved in its folder. Under the systemd unit, which\n"
        "hides home folders, acme.sh has to be elsewhere. A provider that is built in is the better one.",
    .fields = fields,
    .caps = CAP_NO_ZONE | CAP_SERIAL,
    .settle = 300,
    .check = check,
    .add = add,
    .remove = del,
};
