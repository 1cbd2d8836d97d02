#include "deploy.h"

#include "base/clock.h"
#include "disk.h"
#include "material.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANOTHER 61234u /* a user who is not the one of the test */

/* ---- deploying ---- */

struct scene {
    struct op *op;
    struct store *store;
    struct settings settings;
    struct strings names;
};

/* A certificate that was installed. Hooks take real time. */
static struct scene begin(void)
{
    struct scene s = { .op = kit_op() };
    const struct generation gen = { "KEY\n", "CERT\n", "CHAIN\n", "CERT\nCHAIN\n", "{\"version\":1}" };

    s.op->world->clock = clock_system();
    s.store = disk_store(s.op);
    CHECK(generation_install(s.op, s.store, "a", &gen));
    strings_add(s.op, &s.names, "a.example");
    strings_add(s.op, &s.names, "*.a.example");
    return s;
}

static bool run(struct scene *s)
{
    return deploy(s->op, s->store, &s->settings, "a", &s->names);
}

TEST(deploy_nothing)
{
    struct scene s = begin();

    CHECK(run(&s) && op_ok(s.op));
}

TEST(deploy_copies)
{
    static const struct {
        enum option_id option;
        const char *name, *content;
        unsigned mode;
    } copies[] = { { OPT_INSTALL_CERT, "cert", "CERT\n", 0644 },
                   { OPT_INSTALL_CHAIN, "chain", "CHAIN\n", 0644 },
                   { OPT_INSTALL_FULLCHAIN, "fullchain", "CERT\nCHAIN\n", 0644 },
                   { OPT_INSTALL_KEY, "key", "KEY\n", 0600 },
                   { OPT_INSTALL_BUNDLE, "bundle", "KEY\nCERT\nCHAIN\n", 0600 } };
    struct scene s = begin();

    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++)
        settings_add(s.op, &s.settings, copies[i].option, here(s.op, copies[i].name));
    CHECK(run(&s));
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
        CHECK_STR(disk_get(s.op, here(s.op, copies[i].name)), copies[i].content);
        CHECK_INT(disk_mode(here(s.op, copies[i].name)), copies[i].mode);
    }
    CHECK_INT(disk_count(kit_folder()), 6);
}

TEST(deploy_gives_copies_away)
{
    struct scene s = begin();
    struct stat status;

    settings_add(s.op, &s.settings, OPT_INSTALL_KEY,
                 op_text(s.op, "%s:%u:%u:0640", here(s.op, "key"), ANOTHER, ANOTHER));
    if (geteuid() != 0) {
        CHECK(!run(&s));
        CHECK_FAILED(s.op, ERR_DEPLOY, "owner");
        CHECK(!file_there(here(s.op, "key")));
        return;
    }
    CHECK(run(&s));
    CHECK_INT(stat(here(s.op, "key"), &status), 0);
    CHECK_INT(status.st_uid, ANOTHER);
    CHECK_INT(status.st_gid, ANOTHER);
    CHECK_INT(status.st_mode & 07777u, 0640);
}

TEST(deploy_to_no_place_is_owed)
{
    struct scene s = begin();

    settings_add(s.op, &s.settings, OPT_INSTALL_CERT, here(s.op, "none/cert.pem"));
    settings_add(s.op, &s.settings, OPT_DEPLOY_HOOK, op_text(s.op, "touch %s", here(s.op, "ran")));
    CHECK(!run(&s));
    CHECK_FAILED(s.op, ERR_DEPLOY, "deploying: installing ");
    CHECK(kit_has(s.op->err.hint, "the next renew tries this step again"));
    CHECK(!file_there(here(s.op, "ran"))); /* a service must not load what is not there */
}

TEST(deploy_of_a_key_that_we_do_not_have)
{
    struct scene s = begin();
    const struct generation gen = { NULL, "CERT\n", "CHAIN\n", "CERT\nCHAIN\n", "{\"version\":1}" };

    CHECK(generation_install(s.op, s.store, "a", &gen));
    settings_add(s.op, &s.settings, OPT_INSTALL_KEY, here(s.op, "key"));
    CHECK(!run(&s));
    CHECK_FAILED(s.op, ERR_DEPLOY, "there is no key.pem");
}

/* ---- hooks ---- */

