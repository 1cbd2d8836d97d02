#include "config/conf.h"

#include "disk.h"

static struct conf *parse(struct op *op, const char *text)
{
    return conf_parse(op, text, "/etc/mcacme/mcacme.conf");
}

static const char *value(const struct conf *conf, const char *kind, const char *name, enum option_id id)
{
    const struct settings *section = conf ? conf_section(conf, kind, name) : NULL;

    return section ? setting(section, id) : NULL;
}

TEST(conf_reads_pairs_and_sections)
{
    struct op *op = kit_op();
    struct conf *conf = parse(op, "# a comment\n"
                                  "; another\n"
                                  "server = letsencrypt\n"
                                  "\n"
                                  "\temail=admin@example.com  \r\n"
                                  "[certificate mail]\n"
                                  "domain = mail.example.com, imap.example.com ,\n"
                                  "domain = smtp.example.com\n"
                                  "[ ca  corp ]\n"
                                  "server = https://ca.corp.example/dir\n"
                                  "profile = tls = fast # not a comment");

    CHECK(op_ok(op));
    CHECK_STR(value(conf, "", "", OPT_SERVER), "letsencrypt");
    CHECK_STR(value(conf, "", "", OPT_EMAIL), "admin@example.com");
    CHECK_STR(strings_join(op, &conf_section(conf, "certificate", "mail")->at[OPT_DOMAIN], "|"),
              "mail.example.com|imap.example.com|smtp.example.com");
    CHECK_STR(value(conf, "ca", "corp", OPT_SERVER), "https://ca.corp.example/dir");
    CHECK_STR(value(conf, "ca", "corp", OPT_PROFILE), "tls = fast # not a comment");
    CHECK(!conf_section(conf, "certificate", "corp"));
    CHECK(!value(conf, "certificate", "mail", OPT_SERVER));
}

TEST(conf_may_be_empty)
{
    struct op *op = kit_op();

    CHECK(conf_section(parse(op, ""), "", "") != NULL);
    CHECK(parse(op, "\n\n\n") && parse(op, "#") && parse(op, "\xef\xbb\xbf"));
    CHECK(op_ok(op));
}

TEST(conf_of_a_windows_editor)
{
    struct op *op = kit_op();
    struct conf *conf = parse(op, "\xef\xbb\xbfserver = zerossl\r\n[certificate a]\r\nprofile = x\r\n");

    CHECK_STR(value(conf, "", "", OPT_SERVER), "zerossl");
    CHECK_STR(value(conf, "certificate", "a", OPT_PROFILE), "x");
}

TEST(conf_keeps_quotes_and_expands_nothing)
{
    struct op *op = kit_op();
    struct conf *conf = parse(op, "deploy-hook = \"systemctl reload $X\" `id`, $(id)\n");

    CHECK_STR(value(conf, "", "", OPT_DEPLOY_HOOK), "\"systemctl reload $X\" `id`, $(id)");
}

TEST(conf_last_value_counts)
{
    struct op *op = kit_op();
    struct conf *conf =
        parse(op, "server = zerossl\nserver = google\ndns = cloudflare\ndns = hetzner:b.example\n");

    CHECK_STR(value(conf, "", "", OPT_SERVER), "google");
    CHECK_INT(conf_section(conf, "", "")->at[OPT_SERVER].count, 1);
    CHECK_INT(conf_section(conf, "", "")->at[OPT_DNS].count, 2);
}

TEST(conf_switches)
{
    struct op *op = kit_op();
    struct conf *conf = parse(op, "staging = On\nreuse-key = no\n");

    CHECK(setting_on(conf_section(conf, "", ""), OPT_STAGING));
    CHECK(!setting_on(conf_section(conf, "", ""), OPT_REUSE_KEY));
    CHECK(!parse(op, "server = google\nstaging = maybe\n"));
    CHECK_FAILED(op, ERR_CONFIG, "/etc/mcacme/mcacme.conf line 2: \"staging\" is either yes or no");
}

