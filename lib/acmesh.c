/* Finding acme.sh and its plugins, and calling them. */
#include "acmesh.h"

#include "base/file.h"
#include "hook.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const usual_places[] = { "/usr/share/acme.sh", "/usr/local/share/acme.sh",
                                            "/opt/acme.sh" };

/*
 * acme.sh ends by running its arguments as a command: ":" does nothing, and its functions are there. $0 is
 * its path, by which it finds its own folder.
 */
static const char driver[] =
    "mcacme_call=$2 mcacme_name=$3 mcacme_value=$4 mcacme_plugin=$1\n"
    "set -- :\n"
    ". \"$0\" || exit\n"
    "_initpath || exit\n"
    "DOMAIN_CONF=$LE_WORKING_DIR/state\n"
    "_saveaccountconf() { :; }\n"
    "_saveaccountconf_mutable() { :; }\n"
    "_clearaccountconf() { :; }\n"
    "_clearaccountconf_mutable() { :; }\n"
    "_savedomainconf() {\n"
    "  case \" $MCACME_SECRETS \" in *\" $1 \"*) ;; *) _save_conf \"$DOMAIN_CONF\" \"$@\" ;; esac\n"
    "}\n"
    ". \"$mcacme_plugin\" || exit\n"
    "\"$mcacme_call\" \"$mcacme_name\" \"$mcacme_value\"\n";

static bool safe(struct op *op, const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return op_fail_errno(op, ERR_CONFIG, "%s", path);
    if (status.st_uid != 0 && status.st_uid != geteuid())
        return op_fail(op, ERR_CONFIG, "%s belongs to another user", path);
    if ((status.st_mode & S_IWOTH) || (stat(folder_of(op, path), &status) == 0 && (status.st_mode & S_IWOTH)))
        return op_fail(op, ERR_CONFIG, "everybody may change %s", path);
    return true;
}

/* Its own plugins are in dnsapi; those of the user may lie beside acme.sh. */
static const char *plugin_in(struct op *op, const char *home, const char *name)
{
    const char *own = op_text(op, "%s/dnsapi/%s.sh", home, name);
    const char *users = op_text(op, "%s/%s.sh", home, name);

    if (!file_there(op_text(op, "%s/acme.sh", home)))
        return NULL;
    if (file_there(own))
        return own;
    return file_there(users) ? users : NULL;
}

static struct strings places(struct op *op, const char *home)
{
    const struct passwd *user = getpwuid(geteuid());
    struct strings list = { 0 };

    if (home) {
        strings_add(op, &list, home);
        return list;
    }
    if (user)
        strings_add(op, &list, op_text(op, "%s/.acme.sh", user->pw_dir));
    for (size_t i = 0; i < sizeof usual_places / sizeof *usual_places; i++)
        strings_add(op, &list, usual_places[i]);
    return list;
}

/* A name that becomes part of a path and of a shell function's name. */
static bool name_ok(const char *name)
{
    return text_starts(name, "dns_") &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == strlen(name);
}

bool acmesh_find(struct op *op, const char *home, const char *name, struct acmesh *found)
{
    struct strings list = places(op, home);
    const char *text;

    TRY(op_ok(op));
    *found = (struct acmesh){ .name = name };
    for (size_t i = 0; name_ok(name) && !found->plugin && i < list.count; i++) {
        found->plugin = plugin_in(op, list.at[i], name);
        found->script = op_text(op, "%s/acme.sh", list.at[i]);
    }
    if (!found->plugin)
        return op_fail(op, home ? ERR_CONFIG : ERR_USAGE,
                       "there is no provider %s, and no acme.sh with such a plugin in %s", name,
                       strings_join(op, &list, ", "));
    TRY(safe(op, found->script) && safe(op, found->plugin));
    text = file_read_named(op, found->plugin);
    TRY(text);
    found->variables = acmesh_variables(op, text);
    found->options = acmesh_options(op, text);
    return true;
}

/* ---- a call ---- */

static void remove_folder(struct op *op, const char *folder)
{
    struct op *aside = op_child(op);

    aside->shielded = true;
    if (!folder_remove_all(aside, folder))
        op_log(op, LOG_WARN, "%s", aside->err.text);
    op_end(aside);
}

static const char *private_folder(struct op *op)
{
    char *path = text_dup(op, "/tmp/mcacme.XXXXXX");

    if (!op_effect(op, "make folder"))
        return NULL;
    if (mkdtemp(path))
        return path;
    op_fail_errno(op, ERR_STORE, "making a folder in /tmp");
    return NULL;
}

static const char **environment(struct op *op, const struct acmesh *plugin, const char *const *env,
                                const char *folder)
{
    struct text secrets = text_begin(op->arena);
    struct strings list = { 0 };

    strings_add(op, &list, op_text(op, "LE_WORKING_DIR=%s", folder));
    strings_add(op, &list, op_text(op, "LE_CONFIG_HOME=%s", folder));
    strings_add(op, &list, op_text(op, "TMPDIR=%s", folder));
    text_add(&secrets, "MCACME_SECRETS=%s", strings_join(op, &plugin->options, " "));
    for (; *env; env++) {
        text_add(&secrets, " %s", text_cut(op, *env, strcspn(*env, "=")));
        strings_add(op, &list, *env);
    }
    strings_add(op, &list, secrets.data);
    strings_add(op, &list, NULL);
    return list.at;
}

static bool call(struct op *op, const struct acmesh *plugin, const char *function, const char *const *env,
                 const char *fqdn, const char *value)
{
    const char *const argv[] = { "/bin/sh", "-c",  driver, plugin->script, plugin->plugin, function,
                                 fqdn,      value, NULL };
    struct hook hook = { .title = function, .argv = argv, .env = env };
    struct hook_result result;

    return hook_run(op, &hook, &result) && hook_ok(op, ERR_PROVIDER, &hook, &result);
}

static bool call_in(struct op *op, const struct acmesh *plugin, const char *verb, const char *const *env,
                    const char *folder, const char *fqdn, const char *value, const char **state)
{
    const char *path = op_text(op, "%s/state", folder);

    if (*state)
        TRY(file_replace_text(op, path, *state, 0600));
    TRY(call(op, plugin, op_text(op, "%s_%s", plugin->name, verb), environment(op, plugin, env, folder), fqdn,
             value));
    *state = file_read_if_there(op, path);
    return op_ok(op);
}

bool acmesh_run(struct op *op, const struct acmesh *plugin, const char *verb, const char *const *env,
                const char *fqdn, const char *value, const char **state)
{
    const char *folder = private_folder(op);
    bool good = folder && call_in(op, plugin, verb, env, folder, fqdn, value, state);

    if (folder)
        remove_folder(op, folder);
    return good;
}
