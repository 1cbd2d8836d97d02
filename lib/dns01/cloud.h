/*
 * cloud: who a machine is where the platform that it runs on says so, and what follows from it.
 *
 * Metadata services are http:// on link-local addresses and loopback by design; no other plain address is
 * asked. Answers of theirs are secrets, and are never logged.
 */
#ifndef MCACME_DNS01_CLOUD_H
#define MCACME_DNS01_CLOUD_H

#include "dns01/rest.h"

/* The text that a metadata service gives; `header` may be NULL. Fails as rest_refused does. */
const char *cloud_metadata(struct op *op, const char *method, const char *header, const char *url);

/*
 * A token for a form (RFC 6749 section 4.4, RFC 7523), asked for without the provider's own headers; {access
 * token} in headers sees it from then on. `url` is https:// and whole.
 */
bool cloud_token(struct op *op, const char *url, const char *form);

/* The same where the answer of a metadata service is the token. */
bool cloud_metadata_token(struct op *op, const char *header, const char *url);

/*
 * A request to AWS, signed with what is found first: keys in fields, a profile of AWS's own files, the role
 * of a container, the role of an EC2 machine (IMDSv2). Found keys are kept until they expire.
 */
bool cloud_aws_call(struct op *op, const char *service, const char *region, struct rest_call *call);

/* `check` for its providers: no half of a key. */
bool cloud_aws_check(struct op *op);

