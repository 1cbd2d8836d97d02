/* AWS's identities, in the order in which its own tools look for them. */
#include "base/text.h"
#include "dns01/provider.h"

#include <inttypes.h>
#include <string.h>

#define ROLES "http://169.254.169.254/latest/meta-data/iam/security-credentials/"
#define EARLY 60 /* seconds before their end at which temporary keys are not used any more */

static bool keep(struct op *op, const char *id, const char *secret, const char *token, int64_t until)
{
    session_keep(op, "aws id", id);
    session_set(op, "aws secret", secret);
    session_set(op, "aws token", token);
    session_keep(op, "aws until", op_text(op, "%" PRId64, until));
    return op_ok(op);
}

static bool fresh(struct op *op)
{
    int64_t until;

    return field(op, "aws secret") && text_number(field(op, "aws until"), 0, INT64_MAX, &until) &&
           op_now(op) < until - EARLY;
}

bool cloud_aws_check(struct op *op)
{
    bool id = field(op, "AWS_ACCESS_KEY_ID"), secret = field(op, "AWS_SECRET_ACCESS_KEY");

    if (id == secret)
        return true;
    return op_fail(op, ERR_CONFIG, "%s is missing beside %s",
                   id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID",
                   id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY");
}

static bool from_fields(struct op *op)
{
    const char *id = field(op, "AWS_ACCESS_KEY_ID"), *secret = field(op, "AWS_SECRET_ACCESS_KEY");

    return cloud_aws_check(op) && id && keep(op, id, secret, field(op, "AWS_SESSION_TOKEN"), INT64_MAX);
}

static bool from_section(struct op *op, const char *text, const char *section)
{
    const char *id = ini_value(op, text, section, "aws_access_key_id");
    const char *secret = ini_value(op, text, section, "aws_secret_access_key");

    return id && secret && keep(op, id, secret, ini_value(op, text, section, "aws_session_token"), INT64_MAX);
}

/* The file that a field names, else the one below HOME. */
static const char *profiles(struct op *op, const char *name, const char *usual)
{
    const char *home = field(op, "HOME");

    if (field(op, name))
        return user_file(op, field(op, name));
    return home ? user_file(op, op_text(op, "%s/.aws/%s", home, usual)) : NULL;
}

/* In the configuration all profiles but the default one have their kind in front. */
static bool from_profile(struct op *op)
{
    const char *named = field(op, "AWS_PROFILE"), *profile = named ? named : "default";
    const char *titled = text_same(profile, "default") ? profile : op_text(op, "profile %s", profile);

    if (from_section(op, profiles(op, "AWS_SHARED_CREDENTIALS_FILE", "credentials"), profile) ||
        from_section(op, profiles(op, "AWS_CONFIG_FILE", "config"), titled))
        return true;
    if (!named)
        return false;
    op_fail(op, ERR_CONFIG, "there are no keys of the profile %s (AWS_PROFILE) in AWS's files", named);
    return op_hint(op, "roles, SSO and credential_process are not followed: let \"aws configure "
                       "export-credentials\" make keys of them, or name the files in "
                       "AWS_SHARED_CREDENTIALS_FILE and AWS_CONFIG_FILE");
}

static bool from_json(struct op *op, const char *text)
{
    const struct json *keys = text ? json_parse(op, text, strlen(text)) : NULL;
    const char *end = json_opt(op, keys, "Expiration");
    int64_t until = INT64_MAX;

    if (end && !when_rfc3339(end, &until))
        op_fail(op, ERR_PROVIDER, "keys that expire at \"%s\"", text_printable(op, end, 80));
    return keep(op, json_str(op, keys, "AccessKeyId"), json_str(op, keys, "SecretAccessKey"),
                json_str(op, keys, "Token"), until);
}

static bool from_container(struct op *op)
{
    const char *relative = field(op, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const char *url = field(op, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    const char *token = field(op, "AWS_CONTAINER_AUTHORIZATION_TOKEN");

    if (relative)
        url = op_text(op, "http://169.254.170.2%s", relative);
    return url && from_json(op, cloud_metadata(op, "GET",
                                               token ? op_text(op, "Authorization: %s", token) : NULL, url));
}

/* Version 2 of the service wants a token of its own, so that nobody can be tricked into asking for us. */
static bool from_instance(struct op *op)
{
    const char *token = cloud_metadata(op, "PUT", "X-aws-ec2-metadata-token-ttl-seconds: 300",
                                       "http://169.254.169.254/latest/api/token");
    const char *header, *role;

    if (!op_ok(op)) { /* it is no EC2 machine */
        op->err.code = op->err.code == ERR_NETWORK ? ERR_CONFIG : op->err.code;
        return op_hint(op, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    }
    session_set(op, "metadata token", token);
    header = op_text(op, "X-aws-ec2-metadata-token: %s", token);
    role = cloud_metadata(op, "GET", header, ROLES);
    role = role ? text_trim(op, text_cut(op, role, strcspn(role, "\r\n"))) : NULL;
    return role &&
           from_json(op, cloud_metadata(op, "GET", header, op_text(op, "%s%s", ROLES, text_url(op, role))));
}

static bool identify(struct op *op)
{
    if (fresh(op) || from_fields(op) || from_profile(op) || from_container(op) || !op_ok(op))
        return op_ok(op);
    op_enter(op, "no AWS credentials are set, so the role of this machine is asked for");
    from_instance(op);
    op_leave(op);
    return op_ok(op);
}

bool cloud_aws_call(struct op *op, const char *service, const char *region, struct rest_call *call)
{
    struct sign_v4 request = { .style = &sign_style_aws,
                               .service = service,
                               .region = region,
                               .method = call->method,
                               .url = call->url,
                               .body = call->body,
                               .now = op_now(op) };
    struct strings lines;

    TRY(op_ok(op) && identify(op));
    request.id = field(op, "aws id");
    request.secret = field(op, "aws secret");
    if (field(op, "aws token"))
        request.headers[0] = op_text(op, "X-Amz-Security-Token: %s", field(op, "aws token"));
    lines = sign_v4(op, &request);
    for (size_t i = 0; i < lines.count; i++)
        call->headers[i] = lines.at[i];
    return rest_call(op, call);
}
