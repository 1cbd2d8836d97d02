/* Google's identities: keys in files (RFC 7523), the store of the program gcloud, the metadata service. */
#include "base/text.h"
#include "dns01/provider.h"

#include <string.h>

#define TOKENS   "https://oauth2.googleapis.com/token"
#define METADATA "http://169.254.169.254/computeMetadata/v1/"
#define LIFETIME 3600u /* the most that is allowed */

static const char *form_of_account(struct op *op, const struct json *key, const char *scope)
{
    unsigned now = (unsigned)op_now(op);
    const char *claims = json_text(op, "{'iss':%s,'scope':%s,'aud':%s,'iat':%u,'exp':%u}",
                                   json_str(op, key, "client_email"), scope, TOKENS, now, now + LIFETIME);

    session_set(op, "assertion",
                sign_jwt(op, json_str(op, key, "private_key"), json_opt(op, key, "private_key_id"), claims,
                         "the private key of the service account"));
    return form_text(op, "grant_type=%s&assertion=%s", "urn:ietf:params:oauth:grant-type:jwt-bearer",
                     field(op, "assertion"));
}

static const char *form_of_user(struct op *op, const struct json *key)
{
    session_set(op, "client secret", json_str(op, key, "client_secret"));
    session_set(op, "refresh token", json_str(op, key, "refresh_token"));
    return form_text(op, "grant_type=refresh_token&client_id=%s&client_secret=%s&refresh_token=%s",
                     json_str(op, key, "client_id"), field(op, "client secret"), field(op, "refresh token"));
}

static bool open_key(struct op *op, const char *text, const char *scope)
{
    const struct json *key = json_parse(op, text, strlen(text));
    const char *type = json_str(op, key, "type"), *form = NULL;

    if (json_is(key, "type", "service_account"))
        form = form_of_account(op, key, scope);
    else if (json_is(key, "type", "authorized_user"))
        form = form_of_user(op, key);
    else if (type)
        op_fail(op, ERR_CONFIG, "a key file of the type \"%s\"; service_account is needed",
                text_printable(op, type, 80));
    session_keep(op, "project", json_opt(op, key, "project_id"));
    return cloud_token(op, TOKENS, form);
}

/*
 * What gcloud has stored: keys of service accounts lie in files, logins of users only the program can read.
 */
static bool open_tool(struct op *op, const char *folder, const char *name, const char *scope,
                      const char **configuration)
{
    const char *text =
        folder ? user_file(op, op_text(op, "%s/configurations/config_%s", folder, name)) : NULL;
    const char *account = ini_value(op, text, "core", "account"), *key = NULL;

    session_keep(op, "project", ini_value(op, text, "core", "project"));
    if (account)
        key = user_file(op, op_text(op, "%s/legacy_credentials/%s/adc.json", folder, account));
    if (key && json_is(json_parse(op, key, strlen(key)), "type", "service_account"))
        return open_key(op, key, scope);
    *configuration = name;
    return op_ok(op);
}

static bool open_machine(struct op *op)
{
    const char *project = NULL;

    op_enter(op, "no credentials of Google's are set, so those of this machine are asked for");
    cloud_metadata_token(op, "Metadata-Flavor: Google", METADATA "instance/service-accounts/default/token");
    if (op_ok(op) && !field(op, "GCE_PROJECT"))
        project = cloud_metadata(op, "GET", "Metadata-Flavor: Google", METADATA "project/project-id");
    if (op->err.code == ERR_NETWORK)
        op->err.code = ERR_CONFIG; /* it is no machine of Google's */
    op_hint(op,
            "set GOOGLE_APPLICATION_CREDENTIALS, or CLOUDSDK_ACTIVE_CONFIG_NAME where gcloud is logged in");
    op_leave(op);
    session_keep(op, "project", project ? text_trim(op, project) : NULL);
    return op_ok(op);
}

/* The configuration that is named, or else the one that gcloud would take. */
static const char *configuration_name(struct op *op, const char *folder)
{
    const char *active = folder ? user_file(op, op_text(op, "%s/active_config", folder)) : NULL;

    if (field(op, "CLOUDSDK_ACTIVE_CONFIG_NAME"))
        return field(op, "CLOUDSDK_ACTIVE_CONFIG_NAME");
    return active ? text_trim(op, active) : NULL;
}

bool cloud_google_open(struct op *op, const char *scope, const char **configuration)
{
    const char *folder = field(op, "CLOUDSDK_CONFIG"), *home = field(op, "HOME");
    const char *key = user_file(op, field(op, "GOOGLE_APPLICATION_CREDENTIALS")), *name;
    bool good;

    if (!folder && home)
        folder = op_text(op, "%s/.config/gcloud", home);
    if (!key)
        key = field(op, "GCE_SERVICE_ACCOUNT");
    name = configuration_name(op, folder);
    good = key    ? open_key(op, key, scope)
           : name ? open_tool(op, folder, name, scope, configuration)
                  : open_machine(op);
    session_keep(op, "project", field(op, "GCE_PROJECT")); /* the user's word counts most */
    if (good && !field(op, "project"))
        return op_fail(op, ERR_CONFIG, "no project is known: set GCE_PROJECT");
    return good;
}
