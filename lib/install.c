#include "install.h"

#include "config/credentials.h"
#include "crypto/cert.h"
#include "crypto/pkcs12.h"
#include "crypto/secrets.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>

/* What is installed of which certificate. */
struct source {
    const struct store *store;
    const struct settings *settings;
    const char *cert;
};

/* The bytes of a copy; `files` are those of its kind. `at` is NULL when op has failed. */
struct kind;
static struct bytes texts(struct op *op, const struct source *source, const struct kind *kind);
static struct bytes der(struct op *op, const struct source *source, const struct kind *kind);
static struct bytes pkcs12(struct op *op, const struct source *source, const struct kind *kind);

static const struct kind {
    enum option_id option;
    mode_t mode;
    bool with_key;
    struct bytes (*make)(struct op *op, const struct source *source, const struct kind *kind);
    const char *files[2]; /* one behind the other */
} kinds[] = {
    { OPT_INSTALL_CERT, 0644, false, texts, { "cert.pem", NULL } },
    { OPT_INSTALL_CHAIN, 0644, false, texts, { "chain.pem", NULL } },
    { OPT_INSTALL_FULLCHAIN, 0644, false, texts, { "fullchain.pem", NULL } },
    { OPT_INSTALL_KEY, 0600, true, texts, { "key.pem", NULL } },
    { OPT_INSTALL_BUNDLE, 0600, true, texts, { "key.pem", "fullchain.pem" } },
    { OPT_INSTALL_DER, 0644, false, der, { "cert.pem", NULL } },
    { OPT_INSTALL_PKCS12, 0600, true, pkcs12, { "key.pem", "fullchain.pem" } },
};
#define KIND_COUNT (sizeof kinds / sizeof *kinds)

/* ---- where ---- */

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
static const char *chosen(const struct settings *settings, enum option_id option)
{
    const char *text = setting(settings, option);

    return text && *text ? text : NULL;
}

/* ---- what ---- */

static struct bytes texts(struct op *op, const struct source *source, const struct kind *kind)
{
    struct text content = text_begin(op->arena);

    for (size_t i = 0; i < 2 && kind->files[i]; i++) {
        const char *part = generation_read(op, source->store, source->cert, kind->files[i]);

        if (!part) {
            op_fail(op, ERR_STORE, "there is no %s", kind->files[i]);
            return (struct bytes){ 0 };
        }
        text_add(&content, "%s", part);
    }
    return (struct bytes){ (const uint8_t *)content.data, content.length };
}

/* The certificates among the kind's files, leaf first. */
static struct chain certificates(struct op *op, const struct source *source, const char *file)
{
    const char *pem = generation_read(op, source->store, source->cert, file);

    if (!pem)
        op_fail(op, ERR_STORE, "there is no %s", file);
    return op_ok(op) ? chain_parse(op, pem) : (struct chain){ 0 };
}

static struct bytes der(struct op *op, const struct source *source, const struct kind *kind)
{
    struct chain chain = certificates(op, source, kind->files[0]);

    return op_ok(op) ? chain.certs[0].der : (struct bytes){ 0 };
}

/* The first line of the password file, or nothing. */
static const char *password(struct op *op, const struct settings *settings)
{
    const char *path = chosen(settings, OPT_PKCS12_PASSWORD_FILE);
    const char *content = path ? secret_file_read(op, path) : "", *word;

    if (!content)
        return NULL;
    word = text_trim(op, text_cut(op, content, strcspn(content, "\r\n")));
    secrets_add(op, word);
    return pkcs12_password_ok(op, word) ? word : NULL;
}

/* The key as PrivateKeyInfo, whatever form it has in the store: what we have taken over may have another. */
static struct bytes key_der(struct op *op, const struct source *source, const char *file)
{
    const char *pem = generation_read(op, source->store, source->cert, file), *label;
    struct bytes info = { 0 };

    if (!pem)
        op_fail(op, ERR_STORE, "there is no %s", file);
    if (op_ok(op))
        pem = key_pem(op, key_from_pem(op, pem, "the certificate's key"));
    if (op_ok(op))
        pem_next(op, &pem, &label, &info);
    return info;
}

static struct bytes pkcs12(struct op *op, const struct source *source, const struct kind *kind)
{
    struct pkcs12 content = { .name = source->cert, .password = password(op, source->settings) };
    struct chain chain = certificates(op, source, kind->files[1]);
    struct bytes *list;

    content.key = key_der(op, source, kind->files[0]);
    if (!op_ok(op))
        return (struct bytes){ 0 };
    list = op_array(op, chain.count, struct bytes);
    for (size_t i = 0; i < chain.count; i++)
        list[i] = chain.certs[i].der;
    content.certs = list;
    content.count = chain.count;
    return pkcs12_make(op, &content);
}

/* ---- all of them ---- */

static bool kind_ok(struct op *op, const struct settings *settings, const struct kind *kind)
{
    struct install_target target;

    TRY(install_target_parse(op, setting(settings, kind->option), kind->mode, &target));
    if (kind->with_key && chosen(settings, OPT_CSR)) {
        op_fail(op, ERR_USAGE, "a certificate of your own request (--csr) has no key here");
        return op_hint(op, "the key is where the request was made; the certificate alone goes to "
                           "--install-cert, --install-fullchain or --install-der");
    }
    return kind->make != pkcs12 || password(op, settings);
}

bool install_places_ok(struct op *op, const struct settings *settings)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        op_enter(op, "--%s", option_table[kinds[i].option].name);
        if (chosen(settings, kinds[i].option))
            TRY(kind_ok(op, settings, &kinds[i]));
        op_leave(op);
    }
    return true;
}

/* In an operation of its own: it ends the key in PSA's store and wipes what was made of it. */
static bool install(struct op *op, const struct source *source, const struct kind *kind)
{
    struct op *child = op_child(op);
    struct install_target target;
    struct bytes content = { 0 };
    bool good;

    if (install_target_parse(child, setting(source->settings, kind->option), kind->mode, &target)) {
        op_enter(child, "installing %s", target.path);
        content = kind->make(child, source, kind);
        if (op_ok(child))
            file_replace(child, target.path, content, &target.owner);
        op_leave(child);
    }
    good = op_adopt(op, child);
    op_end(child);
    return good;
}

bool install_all(struct op *op, const struct store *store, const struct settings *settings, const char *cert)
{
    const struct source source = { store, settings, cert };

    for (size_t i = 0; i < KIND_COUNT; i++)
        if (chosen(settings, kinds[i].option))
            TRY(install(op, &source, &kinds[i]));
    return true;
}
