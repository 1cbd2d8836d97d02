/* What has to be on this machine: programs of hooks, folders of copies, a webroot, a free port. */
#include "base/file.h"
#include "base/json.h"
#include "check/check_parts.h"
#include "deploy.h"
#include "hook.h"
#include "install.h"
#include "net/httpd.h"
#include "net/tlsd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_UP_MS 5000

/* ---- hooks ---- */

static const char *word_of(struct op *op, const char *line)
{
    line += strspn(line, " \t");
    return text_cut(op, line, strcspn(line, " \t\n"));
}

/* The program that a hook begins with; NULL where only a shell could tell. */
static const char *program_of(struct op *op, const char *hook)
{
    const struct json *list = *hook == '[' ? json_parse(op, hook, strlen(hook)) : NULL;
    const char *word = list ? json_opt(op, list, "0") : word_of(op, hook);

    op_recover(op); /* what is no list is a line for the shell */
    if (!word || !*word)
        return NULL;
    return list || !strpbrk(word, "=$`(){}[]<>|&;!*?\"'~#\\") ? word : NULL;
}

/* As the shell would look it up, with the PATH that hooks get: its own commands are found, too. */
static bool in_path(struct op *op, const char *word)
{
    const char *const argv[] = { "/bin/sh", "-c", "command -v -- \"$1\" >/dev/null", "sh", word, NULL };
    struct hook hook = { .title = "looking for a program", .argv = argv, .limit = LOOK_UP_MS };
    struct hook_result result;
    struct op *child = op_child(op);
    bool found = hook_run(child, &hook, &result) && result.status == 0;

    op_end(child);
    return found;
}

static const char *trouble_with(struct op *op, const char *program)
{
    struct stat status;

    if (!strchr(program, '/'))
        return in_path(op, program) ? NULL : "is not found in PATH";
    if (stat(program, &status) != 0)
        return strerror(errno);
    if (S_ISDIR(status.st_mode))
        return "is a folder";
    return faccessat(AT_FDCWD, program, X_OK, AT_EACCESS) == 0 ? NULL : "is not executable";
}

static void check_hook(struct findings *findings, struct op *op, const char *title, const char *hook)
{
    const char *program = program_of(op, hook);
    const char *trouble = program ? trouble_with(op, program) : NULL;

    if (!program || !op_alive(op))
        return;
    if (!trouble)
        finding_add(findings, CHECK_HOOK_GOOD, title, NULL, "%s is there and executable", program);
    else
        finding_add(findings, CHECK_HOOK_MISSING, title,
                    "give the path of an executable program, as the user that runs mcacme sees it", "%s: %s",
                    program, trouble);
}

void check_hooks(struct findings *findings, struct op *op, const struct settings *settings)
{
    static const enum option_id hooks[] = { OPT_PRE_HOOK, OPT_POST_HOOK, OPT_DEPLOY_HOOK };

    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
        const char *hook = setting(settings, hooks[i]);

        if (hook && *hook)
            check_hook(findings, op, op_text(op, "--%s", option_table[hooks[i]].name), hook);
    }
}

/* ---- folders ---- */

/* NULL, or why nothing can be made in the folder. */
static const char *unwritable(const char *folder)
{
    struct stat status;

    if (stat(folder, &status) != 0)
        return strerror(errno);
    if (!S_ISDIR(status.st_mode))
        return "is no folder";
    return faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 ? NULL : strerror(errno);
}

/* False where something is wrong. */
static bool check_install(struct findings *findings, struct op *op, enum option_id option, const char *text)
{
    const char *title = op_text(op, "--%s", option_table[option].name), *folder, *why;
    struct install_target target;

    if (!install_target_parse(op, text, 0600, &target))
        return !check_error(findings, op, CHECK_INSTALL_WRONG, title);
    folder = folder_of(op, target.path);
    why = unwritable(folder);
    if (why)
        finding_add(findings, CHECK_INSTALL_WRONG, title,
                    op_text(op, "make the folder %s, writable for us", folder),
                    "nothing can be written to %s: %s", folder, why);
    return !why;
}

void check_installs(struct findings *findings, struct op *op, const struct settings *settings)
{
    static const enum option_id targets[] = { OPT_INSTALL_CERT,  OPT_INSTALL_CHAIN,  OPT_INSTALL_FULLCHAIN,
                                              OPT_INSTALL_KEY,   OPT_INSTALL_BUNDLE, OPT_INSTALL_DER,
                                              OPT_INSTALL_PKCS12 };
    unsigned count = 0, good = 0;

    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        const char *text = setting(settings, targets[i]);

        if (!text || !*text)
            continue;
        count++;
        good += check_install(findings, op, targets[i], text);
    }
    if (!count || good < count)
        return;
    if (install_targets_ok(op, settings))
        finding_add(findings, CHECK_INSTALL_GOOD, "--install", NULL, "the folders of %u cop%s are there",
                    count, count == 1 ? "y" : "ies");
    else
        check_error(findings, op, CHECK_INSTALL_WRONG, "--install");
}

/* ---- HTTP-01 and TLS-ALPN-01 ---- */

/* The deepest folder of the way to the challenges that is there: the rest is made when it is needed. */
static void check_webroot(struct check *check, const char *webroot)
{
    const char *folder = op_text(check->op, "%s/%s", webroot, HTTP01_PATH), *why;

    while (!file_there(folder) && strlen(folder) > strlen(webroot))
        folder = folder_of(check->op, folder);
    why = unwritable(folder);
    if (!why)
        finding_add(check->findings, CHECK_WEBROOT_GOOD, "--webroot", NULL, "%s is writable", folder);
    else
        finding_add(check->findings, CHECK_WEBROOT_WRONG, "--webroot",
                    "name the folder that the web server shows at http://NAME/, writable for us", "%s: %s",
                    folder, why);
}

static void check_port(struct check *check, const char *option, const char *listen, bool tls)
{
    struct op *op = op_child(check->op);
    void *server = tls ? (void *)tlsd_start(op, listen) : (void *)httpd_start(op, listen);

    if (server) {
        (tls ? tlsd_stop : httpd_stop)(server);
        finding_add(check->findings, CHECK_PORT_FREE, option, NULL, "%s can be listened on", listen);
    } else
        check_error(check->findings, op, CHECK_PORT_TAKEN, option);
    op_end(op);
}

void check_host(struct check *check)
{
    const struct proofs *proofs = &check->proofs;

    check_hooks(check->findings, check->op, check->settings);
    check_installs(check->findings, check->op, check->settings);
    if (!check->proofs_open || proofs->by_dns.count == check->policy.names.count)
        return;
    if (proofs->http01.webroot)
        check_webroot(check, proofs->http01.webroot);
    if (proofs->http01.listen)
        check_port(check, "--standalone", proofs->http01.listen, false);
    if (proofs->tlsalpn01.listen)
        check_port(check, "--tls-alpn", proofs->tlsalpn01.listen, true);
}
