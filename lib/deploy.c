#include "deploy.h"

#include "base/json.h"
#include "base/when.h"
#include "certify.h"
#include "hook.h"
#include "install.h"
#include "mailcow/place.h"
#include "verify.h"

#include <string.h>

/* mailcow's services load what is new behind all certificates: before that no probe can find it. */
static bool verify_fits(struct op *op, const struct settings *settings)
{
    const char *mailcow = setting(settings, OPT_MAILCOW);

    if (!mailcow || !*mailcow || !verify_probes(settings).count)
        return true;
    op_fail(op, ERR_USAGE, "--verify does not go with --mailcow");
    return op_hint(op, "leave it out: mailcow's services are asked for the certificate without it");
}

bool install_targets_ok(struct op *op, const struct settings *settings)
{
    return verify_fits(op, settings) && install_places_ok(op, settings) && verify_probes_ok(op, settings);
}

/* ---- hooks ---- */

/* `["PROGRAM", "ARGUMENT"]` as the list that execve wants; NULL for all else, such as `[ -e FILE ] || ...`.
 */
static const char *const *list_of(struct op *op, const char *command)
{
    struct op *child = op_child(op);
    const struct json *json = *command == '[' ? json_parse(child, command, strlen(command)) : NULL;
    struct strings words = json ? json_strings(child, json, "") : (struct strings){ 0 }, list = { 0 };
    bool good = op_ok(child) && words.count;

    for (size_t i = 0; good && i < words.count; i++)
        strings_add(op, &list, text_dup(op, words.at[i]));
    if (good)
        strings_add(op, &list, NULL);
    op_end(child);
    return good ? list.at : NULL;
}

/* What the certificate in use says of itself; nothing where there is none that can be read. */
static void add_facts(struct op *op, struct strings *env, const struct store *store, const char *name)
{
    struct op *child = op_child(op);
    struct cert cert;

    if (certificate_held(child, store, name, &cert)) {
        strings_add(op, env, op_text(op, "MCACME_SERIAL=%s", cert.serial));
        strings_add(op, env, op_text(op, "MCACME_NOT_AFTER=%s", when_print(op, cert.not_after)));
    }
    op_end(child);
}

static const char *const *environment(struct op *op, const struct store *store, const char *cert,
                                      const struct strings *names)
{
    const char *folder = store_path(op, store, "certs/%s/current", cert);
    struct strings env = { 0 };

    strings_add(op, &env, op_text(op, "MCACME_CERT=%s", cert));
    strings_add(op, &env, op_text(op, "MCACME_NAMES=%s", strings_join(op, names, " ")));
    strings_add(op, &env, op_text(op, "MCACME_DIR=%s", folder));
    strings_add(op, &env, op_text(op, "MCACME_KEY=%s/key.pem", folder));
    strings_add(op, &env, op_text(op, "MCACME_FULLCHAIN=%s/fullchain.pem", folder));
    add_facts(op, &env, store, cert);
    strings_add(op, &env, NULL);
    return env.at;
}

bool hook_of_user(struct op *op, const struct store *store, const struct settings *settings,
                  enum option_id which, enum err_code code, const char *cert, const struct strings *names)
{
    const char *command = setting(settings, which);
    struct hook hook = { .title = op_text(op, "--%s", option_table[which].name), .shell = command };
    struct hook_result result;

    if (!command || !*command)
        return op_ok(op);
    hook.argv = list_of(op, command);
    hook.env = environment(op, store, cert, names);
    hook.limit = setting_seconds(op, settings, OPT_HOOK_TIMEOUT, 0) * 1000;
    op_progress(op, "running the %s", option_table[which].name);
    return op_ok(op) && hook_run(op, &hook, &result) && hook_ok(op, code, &hook, &result);
}

/* ---- the steps ---- */

static bool steps(struct op *op, const struct store *store, const struct settings *settings, const char *cert,
                  const struct strings *names)
{
    const char *mailcow = setting(settings, OPT_MAILCOW);

    if (mailcow && *mailcow)
        TRY(mailcow_place(op, store, mailcow, cert, names));
    return install_all(op, store, settings, cert) &&
           hook_of_user(op, store, settings, OPT_DEPLOY_HOOK, ERR_DEPLOY, cert, names) &&
           verify_served(op, NULL, store, settings, cert, names);
}

bool deploy(struct op *op, const struct store *store, const struct settings *settings, const char *cert,
            const struct strings *names)
{
    op_enter(op, "deploying");
    steps(op, store, settings, cert, names);
    op_leave(op);
    if (op_ok(op) || op->err.code == ERR_STOPPED)
        return op_ok(op);
    op->err.code = ERR_DEPLOY;
    return op_hint(op, "the certificate is there; the next renew tries this step again");
}