TEST(deploy_hook_knows_the_certificate_and_no_secret)
{
    struct scene s = begin();
    const char *env;

    setenv("CF_Token", "geheim-token", 1);
    settings_add(s.op, &s.settings, OPT_DEPLOY_HOOK, op_text(s.op, "env > %s", here(s.op, "env")));
    settings_add(s.op, &s.settings, OPT_EAB_HMAC_KEY, "geheim-eab");
    CHECK(run(&s));
    unsetenv("CF_Token");
    env = disk_get(s.op, here(s.op, "env"));
    CHECK(kit_has(env, "MCACME_CERT=a\n"));
    CHECK(kit_has(env, "MCACME_NAMES=a.example *.a.example\n"));
    CHECK(kit_has(env, op_text(s.op, "MCACME_DIR=%s\n", here(s.op, "state/certs/a/current"))));
    CHECK(kit_has(env, "MCACME_KEY=") && kit_has(env, "MCACME_FULLCHAIN="));
    CHECK(!kit_has(env, "geheim") && !kit_has(env, "CF_Token") && !kit_has(env, "KEY\n"));
}

TEST(deploy_hook_reads_the_new_files)
{
    struct scene s = begin();

    settings_add(s.op, &s.settings, OPT_DEPLOY_HOOK,
                 op_text(s.op, "cat \"$MCACME_KEY\" \"$MCACME_DIR/cert.pem\" > %s", here(s.op, "out")));
    CHECK(run(&s));
    CHECK_STR(disk_get(s.op, here(s.op, "out")), "KEY\nCERT\n");
}

TEST(deploy_hook_that_fails_is_owed)
{
    struct scene s = begin();

    settings_add(s.op, &s.settings, OPT_INSTALL_CERT, here(s.op, "cert"));
    settings_add(s.op, &s.settings, OPT_DEPLOY_HOOK, "echo nginx is not there >&2; exit 3");
    CHECK(!run(&s));
    CHECK_FAILED(s.op, ERR_DEPLOY, "deploying: --deploy-hook failed with exit status 3: nginx is not there");
    CHECK(kit_has(s.op->err.hint, "the certificate is there"));
    CHECK_STR(disk_get(s.op, here(s.op, "cert")), "CERT\n");
}

TEST(deploy_hook_has_a_time_limit)
{
    struct scene s = begin();

    settings_add(s.op, &s.settings, OPT_HOOK_TIMEOUT, "1s");
    settings_add(s.op, &s.settings, OPT_DEPLOY_HOOK, "exec sleep 60");
    CHECK(!run(&s));
    CHECK_FAILED(s.op, ERR_DEPLOY, "was ended after 1 s, its time limit");
}

/* What a shell would expand, split or take as an end stays as it is. */
TEST(deploy_hook_as_a_list_meets_no_shell)
{
    struct scene s = begin();
    const char *script = here(s.op, "hook");

    disk_put(script, "#!/bin/sh\nfor word; do echo \"<$word>\" >>\"${0%/*}/out\"; done\n", 0700);
    settings_add(s.op, &s.settings, OPT_DEPLOY_HOOK,
                 op_text(s.op, "[\"%s\", \"two words\", \"$HOME; false\", \"\", \"\\u00e9\"]", script));
    CHECK(run(&s));
    CHECK_STR(disk_get(s.op, here(s.op, "out")), "<two words>\n<$HOME; false>\n<>\n<\xc3\xa9>\n");
}

TEST(deploy_hook_as_a_list_fails_as_the_shell_does)
{
    struct scene s = begin();

    settings_add(s.op, &s.settings, OPT_DEPLOY_HOOK, "[\"/bin/sh\", \"-c\", \"echo on fire; exit 4\"]");
    CHECK(!run(&s));
    CHECK_FAILED(s.op, ERR_DEPLOY, "deploying: --deploy-hook failed with exit status 4: on fire");
    op_recover(s.op);
    settings_add(s.op, &s.settings, OPT_DEPLOY_HOOK, "[\"/no/such/program\"]");
    CHECK(!run(&s));
    CHECK_FAILED(s.op, ERR_DEPLOY, "/no/such/program");
}

