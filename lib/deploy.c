#include "deploy.h"

#include "hook.h"
#include "mailcow/place.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
    enum option_id option;
    const char *files[2]; /* one behind the other */
    mode_t mode;
} kinds[] = {
    { OPT_INSTALL_CERT, { "cert.pem", NULL }, 0644 },
    { OPT_INSTALL_CHAIN, { "chain.pem", NULL }, 0644 },
    { OPT_INSTALL_FULLCHAIN, { "fullchain.pem", NULL }, 0644 },
    { OPT_INSTALL_KEY, { "key.pem", NULL }, 0600 },
    { OPT_INSTALL_BUNDLE, { "key.pem", "fullchain.pem" }, 0600 },
};
#define KIND_COUNT (sizeof kinds / sizeof *kinds)

static bool find_user(struct op *op, const char *name, uid_t *uid)
{
    const struct passwd *user = getpwnam(name);
    int64_t number;

    if (!user && !text_number(name, 0, UINT32_MAX - 1, &number))
        return op_fail(op, ERR_USAGE, "there is no user \"%s\"", name);
    *uid = user ? user->pw_uid : (uid_t)number;
    return true;
}

static bool find_group(struct op *op, const char *name, gid_t *gid)
{
    const struct group *group = getgrnam(name);
    int64_t number;

    if (!group && !text_number(name, 0, UINT32_MAX - 1, &number))
        return op_fail(op, ERR_USAGE, "there is no group \"%s\"", name);
    *gid = group ? group->gr_gid : (gid_t)number;
    return true;
}

static bool find_mode(struct op *op, const char *text, mode_t *mode)
{
    mode_t value = 0;

    if (strlen(text) < 3 || strlen(text) > 4 || strspn(text, "01234567") != strlen(text))
        return op_fail(op, ERR_USAGE, "\"%s\" is no mode such as 0640", text);
    for (; *text; text++)
        value = value * 8 + (mode_t)(*text - '0');
    if (value & S_IWOTH)
        return op_fail(op, ERR_USAGE, "a certificate that all may write to is none");
    *mode = value;
    return true;
}

bool install_target_parse(struct op *op, const char *text, mode_t mode, struct install_target *target)
{
    const char *part[4] = { "", "", "", "" };

    for (size_t i = 0; i < 4 && text; i++) {
        size_t length = strcspn(text, ":");

        part[i] = text_cut(op, text, length);
        text = text[length] ? text + length + 1 : NULL;
    }
    *target = (struct install_target){ part[0], { .mode = mode, .uid = (uid_t)-1, .gid = (gid_t)-1 } };
    if (text || *part[0] != '/')
        return op_fail(op, ERR_USAGE, "an install target is PATH[:OWNER:GROUP:MODE] with an absolute path");
    if (*part[1])
        TRY(find_user(op, part[1], &target->owner.uid));
    if (*part[2])
        TRY(find_group(op, part[2], &target->owner.gid));
    if (*part[3])
        TRY(find_mode(op, part[3], &target->owner.mode));
    target->owner.change = *part[1] || *part[2];
    return true;
}

/* An empty value switches off what a weaker layer of settings has set. */
static const char *target_of(const struct settings *settings, size_t kind)
{
    const char *text = setting(settings, kinds[kind].option);

    return text && *text ? text : NULL;
}

bool install_targets_ok(struct op *op, const struct settings *settings)
{
    struct install_target target;

    for (size_t i = 0; i < KIND_COUNT; i++) {
        const char *text = target_of(settings, i);

        op_enter(op, "--%s", option_table[kinds[i].option].name);
        if (text)
            TRY(install_target_parse(op, text, kinds[i].mode, &target));
        op_leave(op);
    }
    return true;
}

static bool install(struct op *op, const struct store *store, const char *cert, size_t kind,
                    const char *where)
{
    struct text content = text_begin(op->arena);
    struct install_target target;

    TRY(install_target_parse(op, where, kinds[kind].mode, &target));
    for (size_t i = 0; i < 2 && kinds[kind].files[i]; i++) {
        const char *part = generation_read(op, store, cert, kinds[kind].files[i]);

        if (!part)
            return op_fail(op, ERR_STORE, "there is no %s", kinds[kind].files[i]);
        text_add(&content, "%s", part);
    }
    op_enter(op, "installing %s", target.path);
    file_replace(op, target.path, (struct bytes){ (const uint8_t *)content.data, content.length },
                 &target.owner);
    op_leave(op);
    return op_ok(op);
}

bool hook_of_user(struct op *op, const struct store *store, const struct settings *settings,
                  enum option_id which, enum err_code code, const char *cert, const struct strings *names)
{
    const char *command = setting(settings, which);
    const char *folder = store_path(op, store, "certs/%s/current", cert);
    const char *const env[] = { op_text(op, "MCACME_CERT=%s", cert),
                                op_text(op, "MCACME_NAMES=%s", strings_join(op, names, " ")),
                                op_text(op, "MCACME_DIR=%s", folder),
                                op_text(op, "MCACME_KEY=%s/key.pem", folder),
                                op_text(op, "MCACME_FULLCHAIN=%s/fullchain.pem", folder),
                                NULL };
    struct hook hook = { .title = op_text(op, "--%s", option_table[which].name),
                         .shell = command,
                         .env = env };
    struct hook_result result;

    if (!command || !*command)
        return op_ok(op);
    hook.limit = setting_seconds(op, settings, OPT_HOOK_TIMEOUT, 0) * 1000;
    op_progress(op, "running the %s", option_table[which].name);
    return op_ok(op) && hook_run(op, &hook, &result) && hook_ok(op, code, &hook, &result);
}

bool deploy(struct op *op, const struct store *store, const struct settings *settings, const char *cert,
            const struct strings *names)
{
    const char *mailcow = setting(settings, OPT_MAILCOW);

    op_enter(op, "deploying");
    if (mailcow && *mailcow)
        mailcow_place(op, store, mailcow, cert, names);
    for (size_t i = 0; op_ok(op) && i < KIND_COUNT; i++)
        if (target_of(settings, i))
            install(op, store, cert, i, target_of(settings, i));
    if (op_ok(op))
        hook_of_user(op, store, settings, OPT_DEPLOY_HOOK, ERR_DEPLOY, cert, names);
    op_leave(op);
    if (op_ok(op) || op->err.code == ERR_STOPPED)
        return op_ok(op);
    op->err.code = ERR_DEPLOY;
    return op_hint(op, "the certificate is there; the next renew tries this step again");
}
