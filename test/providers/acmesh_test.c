/* The provider acmesh, with the acme.sh of test/data, whose plugin "dns_fake" keeps records in a file. */
#include "acmesh.h"
#include "base/clock.h"
#include "base/file.h"
#include "crypto/secrets.h"
#include "dns01/instance.h"
#include "kit.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME "_acme-challenge.example.com"

/* Credentials as NAME, VALUE pairs; those of acme.sh's home are always there. */
struct given {
    struct credentials credentials;
    const char *home;
    const char *pairs[8];
};

static const char *get(const struct credentials *credentials, struct op *op, const char *name)
{
    const struct given *given = (const struct given *)credentials;

    if (text_same(name, "ACMESH_HOME"))
        return given->home ? given->home : TRANSCRIPTS "/../data/acme.sh";
    if (text_same(name, "FAKE_Records"))
        return op_text(op, "%s/records", kit_folder());
    for (size_t i = 0; given->pairs[i]; i += 2)
        if (text_same(given->pairs[i], name))
            return given->pairs[i + 1];
    return NULL;
}

static struct instance *with(struct op *op, const char *provider, struct given *given)
{
    given->credentials.get = get;
    op->world->clock = clock_system(); /* child processes live in real time */
    op->world->secrets = secrets_new(op);
    return instance_parse(op, provider, &given->credentials);
}

static const char *kept(struct op *op, const char *what)
{
    return text_dup(op, file_read(kit_op(), op_text(op, "%s/records%s", kit_folder(), what)));
}

static void keep(struct op *op, const char *records)
{
    CHECK(file_replace_text(op, op_text(op, "%s/records", kit_folder()), records, 0600));
}

static struct record at(const char *value)
{
    return (struct record){ .fqdn = NAME, .value = value };
}

TEST(acmesh_adds_and_removes)
{
    struct given given = { .pairs = { "FAKE_Token", "token-of-the-test" } };
    struct op *op = kit_op();
    struct instance *i = with(op, "dns_fake", &given);
    struct record r[] = { at("VALUE-1"), at("VALUE-2") };

    keep(op, "1 " NAME " another\n");
    CHECK_STR(i->label, "dns_fake");
    CHECK(instance_check(op, i) && instance_add(op, i, r, 2));
    CHECK_STR(kept(op, ""), "1 " NAME " another\n2 " NAME " VALUE-1\n3 " NAME " VALUE-2\n");
    CHECK_STR(r[0].handle, "FAKE_IDS='2'\n");
    CHECK_STR(r[1].handle, "FAKE_IDS='3'\n");
    CHECK(instance_remove(op, i, r, 2));
    CHECK_STR(kept(op, ""), "1 " NAME " another\n");
    CHECK(op_ok(op));
}

/*
 * A name that is also the user's own: --dns INSTANCE with ACMESH_PLUGIN, or a section of the configuration.
 */
TEST(acmesh_by_its_own_name)
{
    struct given given = { .pairs = { "FAKE_Token", "token-of-the-test", "ACMESH_PLUGIN", "dns_fake" } };
    struct op *op = kit_op();
    struct record r = at("VALUE-1");

    keep(op, "");
    CHECK(instance_add(op, with(op, "acmesh", &given), &r, 1));
    CHECK_STR(kept(op, ""), "1 " NAME " VALUE-1\n");
}

TEST(acmesh_gives_the_plugin_its_own_variables_only)
{
    struct given given = { .pairs = { "FAKE_Token", "token-of-the-test", "CF_Token", "token-of-another",
                                      "HTTPS_INSECURE", "1" } };
    struct op *op = kit_op();
    struct record r = at("VALUE-1");
    const char *env;

    keep(op, "");
    CHECK(instance_add(op, with(op, "dns_fake", &given), &r, 1));
    env = kept(op, ".env");
    CHECK(strstr(env, "\nFAKE_Token=token-of-the-test\n") || text_starts(env, "FAKE_Token="));
    CHECK(strstr(env, "HTTPS_INSECURE=1\n") != NULL);
    CHECK(!strstr(env, "CF_Token") && !strstr(env, "token-of-another"));
}

TEST(acmesh_leaves_nothing_behind)
{
    struct given given = { .pairs = { "FAKE_Token", "token-of-the-test" } };
    struct op *op = kit_op();
    struct record r = at("VALUE-1");
    const char *folder;

    keep(op, "");
    CHECK(instance_add(op, with(op, "dns_fake", &given), &r, 1));
    folder = kept(op, ".folder");
    CHECK(text_starts(folder, "/tmp/mcacme.") && strstr(folder, " 700\n"));
    CHECK(!file_there(text_cut(op, folder, strcspn(folder, " "))));
    CHECK_STR(kept(op, ".files"), ""); /* nor were credentials in it during the call */
    CHECK(!file_there(TRANSCRIPTS "/../data/acme.sh/account.conf"));
}

TEST(acmesh_tells_the_plugins_words_without_secrets)
{
    struct given given = { .pairs = { "FAKE_Token", "not-the-right-token" } };
    struct op *op = kit_op();
    struct record r = at("VALUE-1");

    keep(op, "");
    CHECK(!instance_add(op, with(op, "dns_fake", &given), &r, 1));
    CHECK_FAILED(op, ERR_PROVIDER, "dns_fake: dns_fake_add");
    CHECK(strstr(op->err.text, "the vendor does not like [hidden]") != NULL);
}

