#include "deploy.h"

#include "base/clock.h"
#include "disk.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANOTHER 61234u /* a user who is not the one of the test */

/* ---- PATH[:OWNER:GROUP:MODE] ---- */

static struct install_target target(struct op *op, const char *text)
{
    struct install_target result = { 0 };

    CHECK(install_target_parse(op, text, 0600, &result));
    return result;
}

TEST(target_is_a_path)
{
    struct op *op = kit_op();
    struct install_target t = target(op, "/etc/ssl/a.pem");

    CHECK_STR(t.path, "/etc/ssl/a.pem");
    CHECK_INT(t.owner.mode, 0600);
    CHECK(!t.owner.change);
    t = target(op, "/a:::");
    CHECK_STR(t.path, "/a");
    CHECK(!t.owner.change);
    CHECK_INT(target(op, "/a:::0640").owner.mode, 0640);
    CHECK_INT(target(op, "/a:::440").owner.mode, 0440);
}

TEST(target_owners_are_looked_up)
{
    struct op *op = kit_op();
    const struct passwd *user = getpwnam("daemon");
    const struct group *group;
    struct install_target t;

    if (user) {
        uid_t uid = user->pw_uid;

        t = target(op, "/a:daemon");
        CHECK(t.owner.change);
        CHECK_INT(t.owner.uid, uid);
        CHECK_INT(t.owner.gid, (gid_t)-1); /* stays what it is */
    }
    group = getgrnam("daemon");
    if (group) {
        gid_t gid = group->gr_gid;

        t = target(op, "/a::daemon:0640");
        CHECK_INT(t.owner.uid, (uid_t)-1);
        CHECK_INT(t.owner.gid, gid);
    }
    t = target(op, "/a:4711:4712:0640"); /* numbers need no entry */
    CHECK_INT(t.owner.uid, 4711);
    CHECK_INT(t.owner.gid, 4712);
}

TEST(target_refused)
{
    static const struct {
        const char *text, *words;
    } bad[] = {
        { "", "absolute path" },
        { "relative/a.pem", "absolute path" },
        { ":root", "absolute path" },
        { "/a:b:c:0600:e", "PATH[:OWNER:GROUP:MODE]" },
        { "/a:no-such-user-here", "there is no user \"no-such-user-here\"" },
        { "/a:-1", "there is no user" },
        { "/a:4294967295", "there is no user" }, /* means: leave it */
        { "/a::no-such-group-here", "there is no group \"no-such-group-here\"" },
        { "/a::4294967295", "there is no group" },
        { "/a:::64", "is no mode" },
        { "/a:::06400", "is no mode" },
        { "/a:::0680", "is no mode" },
        { "/a:::rw-", "is no mode" },
        { "/a:::0666", "may write" },
        { "/a:::0602", "may write" },
    };
    struct op *op = kit_op();
    struct install_target result;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *child = op_child(op);

        kit_check(!install_target_parse(child, bad[i].text, 0600, &result), __FILE__, __LINE__,
                  "%s is accepted", bad[i].text);
        CHECK_FAILED(child, ERR_USAGE, bad[i].words);
        op_end(child);
    }
}

TEST(target_errors_name_their_option)
{
    struct op *op = kit_op();
    struct settings s = { 0 };

    CHECK(install_targets_ok(op, &s));
    settings_add(op, &s, OPT_INSTALL_CERT, "/a");
    settings_add(op, &s, OPT_INSTALL_KEY, "/a:no-such-user-here");
    CHECK(!install_targets_ok(op, &s));
    CHECK_FAILED(op, ERR_USAGE, "--install-key: there is no user");
}

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