/* The fields that it needs, for the provider's table. */
#define CLOUD_AWS_FIELDS                                                                                     \
    { .name = "AWS_ACCESS_KEY_ID", .help = "id of an access key, from IAM, Users, Security credentials" },   \
        { .name = "AWS_SECRET_ACCESS_KEY", .help = "the secret half of that key", .flags = FIELD_SECRET },   \
        { .name = "AWS_SESSION_TOKEN",                                                                       \
          .help = "third part of keys that are temporary",                                                   \
          .flags = FIELD_SECRET },                                                                           \
        { .name = "AWS_PROFILE",                                                                             \
          .help = "profile in the files below, in place of the keys",                                        \
          .also = { "AWS_DEFAULT_PROFILE" } },                                                               \
        { .name = "AWS_SHARED_CREDENTIALS_FILE",                                                             \
          .help = "file with profiles; unset: .aws/credentials below HOME",                                  \
          .flags = FIELD_FILE },                                                                             \
        { .name = "AWS_CONFIG_FILE",                                                                         \
          .help = "another file with profiles; unset: .aws/config below HOME",                               \
          .flags = FIELD_FILE },                                                                             \
        { .name = "HOME", .help = "the folder that .aws is in" },                                            \
        { .name = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", .help = "set by ECS in its containers" },        \
        { .name = "AWS_CONTAINER_CREDENTIALS_FULL_URI", .help = "set by EKS in its containers" },            \
    {                                                                                                        \
        .name = "AWS_CONTAINER_AUTHORIZATION_TOKEN",                                                         \
        .help = "set beside the latter, or AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", .flags = FIELD_SECRET    \
    }

/*
 * `open` for Azure: a token for its management, by an application's secret or federated token, by a managed
 * identity, or the one that was given.
 */
bool cloud_azure_open(struct op *op);
bool cloud_azure_check(struct op *op); /* one of these is set */

#define CLOUD_AZURE_FIELDS                                                                                   \
    { .name = "AZUREDNS_TENANTID",                                                                           \
      .help = "id of the directory (tenant), from the overview of Entra ID",                                 \
      .also = { "AZURE_TENANT_ID" } },                                                                       \
        { .name = "AZUREDNS_APPID",                                                                          \
          .help = "id of the application (client); with a managed identity: which one",                      \
          .also = { "AZURE_CLIENT_ID" } },                                                                   \
        { .name = "AZUREDNS_CLIENTSECRET",                                                                   \
          .help = "a client secret of that application: its value, not its id",                              \
          .flags = FIELD_SECRET,                                                                             \
          .also = { "AZURE_CLIENT_SECRET" } },                                                               \
        { .name = "AZURE_FEDERATED_TOKEN_FILE",                                                              \
          .help = "file with a token in place of the secret (workload identity)",                            \
          .flags = FIELD_FILE,                                                                               \
          .also = { "AZURE_OIDC_TOKEN_FILE_PATH" } },                                                        \
        { .name = "AZUREDNS_MANAGEDIDENTITY",                                                                \
          .help = "true: the identity of this machine, in place of a secret" },                              \
        { .name = "AZUREDNS_BEARERTOKEN", .help = "a token, in place of all that", .flags = FIELD_SECRET },  \
        { .name = "IDENTITY_ENDPOINT", .help = "set by App Service" },                                       \
    {                                                                                                        \
        .name = "IDENTITY_HEADER", .help = "set by App Service", .flags = FIELD_SECRET                       \
    }

/*
 * `open` for Google: a token for the scope and the project, into the session as {project}. By a key file (of
 * a service account or a user), by what Google's program "gcloud" has stored, or from the metadata service.
 * Where that program must be asked, *configuration is its configuration's name and there is no token yet.
 */
bool cloud_google_open(struct op *op, const char *scope, const char **configuration);

#define CLOUD_GOOGLE_FIELDS                                                                                  \
    { .name = "GOOGLE_APPLICATION_CREDENTIALS",                                                              \
      .help = "key file (JSON) of a service account",                                                        \
      .flags = FIELD_FILE,                                                                                   \
      .also = { "GCE_SERVICE_ACCOUNT_FILE" } },                                                              \
        { .name = "GCE_SERVICE_ACCOUNT", .help = "the content of such a file", .flags = FIELD_SECRET },      \
        { .name = "CLOUDSDK_ACTIVE_CONFIG_NAME",                                                             \
          .help = "configuration of the program gcloud, in place of a key file" },                           \
        { .name = "CLOUDSDK_CONFIG", .help = "gcloud's folder; unset: .config/gcloud below HOME" },          \
        { .name = "HOME", .help = "the folder that .config/gcloud is in" },                                  \
    {                                                                                                        \
        .name = "GCE_PROJECT", .help = "id of the project, where neither key nor configuration has it",      \
        .also = {                                                                                            \
            "GOOGLE_CLOUD_PROJECT",                                                                          \
            "CLOUDSDK_CORE_PROJECT"                                                                          \
        }                                                                                                    \
    }

/*
 * `open` for OpenStack: logs in at Keystone by a password or an application credential. {token} is then the
 * token, {endpoint} (the provider's base) the service of this type with the version behind it.
 */
bool cloud_keystone_open(struct op *op, const char *service, const char *version);
bool cloud_keystone_check(struct op *op); /* the URL is one, and what the login needs is set */

#define CLOUD_KEYSTONE_FIELDS                                                                                \
    { .name = "OS_AUTH_URL",                                                                                 \
      .help = "where Keystone is, for example https://keystone.example:5000/v3",                             \
      .flags = FIELD_REQUIRED },                                                                             \
        { .name = "OS_USERNAME", .help = "name of the user", .flags = FIELD_SET_A },                         \
        { .name = "OS_PASSWORD", .help = "the user's password", .flags = FIELD_SECRET | FIELD_SET_A },       \
        { .name = "OS_APPLICATION_CREDENTIAL_ID",                                                            \
          .help = "id of an application credential",                                                         \
          .flags = FIELD_SET_B },                                                                            \
        { .name = "OS_APPLICATION_CREDENTIAL_SECRET",                                                        \
          .help = "its secret",                                                                              \
          .flags = FIELD_SECRET | FIELD_SET_B },                                                             \
        { .name = "OS_USER_DOMAIN_NAME",                                                                     \
          .help = "domain of the user",                                                                      \
          .otherwise = "Default",                                                                            \
          .also = { "OS_DOMAIN_NAME" } },                                                                    \
        { .name = "OS_USER_DOMAIN_ID", .help = "its id, in place of the name", .also = { "OS_DOMAIN_ID" } }, \
        { .name = "OS_PROJECT_NAME", .help = "the project", .also = { "OS_TENANT_NAME" } },                  \
        { .name = "OS_PROJECT_ID", .help = "its id, in place of the name", .also = { "OS_TENANT_ID" } },     \
        { .name = "OS_PROJECT_DOMAIN_NAME", .help = "domain of the project", .otherwise = "Default" },       \
        { .name = "OS_PROJECT_DOMAIN_ID", .help = "its id, in place of the name" },                          \
        { .name = "OS_REGION_NAME", .help = "region, where there are several" },                             \
        { .name = "OS_AUTH_TYPE", .help = "not needed: it follows from what is set" },                       \
    {                                                                                                        \
        .name = "OS_IDENTITY_API_VERSION", .help = "not needed: it is 3"                                     \
    }

#endif