/* cron runs in another folder than the one in which the file was written. */
TEST(conf_paths_count_from_the_file)
{
    struct op *op = kit_op();
    struct conf *conf = parse(op, "credentials = cf.conf\nca-bundle = /etc/ssl/ca.pem\n"
                                  "install-key = keys/a.pem:root:ssl:0640\n");

    CHECK_STR(value(conf, "", "", OPT_CREDENTIALS), "/etc/mcacme/cf.conf");
    CHECK_STR(value(conf, "", "", OPT_CA_BUNDLE), "/etc/ssl/ca.pem");
    CHECK_STR(value(conf, "", "", OPT_INSTALL_KEY), "/etc/mcacme/keys/a.pem:root:ssl:0640");
}

TEST(conf_instances_of_providers)
{
    struct op *op = kit_op();
    struct conf *conf = parse(op, "[dns office]\nprovider = cloudflare\nzones = a.example\n"
                                  "zones = b.example, c.example\ncredentials = office.conf\n[dns home]\n"
                                  "provider = hetzner\n");

    CHECK_STR(conf_dns(conf, "office")->provider, "cloudflare");
    CHECK_STR(conf_dns(conf, "office")->zones, "a.example,b.example, c.example");
    CHECK_STR(conf_dns(conf, "office")->credentials, "/etc/mcacme/office.conf");
    CHECK_STR(conf_dns(conf, "home")->provider, "hetzner");
    CHECK(!conf_dns(conf, "home")->zones && !conf_dns(conf, "home")->credentials);
    CHECK(!conf_dns(conf, "cloudflare") && !conf_dns(NULL, "office"));
}

TEST(conf_refuses_what_it_does_not_know)
{
    static const struct {
        const char *text, *words, *hint;
    } bad[] = {
        { "a\n", "line 1: \"a\" is no `key = value`", NULL },
        { "server = google\n= x\n", "line 2: unknown key \"\"", NULL },
        { "\n\nsevrer = google\n", "line 3: unknown key \"sevrer\"", "did you mean \"server\"?" },
        { "Server = google\n", "line 1: unknown key \"Server\"", "did you mean \"server\"?" },
        { "force = yes\n", "line 1: \"force\" goes on the command line only", NULL },
        { "dry-rum = yes\n", "line 1: unknown key \"dry-rum\"", NULL },
        { "server = x\n[certificate a\n", "line 2: a section without its ]", NULL },
        { "[\n", "line 1: a section without its ]", NULL },
        { "[]\n", "line 1: a section is [certificate NAME], [ca NAME] or [dns NAME]", NULL },
        { "[certificate]\n", "line 1: a section is", NULL },
        { "[certificate a b]\n", "line 1: a section is", NULL },
        { "[colour red]\n", "line 1: a section is", NULL },
        { "[dns a:b]\nprovider = x\n", "line 1: a section is", NULL },
        { "[dns a]\n\n[dns b]\nprovider = x\n", "line 1: [dns a] has no provider", NULL },
        { "[dns a]\nprovider =\n", "line 1: [dns a] has no provider", NULL },
        { "[dns a]\nprovidr = x\n", "line 2: unknown key \"providr\"", "did you mean \"provider\"?" },
        { "[dns a]\nserver = x\n", "line 2: unknown key \"server\"",
          "it has provider, zones and credentials" },
        { "[ca a]\n[certificate a]\n[ca a]\n", "line 3: this section stands in the file twice", NULL },
        { "\xff\xfes\n", "line 1: \"\\xff\\xfes\" is no", NULL },
        { "evil\x1b[2J = 1\n", "unknown key \"evil\\x1b[2J\"", NULL },
    };
    struct op *op = kit_op();

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct op *child = op_child(op);

        CHECK(!parse(child, bad[i].text));
        CHECK_FAILED(child, ERR_CONFIG, bad[i].words);
        CHECK_STR(child->err.hint, bad[i].hint);
        op_end(child);
    }
}

TEST(conf_file_that_was_named_must_be_there)
{
    struct op *op = kit_op();

    disk_put(here(op, "mcacme.conf"), "server = google\n", 0644);
    CHECK_STR(value(conf_read(op, here(op, "mcacme.conf")), "", "", OPT_SERVER), "google");
    CHECK(!conf_read(op, here(op, "none.conf")));
    CHECK_FAILED(op, ERR_CONFIG, "none.conf: No such file");
}
