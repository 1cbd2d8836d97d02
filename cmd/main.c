#include "base/clock.h"
#include "command.h"
#include "config/places.h"
#include "crypto/secrets.h"
#include "options.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct command *const commands[] = { &command_issue,    &command_renew,   &command_revoke,
                                                  &command_list,     &command_check,   &command_account,
                                                  &command_key,      &command_persist, &command_import,
                                                  &command_providers };
#define VERSION_LINE  "mcacme " MCACME_VERSION "\n"
#define COMMAND_COUNT (sizeof commands / sizeof *commands)

static volatile int stop_signal;

static void on_signal(int number)
{
    stop_signal = number;
}

static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    action.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &action, NULL);
    action.sa_handler = SIG_DFL;
    sigaction(SIGCHLD, &action, NULL); /* hooks are waited for, whatever our parent thinks of children */
}

/* A file of ours that became descriptor 2 would get our error messages. */
static void fill_standard_descriptors(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

/* Keys and tokens are in this process: no core file, no debugger of another process, no file for others. */
static void protect(void)
{
    const struct rlimit none = { 0, 0 };

    umask(077);
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static const char *general_help(struct op *op)
{
    struct text out = text_begin(op->arena);

    text_add(&out,
             "mcacme " MCACME_VERSION ": TLS certificates from Let's Encrypt and any other ACME CA\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        text_add(&out, "  mcacme %-10s %s\n", commands[i]->name, commands[i]->summary);
    text_add(&out,
             "\nmcacme COMMAND --help shows the options of a command. A first certificate:\n\n"
             "  mcacme issue -d example.com -d '*.example.com' --dns cloudflare --credentials cf.conf\n");
    return out.data;
}

static const struct command *find_command(struct op *op, const char *word)
{
    struct strings names = { 0 };
    const char *near;

    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (text_same(commands[i]->name, word))
            return commands[i];
        strings_add(op, &names, commands[i]->name);
    }
    near = text_nearest(op, word, &names);
    op_fail(op, ERR_USAGE, "unknown command \"%s\"", text_printable(op, word, 100));
    op_hint(op, near ? "did you mean \"%s\"?" : "mcacme --help lists the commands%s", near ? near : "");
    return NULL;
}

static void set_verbosity(struct app *app)
{
    struct report *report = &app->report;

    report->json = report->json || setting_on(&app->base, OPT_JSON);
    report->quiet = setting_on(&app->base, OPT_QUIET);
    report->log.level = app->base.at[OPT_VERBOSE].count > 1 ? LOG_DEBUG
                        : app->base.at[OPT_VERBOSE].count   ? LOG_INFO
                        : report->quiet                     ? LOG_WARN
                                                            : LOG_NOTE;
    if (report->quiet || report->log.level >= LOG_INFO)
        report->log.progress = NULL;
}

/* HOST:PORT:ADDR:PORT; curl takes anything and ignores what it cannot read. */
static bool connect_to_ok(struct op *op, const struct strings *pairs)
{
    for (size_t i = 0; i < pairs->count; i++) {
        size_t colons = 0;

        for (const char *c = pairs->at[i]; *c; c++)
            colons += *c == ':';
        if (colons < 3)
            return op_fail(op, ERR_USAGE, "--connect-to %s is not HOST:PORT:ADDR:PORT",
                           text_printable(op, pairs->at[i], 100));
    }
    return true;
}

static bool prepare(struct app *app, const struct command *command)
{
    const char *state;
    int64_t deadline;

    /* With --mailcow another configuration counts only where it is named. */
    app->conf = setting(&app->cli, OPT_MAILCOW) && !setting(&app->cli, OPT_CONFIG)
                    ? conf_parse(app->op, "", CONF_DEFAULT_PATH)
                    : conf_read(app->op, setting(&app->cli, OPT_CONFIG));
    TRY(app->conf);
    app->base = app->cli;
    settings_default(app->op, &app->base, conf_section(app->conf, "", ""), 0);
    set_verbosity(app);
    state = setting(&app->base, OPT_STATE);
    if (!state && command->needs)
        TRY(state = place_of_state(app->op));
    TRY(exit_changed_read(app) && connect_to_ok(app->op, &app->base.at[OPT_CONNECT_TO]));
    deadline = setting_seconds(app->op, &app->base, OPT_DEADLINE, 0);
    app->world->deadline = deadline ? op_ticks(app->op) + deadline * 1000 : 0;
    app->run = (struct run){ .op = app->op, .conf = app->conf, .connect_to = app->base.at[OPT_CONNECT_TO] };
    if (command->needs & NEED_STORE)
        app->run.store = store_open(app->op, state);
    else if (command->needs & NEED_LOOK)
        app->run.store = store_look(app->op, state);
    return op_ok(app->op) && mailcow_take(app, command);
}

/* What was asked for in words, as the one object where that was asked for too. */
static int tell(struct app *app, const char *member, const char *text)
{
    struct text members = text_begin(app->op->arena);

    if (!app->report.json) {
        report_text(&app->report, text);
        return 0;
    }
    json_open(&members, NULL, '{');
    json_put(&members, member, text_trim(app->op, text));
    report_json(&app->report, members.data + 1, &app->op->err, 0);
    return 0;
}

static int run_command(struct app *app, const struct command *command, int argc, char **argv)
{
    app->report.command = command->name;
    if (!options_parse(app->op, command, argc, argv, &app->cli, &app->words))
        return 0;
    if (setting_on(&app->cli, OPT_HELP))
        return tell(app, "help", options_help(app->op, command));
    if (setting_on(&app->cli, OPT_VERSION))
        return tell(app, "program", VERSION_LINE);
    return prepare(app, command) ? command->run(app) : 0;
}

static int dispatch(struct app *app, int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    const struct command *command;

    if (!word || text_same(word, "--help") || text_same(word, "-h") || text_same(word, "help")) {
        tell(app, "help", general_help(app->op));
        return word ? 0 : op_exit_status(ERR_USAGE);
    }
    if (text_same(word, "--version"))
        return tell(app, "program", VERSION_LINE);
    command = find_command(app->op, word);
    return command ? run_command(app, command, argc - 1, argv + 1) : 0;
}

/* What no certificate has reported: the error of the run itself. */
static int finish(struct app *app, int status)
{
    const struct err *err = &app->op->err;

    if (err->code != ERR_NONE) {
        status = op_exit_status(err->code);
        report_error(&app->report, err);
        if (app->report.json && !app->report.printed)
            report_json(&app->report, "", err, status);
    }
    return report_status(app->op, status);
}

/* Before anything can fail: a command line that cannot be understood is told of in JSON, too. */
static bool json_asked(char **argv)
{
    while (*argv && !text_same(*argv, "--") && !text_same(*argv, "--json"))
        argv++;
    return text_same(*argv, "--json");
}

int main(int argc, char **argv)
{
    struct world world = { .clock = clock_system(), .stop = &stop_signal };
    struct op *op = op_begin(&world);
    struct app app = { .op = op, .world = &world };
    int status;

    fill_standard_descriptors();
    protect();
    catch_signals();
    world.secrets = secrets_new(op);
    report_begin(&app.report, op);
    app.report.json = json_asked(argv);
    world.log = &app.report.log;
    status = finish(&app, dispatch(&app, argc, argv));
    op_end(op);
    return status;
}
