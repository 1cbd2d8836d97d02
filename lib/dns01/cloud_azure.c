/* Tokens for Azure's management. */
#include "base/text.h"
#include "dns01/provider.h"

#include <string.h>

#define RESOURCE "https://management.azure.com/"

static bool open_managed(struct op *op)
{
    const char *endpoint = field(op, "IDENTITY_ENDPOINT"), *app = field(op, "AZUREDNS_APPID");
    const char *query = app ? form_text(op, "resource=%s&client_id=%s", RESOURCE, app)
                            : form_text(op, "resource=%s", RESOURCE);

    if (endpoint && field(op, "IDENTITY_HEADER"))
        return cloud_metadata_token(op, op_text(op, "X-IDENTITY-HEADER: %s", field(op, "IDENTITY_HEADER")),
                                    op_text(op, "%s?api-version=2019-08-01&%s", endpoint, query));
    return cloud_metadata_token(
        op, "Metadata: true",
        op_text(op, "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&%s",
                query));
}

static bool open_application(struct op *op)
{
    const char *tenant = field(op, "AZUREDNS_TENANTID"), *app = field(op, "AZUREDNS_APPID");
    const char *secret = field(op, "AZUREDNS_CLIENTSECRET");
    const char *assertion = secret ? NULL : user_file(op, field(op, "AZURE_FEDERATED_TOKEN_FILE"));
    const char *form = form_text(op, "grant_type=client_credentials&scope=%s", RESOURCE ".default");
    const char *proof;

    session_set(op, "assertion", assertion ? text_trim(op, assertion) : NULL);
    proof = secret
                ? form_text(op, "client_secret=%s", secret)
                : form_text(op, "client_assertion_type=%s&client_assertion=%s",
                            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", field(op, "assertion"));
    return cloud_token(op, rest_url(op, "https://login.microsoftonline.com/%s/oauth2/v2.0/token", tenant),
                       op_text(op, "%s&client_id=%s&%s", form, text_url(op, app), proof));
}

static bool managed(struct op *op)
{
    const char *wish = field(op, "AZUREDNS_MANAGEDIDENTITY");

    return wish && text_same_nocase(wish, "true");
}

bool cloud_azure_check(struct op *op)
{
    if (managed(op) || field(op, "AZUREDNS_BEARERTOKEN"))
        return true;
    if (field(op, "AZUREDNS_TENANTID") && field(op, "AZUREDNS_APPID") &&
        (field(op, "AZUREDNS_CLIENTSECRET") || field(op, "AZURE_FEDERATED_TOKEN_FILE")))
        return true;
    return op_fail(op, ERR_CONFIG,
                   "needed are AZUREDNS_TENANTID, AZUREDNS_APPID and AZUREDNS_CLIENTSECRET (or "
                   "AZURE_FEDERATED_TOKEN_FILE), or else AZUREDNS_MANAGEDIDENTITY=true");
}

bool cloud_azure_open(struct op *op)
{
    const char *given = field(op, "AZUREDNS_BEARERTOKEN");

    TRY(cloud_azure_check(op));
    if (managed(op))
        return open_managed(op);
    if (!given)
        return open_application(op);
    session_set(op, "access token", text_starts(given, "Bearer ") ? given + strlen("Bearer ") : given);
    return op_ok(op);
}