/* The brackets of test(1), and lists that are none. */
TEST(deploy_hook_in_brackets_may_be_a_line)
{
    static const char *const lines[] = {
        "[ -e / ] && echo good >>\"${MCACME_DIR%%/state/*}/out\"",
        "[ \"a\" = \"a\" ] && echo good >>\"${MCACME_DIR%%/state/*}/out\"",
    };
    static const char *const bad[] = { "[]", "[1]", "[\"true\", 1]", "[\"true\"", "[[\"true\"]]" };
    struct scene s = begin();

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        settings_add(s.op, &s.settings, OPT_DEPLOY_HOOK, lines[i]);
        CHECK(run(&s));
    }
    CHECK_STR(disk_get(s.op, here(s.op, "out")), "good\ngood\n");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        settings_add(s.op, &s.settings, OPT_DEPLOY_HOOK, bad[i]);
        CHECK(!run(&s));
        CHECK_FAILED(s.op, ERR_DEPLOY, "--deploy-hook failed with exit status"); /* the shell's */
        op_recover(s.op);
        s.op->frames = NULL;
    }
}

TEST(deploy_hook_knows_serial_and_end)
{
    struct scene s = begin();
    const char *pem = fixture(s.op, "chain.pem"), *env;
    struct chain chain = chain_parse(s.op, pem);
    const struct generation gen = { "KEY\n", pem, "", pem, "{\"version\":1}" };

    settings_add(s.op, &s.settings, OPT_DEPLOY_HOOK, op_text(s.op, "env > %s", here(s.op, "env")));
    CHECK(run(&s));
    CHECK(
        !kit_has(disk_get(s.op, here(s.op, "env")), "MCACME_SERIAL")); /* what cannot be read says nothing */
    CHECK(generation_install(s.op, s.store, "a", &gen));
    CHECK(run(&s));
    env = disk_get(s.op, here(s.op, "env"));
    CHECK(kit_has(env, op_text(s.op, "MCACME_SERIAL=%s\n", chain.certs[0].serial)));
    CHECK(kit_has(env, "MCACME_NOT_AFTER=2126-01-01T00:00:00Z\n"));
}

static volatile int signal_number;

TEST(deploy_that_is_stopped_is_no_failure_of_the_hook)
{
    struct scene s = begin();

    signal_number = 15;
    s.op->world->stop = &signal_number;
    settings_add(s.op, &s.settings, OPT_DEPLOY_HOOK, "true");
    CHECK(!run(&s));
    CHECK_FAILED(s.op, ERR_STOPPED, NULL);
}

TEST(deploy_other_hooks_fail_in_their_own_way)
{
    struct scene s = begin();

    settings_add(s.op, &s.settings, OPT_PRE_HOOK, "false");
    CHECK(!hook_of_user(s.op, s.store, &s.settings, OPT_PRE_HOOK, ERR_PROVIDER, "a", &s.names));
    CHECK_FAILED(s.op, ERR_PROVIDER, "--pre-hook failed with exit status 1");
    op_recover(s.op);
    CHECK(hook_of_user(s.op, s.store, &s.settings, OPT_POST_HOOK, ERR_DEPLOY, "a", &s.names));
    settings_add(s.op, &s.settings, OPT_POST_HOOK, "");
    CHECK(hook_of_user(s.op, s.store, &s.settings, OPT_POST_HOOK, ERR_DEPLOY, "a", &s.names));
    settings_add(s.op, &s.settings, OPT_HOOK_TIMEOUT, "soon");
    settings_add(s.op, &s.settings, OPT_POST_HOOK, "true");
    CHECK(!hook_of_user(s.op, s.store, &s.settings, OPT_POST_HOOK, ERR_DEPLOY, "a", &s.names));
    CHECK_FAILED(s.op, ERR_USAGE, "--hook-timeout soon");
}

/* ---- the settings, before anything is asked ---- */

TEST(deploy_settings_are_looked_at_first)
{
    struct op *op = kit_op();
    struct settings s = { 0 };

    CHECK(install_targets_ok(op, &s));
    settings_add(op, &s, OPT_VERIFY, "smtp:127.0.0.1:25,https:www.example.com");
    CHECK(install_targets_ok(op, &s));
    settings_add(op, &s, OPT_VERIFY, "gopher:www.example.com");
    CHECK(!install_targets_ok(op, &s));
    CHECK_FAILED(op, ERR_USAGE, "--verify: \"gopher:www.example.com\" is not smtp:HOST:PORT");
    op_recover(op);
    op->frames = NULL;
    settings_set(op, &s, OPT_VERIFY, "tls:a.example");
    settings_add(op, &s, OPT_INSTALL_KEY, "nowhere");
    CHECK(!install_targets_ok(op, &s));
    CHECK_FAILED(op, ERR_USAGE, "--install-key: an install target is");
}