/* The plugin fails to remove what it has no id of, and no name server can be asked: it stays to be done. */
TEST(acmesh_removal_without_the_state)
{
    struct given given = { .pairs = { "FAKE_Token", "token-of-the-test" } };
    struct op *op = kit_op();
    struct record r = at("VALUE-1");

    keep(op, "1 " NAME " VALUE-1\n");
    CHECK(!instance_remove(op, with(op, "dns_fake", &given), &r, 1));
    CHECK_FAILED(op, ERR_PROVIDER, "no id for " NAME " with [hidden]");
    CHECK_STR(kept(op, ""), "1 " NAME " VALUE-1\n");
}

TEST(acmesh_unknown_plugins)
{
    static const char *const names[] = { "dns_fale", "dns_../dns_fake", "dns_fake.sh", "dns_a b" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct given given = { .pairs = { NULL } };
        struct op *op = kit_op();

        CHECK(!instance_check(op, with(op, names[i], &given)));
        CHECK_FAILED(op, ERR_CONFIG, "no acme.sh with such a plugin in " TRANSCRIPTS "/../data/acme.sh");
        CHECK(strstr(op->err.hint, "mcacme providers") != NULL);
    }
}

TEST(acmesh_in_the_usual_places)
{
    struct op *op = kit_op();
    struct acmesh found;

    CHECK(!acmesh_find(op, NULL, "dns_no_such_vendor_anywhere", &found));
    CHECK_FAILED(op, ERR_USAGE, "/.acme.sh, ");
    CHECK(strstr(op->err.text, "/usr/share/acme.sh, /usr/local/share/acme.sh, /opt/acme.sh") != NULL);
}

/* A copy of the plugin in a home of its own, beside acme.sh. */
static const char *home_with(struct op *op, mode_t mode)
{
    const char *home = op_text(op, "%s/home", kit_folder());
    const char *script = file_read(op, TRANSCRIPTS "/../data/acme.sh/acme.sh");

    CHECK(folder_make(op, home));
    CHECK(file_replace_text(op, op_text(op, "%s/acme.sh", home), script, 0644));
    CHECK(
        file_replace_text(op, op_text(op, "%s/dns_own.sh", home), "dns_own_add() { echo \"$2\"; }\n", 0644));
    CHECK(chmod(op_text(op, "%s/dns_own.sh", home), mode) == 0);
    return home;
}

TEST(acmesh_plugins_of_the_user)
{
    struct op *op = kit_op();
    struct given given = { .home = home_with(op, 0644) };
    struct record r = at("VALUE-1");

    CHECK(instance_add(op, with(op, "dns_own", &given), &r, 1));
    CHECK(strstr(kit_logged(), "dns_own_add: VALUE-1"));
    CHECK(!r.handle);
    CHECK(!instance_remove(op, with(op, "dns_own", &given), &r, 1)); /* there is no such function */
    CHECK_FAILED(op, ERR_PROVIDER, "dns_own_rm");
}

TEST(acmesh_refuses_what_others_may_change)
{
    struct op *op = kit_op();
    struct given given = { .home = home_with(op, 0666) };

    CHECK(!instance_check(op, with(op, "dns_own", &given)));
    CHECK_FAILED(op, ERR_CONFIG, "everybody may change");
    op_recover(op);
    CHECK(chmod(op_text(op, "%s/dns_own.sh", given.home), 0644) == 0 && chmod(given.home, 0777) == 0);
    CHECK(!instance_check(op, with(op, "dns_own", &given)));
    CHECK_FAILED(op, ERR_CONFIG, "everybody may change");
    op_recover(op);
    CHECK(chmod(given.home, 0700) == 0);
    if (geteuid() == 0) {
        CHECK(chown(op_text(op, "%s/acme.sh", given.home), 12345, 12345) == 0);
        CHECK(!instance_check(op, with(op, "dns_own", &given)));
        CHECK_FAILED(op, ERR_CONFIG, "belongs to another user");
    }
}

static const char *variables(struct op *op, const char *text)
{
    struct strings list = acmesh_variables(op, text);

    return list.count ? strings_join(op, &list, " ") : "";
}

TEST(acmesh_variables_of_a_plugin)
{
    struct op *op = kit_op();

    CHECK_STR(variables(op, file_read(op, TRANSCRIPTS "/../data/acme.sh/dnsapi/dns_fake.sh")),
              "FAKE_Records FAKE_Token FAKE_Mood FAKE_IDS");
    CHECK_STR(variables(op, ""), "");
    CHECK_STR(variables(op, "x='\nOptions:\n A_b text\n  two\n\n c9 text\nAuthor: D\n'\n E f"), "A_b c9");
    CHECK_STR(
        variables(op, "_readaccountconf_mutable lower; _readaccountconf \"Quoted\" _readdomainconf 'x'"),
        "lower Quoted x");
    CHECK_STR(variables(op, "my_readaccountconf no _readaccountconfx no _readaccountconf"), "");
    CHECK_STR(variables(op, "$A ${B:-$C} \"$D_1\" $e ${f} $_G $1 $$ ${#H} $"), "A B C D_1");
    CHECK_STR(variables(op, "$PATH $HOME $LE_WORKING_DIR $HTTP_HEADER $DEBUG $USER"), "");
    CHECK_STR(variables(op, "\nOptions:\n A text"), ""); /* the quote is never closed */
}
